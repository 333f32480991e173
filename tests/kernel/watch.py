# SPDX-License-Identifier: Apache-2.0
"""The sizes that follow from the stream, beside those that /proc tells."""

import contextlib
import os
import re
import subprocess
import time

from memmon_trace import KINDS

# Long enough for this test's own looks at /proc, on any machine. How soon memmon told the sizes
# is held to less: told_again_ns().
PATIENCE_S = 30
# What tells a size that no other thread can have been changing meanwhile.
LOCKED = {"BASELINE", "RESYNC", "MMAP", "STACK", "SPECIAL"}


def proc_sizes():
    """{tgid: VmSize in KiB} of every process but this one."""
    sizes = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if int(pid) == os.getpid():
            continue
        # The first thread may be gone while others live.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for tid in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{tid}/status") as file:
                    match = re.search(r"^VmSize:\s+(\d+) kB$", file.read(), re.MULTILINE)
                if match:
                    sizes[int(pid)] = int(match[1])
                    break
    return sizes


class Watch:
    """watch.c: the sizes that follow from the stream."""

    def __init__(self, programs):
        self.process = subprocess.Popen([f"{programs}/watch"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        self.figures = {}
        self.kinds = {}  # {tgid: kind of the record that told its size}
        self.times = {}  # {tgid: when it did, by CLOCK_BOOTTIME, ns}
        self._expect("ready\n")

    def _expect(self, wanted):
        line = self.process.stdout.readline()
        if line != wanted:
            raise RuntimeError(f"watch: {line}{self.process.communicate()[0]}")

    def sizes(self):
        """{tgid: KiB}, this process left out."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        sizes = {}
        self.kinds.clear()
        self.times.clear()
        while True:
            words = self.process.stdout.readline().split()
            if not words or not (words[0].isdigit() or words[0] == "records"):
                raise RuntimeError(f"watch: {words} {self.process.communicate()[0]}")
            if words[0] == "records":
                self.figures = dict(zip(words[::2], map(int, words[1::2])))
                sizes.pop(os.getpid(), None)
                return sizes
            sizes[int(words[0])] = int(words[1])
            self.kinds[int(words[0])] = KINDS[int(words[2])]
            self.times[int(words[0])] = int(words[3])

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def end(self):
        self.process.stdin.close()
        if self.process.wait():
            raise RuntimeError(f"watch: {self.process.stdout.read()}")

    def told_again_ns(self, since_ns):
        """How long after `since_ns` the last size that is in force was told again; 0 where that was
        before, or none was."""
        return max((self.times[tgid] - since_ns for tgid, kind in self.kinds.items()
                    if kind == "RESYNC"), default=0)

    def differences(self, threaded=()):
        """{tgid: (from the stream, VmSize)} where they are not the same, once they have had time;
        and how many were compared. Nor may the word on one of
        `threaded` be one that another thread can have made wrong, though it is right this time:
        {tgid: kind}."""
        began = time.monotonic()
        while True:
            wanted, got = proc_sizes(), self.sizes()
            wrong = {tgid: (got.get(tgid), wanted.get(tgid)) for tgid in wanted.keys() | got.keys()
                     if got.get(tgid) != wanted.get(tgid)}
            wrong |= {tgid: self.kinds[tgid] for tgid in threaded
                      if self.kinds[tgid] not in LOCKED}
            if not wrong or time.monotonic() - began > PATIENCE_S:
                return wrong, len(wanted)
