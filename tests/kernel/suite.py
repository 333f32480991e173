# SPDX-License-Identifier: Apache-2.0
"""The kernel tests, inside the guest: suite.py MODULE MODULES PROGRAMS [GROUP...]

MODULE is memmon.ko, not loaded; MODULES and PROGRAMS are the directories of the
compiled tests/modules and tests/kernel/programs. Prints TAP without numbers (boot adds them) and exits
with 1 if anything failed. MEMMON_FULL=1: the long forms, which take hours.
"""

import os
import re
import signal
import subprocess
import sys
import time

import test_burst
import test_calls
import test_direct
import test_endurance
import test_faults
import test_fuzz
import test_hotplug
import test_identity
import test_load
import test_locks
import test_oracle
import test_programs
import test_secrets
import test_totals
from device import Module

FULL = os.environ.get("MEMMON_FULL") == "1"
# How much of each: (on every change, in the long form on each of six kernels).
SCALE = {
    "oracle": (4, 45),  # 40,000 changes to address spaces each: 10^7 on six kernels
    "lock changes": (10_000, 100_000),
    "births": (5_000, 100_000),
    "programs": (500, 5_000),  # records from one quiet point to the next
    "fuzz": (20_000, 10_000_000),
    "trinity": (1_000, 100_000),
    "pairs": (100_000, 1_000_000),
    "by kind": (20_000, 2_000_000),
    "stopped ms": (1_000, 10_000),  # a reader that stands still
    "loop seconds": (5, 60),
    "loads": (50, 1_000),
}
SIZE = {name: sizes[FULL] for name, sizes in SCALE.items()}


class Tap:
    """Prints results as they come, and remembers whether all were good."""

    def __init__(self):
        self.failed = 0

    def expect(self, holds, name, why=""):
        print(f"{'ok' if holds else 'not ok'} - {name}", flush=True)
        if not holds:
            self.failed += 1
            for line in str(why).splitlines():
                print(f"# {line}", flush=True)

    def equal(self, got, wanted, name):
        self.expect(got == wanted, name, f"got    {got!r}\nwanted {wanted!r}")


def run_abi(tap, module, programs):
    """The ioctls, read and poll: abi.c prints the results itself."""
    with module.loaded():
        with open("/tmp/abi", "w+") as out:
            # Not a pipe: this process has to sleep while abi waits for silence.
            subprocess.run([f"{programs}/abi"], stdout=out, check=False)
            out.seek(0)
            lines = out.read().splitlines()
    for line in lines:
        match = re.fullmatch(r"(not )?ok - (.*)", line)
        tap.expect(match and not match[1], match[2] if match else line)
    tap.expect(len(lines) > 40, "abi: ran to its end", lines[-1:])


def main():
    tap = Tap()
    module, modules, programs = Module(sys.argv[1]), sys.argv[2], sys.argv[3]
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    groups = {
        "load": lambda: test_load.run(tap, module),
        "direct": lambda: test_direct.run(tap, module, modules, programs),
        "abi": lambda: run_abi(tap, module, programs),
        "calls": lambda: test_calls.run(tap, module, programs),
        "totals": lambda: test_totals.run(tap, module, programs),
        "identity": lambda: test_identity.run(tap, module, programs),
        "secrets": lambda: test_secrets.run(tap, module, programs),
        "oracle": lambda: test_oracle.run(tap, module, programs, SIZE["oracle"], SIZE["births"]),
        "locks": lambda: test_locks.run(tap, module, modules, programs, SIZE["lock changes"]),
        "programs": lambda: test_programs.run(tap, module, programs, SIZE["programs"]),
        "fuzz": lambda: test_fuzz.run(tap, module, programs, SIZE["fuzz"], SIZE["trinity"]),
        "burst": lambda: test_burst.run(tap, module, programs, SIZE),
        "hotplug": lambda: test_hotplug.run(tap, module, programs),
        "endurance": lambda: test_endurance.run(tap, module, programs, SIZE["loads"]),
    }
    if test_faults.is_possible():
        groups["faults"] = lambda: test_faults.run(tap, module, programs)
    for name in sys.argv[4:]:
        if name not in groups:
            sys.exit(f"no group {name} on this kernel (there are: {' '.join(groups)})")
    for name, group in groups.items():
        if sys.argv[4:] and name not in sys.argv[4:]:
            continue
        began = time.monotonic()
        try:
            group()
        except Exception as error:  # one group's failure must not hide the next one's
            tap.expect(False, f"{name}: ran to its end", f"{type(error).__name__}: {error}")
        print(f"# {name}: {time.monotonic() - began:.1f} s", flush=True)
    sys.exit(1 if tap.failed else 0)


if __name__ == "__main__":
    main()
