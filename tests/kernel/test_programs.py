# SPDX-License-Identifier: Apache-2.0
"""Ordinary programs at hard work, frozen from time to time: each size is VmSize then."""

import contextlib
import os
import subprocess
import time

from watch import Watch

ROOT = os.path.realpath(f"{os.path.dirname(__file__)}/../..")
CGROUPS = "/tmp/cgroup-programs"
POINTS = 4

NODE = """
let kept = [];
setInterval(() => {
  kept.push(Buffer.alloc(1 + Math.random() * 3e6, 1));
  if (kept.length > 20) kept = kept.slice(15);
}, 1);
"""

PAGE = """data:text/html,<script>
let kept = [];
setInterval(() => {
  kept.push(new Float64Array(1e5).fill(1));
  if (kept.length > 30) kept = kept.slice(25);
}, 5);
</script>"""

PGBENCH = """
. scripts/lib/postgres.sh
database=$(postgres_start /tmp/postgres-programs)
socket=${database#host=}
pgbench="$(postgres_bin)/pgbench -h ${socket%% *} -U memmon"
$pgbench -i -q memmon >&2
$pgbench -c 3 -j 2 -T 100000 -C memmon
"""

STRESSORS = ("brk", "fork", "madvise", "malloc", "mlock", "mmap", "mmapaddr", "mmapfixed", "mprotect",
             "mremap", "munmap", "shm", "shm-sysv", "stack", "vfork", "vm")

PROGRAMS = {
    "compiler": ["sh", "-c", "while :; do make -s -B -j2 -C tests/kernel/programs "
                             "OUT=/tmp/programs; done"],
    "PostgreSQL": ["bash", "-c", PGBENCH],
    "node": ["node", "-e", NODE],
    "Chromium": ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                 "--disable-dev-shm-usage", "--disable-background-networking", "--disable-quic",
                 "--disable-component-update", "--disable-sync", "--user-data-dir=/tmp/chromium",
                 "--remote-debugging-port=0", PAGE],
    "JVM": ["java", "-Xmx96m", "-cp", "build/tests/kernel", "Garbage"],
    # One of each that changes address spaces, and that ends with what it is given.
    "stress-ng": ["stress-ng", "--temp-path", "/tmp", "--vm-bytes", "16m", "--mmap-bytes", "4m",
                  "--mremap-bytes", "4m", "--shm-sysv-bytes", "4m", "--brk-notouch",
                  *(word for name in STRESSORS for word in (f"--{name}", "1"))],
}


class Cgroup:
    """Processes that can be frozen together: none of them is in a call then."""

    def __init__(self, name):
        self.path = f"{CGROUPS}/{name}"
        os.makedirs(self.path)

    def _write(self, file, value):
        with open(f"{self.path}/{file}", "w") as to:
            to.write(value)

    def _until(self, event):
        # The last of an event's changes is the one that counts: it is asked for again and again.
        while True:
            with open(f"{self.path}/cgroup.events") as file:
                if event in file.read().splitlines():
                    return
            time.sleep(0.01)

    def start(self, command):
        return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                preexec_fn=lambda: self._write("cgroup.procs", "0"))

    @contextlib.contextmanager
    def frozen(self):
        self._write("cgroup.freeze", "1")
        self._until("frozen 1")
        yield
        self._write("cgroup.freeze", "0")

    def processes(self):
        with open(f"{self.path}/cgroup.procs") as file:
            return len(file.readlines())

    def end(self):
        self._write("cgroup.kill", "1")
        self._until("populated 0")
        os.rmdir(self.path)


def work(watch, records, first):
    """Waits until there are as many records more, or the program has ended."""
    watch.sizes()
    goal = watch.figures["records"] + records
    while watch.figures["records"] < goal and first.poll() is None:
        time.sleep(0.1)
        watch.sizes()


def one(tap, module, programs, name, command, records):
    with module.loaded(), Watch(programs) as watch:
        cgroup = Cgroup(f"memmon-{name}")
        first = cgroup.start(command)
        wrong, most = {}, 0
        for _ in range(POINTS):
            work(watch, records, first)
            with cgroup.frozen():
                wrong |= watch.differences()[0]
                most = max(most, cgroup.processes())
        ended = first.poll()
        cgroup.end()
        first.wait()
        tap.equal((ended, wrong), (None, {}), f"programs: {name}, up to {most} processes at work: "
                                              f"every size is VmSize, at each of {POINTS} points")
        watch.end()


def run(tap, module, programs, records):
    os.makedirs(CGROUPS)
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", CGROUPS], check=True)
    for name, command in PROGRAMS.items():
        one(tap, module, programs, name, command, records)
    subprocess.run(["umount", CGROUPS], check=True)
    os.rmdir(CGROUPS)
