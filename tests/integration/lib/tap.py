# SPDX-License-Identifier: Apache-2.0
"""Tests told as TAP. One that fails does not stop the next."""

import contextlib
import traceback


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    @contextlib.contextmanager
    def test(self, name):
        """The body raises to fail."""
        self.count += 1
        try:
            yield
            print(f"ok {self.count} - {name}", flush=True)
        except Exception:
            self.failed += 1
            print(f"not ok {self.count} - {name}", flush=True)
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)

    def done(self):
        """Prints the plan; the exit status of the whole."""
        print(f"1..{self.count}")
        return 0 if self.count and not self.failed else 1
