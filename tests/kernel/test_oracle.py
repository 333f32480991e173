# SPDX-License-Identifier: Apache-2.0
"""Whatever processes do to their address spaces, at random: at every quiet point the size that
follows from the stream is VmSize, to the page, for each process of the machine; also after drops,
missed probes, a reader that was killed, a module that was loaded again, and ids used again."""

import contextlib
import os
import re
import signal
import subprocess
import time

from device import missed
from memmon_trace import KINDS

# Long enough for any machine; how long it takes is printed.
PATIENCE_S = 30
THREADS = (1, 2, 4, 3)
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


class Storm:
    """Processes that make changes, together, from one quiet point to the next."""

    def __init__(self, programs, seed):
        self.processes = [subprocess.Popen([f"{programs}/changes", str(seed + i), str(threads)],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                          for i, threads in enumerate(THREADS)]
        self.made = 0

    def begin(self, changes):
        for process in self.processes:
            process.stdin.write(f"{changes}\n")
            process.stdin.flush()
        self.made += changes * sum(THREADS)

    def threaded(self):
        """Processes that have more than one thread whenever they make changes."""
        return [process.pid for process, threads in zip(self.processes, THREADS) if threads > 1]

    def calm(self):
        for process in self.processes:
            line = process.stdout.readline()
            if line != "done\n":
                raise RuntimeError(f"changes: {line!r}, exit status {process.wait()}")

    def end(self):
        for process in self.processes:
            process.stdin.close()
            if process.wait():
                raise RuntimeError(f"changes: exit status {process.returncode}")


class Oracle:
    def __init__(self, tap, module, programs, scale, seed):
        self.tap, self.module, self.programs = tap, module, programs
        self.scale, self.seed = scale, seed
        self.compared = 0
        self.slowest = 0.0
        self.made = 0

    def differences(self, watch, threaded=()):
        """{tgid: (from the stream, VmSize)} where they are not the same, once they have had time.
        Nor may the word on one of `threaded` be one that another thread can have made wrong,
        though it is right this time: {tgid: kind}."""
        began = time.monotonic()
        while True:
            wanted, got = proc_sizes(), watch.sizes()
            wrong = {tgid: (got.get(tgid), wanted.get(tgid)) for tgid in wanted.keys() | got.keys()
                     if got.get(tgid) != wanted.get(tgid)}
            wrong |= {tgid: watch.kinds[tgid] for tgid in threaded
                      if watch.kinds[tgid] not in LOCKED}
            took = time.monotonic() - began
            if not wrong or took > PATIENCE_S:
                self.compared += len(wanted)
                self.slowest = max(self.slowest, took)
                return wrong

    @contextlib.contextmanager
    def storm(self):
        storm = Storm(self.programs, self.seed)
        self.seed += len(THREADS)
        yield storm
        storm.end()
        self.made += storm.made

    def plain(self, name, rounds, **parameters):
        with self.module.loaded(**parameters), self.storm() as storm, \
                Watch(self.programs) as watch:
            wrong, told_again = {}, 0
            for _ in range(rounds):
                storm.begin(100 * self.scale)
                storm.calm()
                wrong |= self.differences(watch, storm.threaded())
                told_again += sum(watch.kinds[tgid] == "RESYNC" for tgid in storm.threaded())
            self.tap.equal(wrong, {}, f"oracle: {name}: every size is VmSize, "
                                      f"at each of {rounds} quiet points")
            self.tap.expect(told_again, f"oracle: {name}: {told_again} times it was a thread's, "
                                        "read without the lock, and told again")
            watch.end()

    def missing(self):
        with self.module.loaded(direct=0, maxactive=1), self.storm() as storm, \
                Watch(self.programs) as watch:
            rounds = 0
            wrong = {}
            while not missed() and rounds < 100:
                storm.begin(50 * self.scale)
                storm.calm()
                wrong |= self.differences(watch)
                rounds += 1
            self.tap.equal(wrong, {}, f"oracle: {missed()} calls missed: every size is VmSize")
            self.tap.expect(missed() and watch.figures["ends"],
                            "oracle: missed calls: the sizes were told again", watch.figures)
            watch.end()

    def dropping(self):
        with self.module.loaded(ring_records=64), self.storm() as storm, \
                Watch(self.programs) as watch:
            wrong = {}
            for _ in range(4):
                watch.process.send_signal(signal.SIGSTOP)
                storm.begin(100 * self.scale)
                storm.calm()
                watch.process.send_signal(signal.SIGCONT)
                wrong |= self.differences(watch)
            figures = watch.figures
            self.tap.equal(wrong, {}, f"oracle: {figures['lost']} records dropped: "
                                      "every size is VmSize")
            self.tap.expect(figures["lost"] > 100 and figures["ends"] >= 4,
                            "oracle: drops: the sizes were told again", figures)
            watch.end()

    def changing_readers(self):
        """In the middle of the storm the reader is killed, and the module loaded again."""
        wrong = {}
        with self.storm() as storm:
            for _ in range(3):
                with self.module.loaded():
                    for _ in range(3):
                        storm.begin(100 * self.scale)
                        with Watch(self.programs) as watch:
                            watch.sizes()
                        with Watch(self.programs) as watch:
                            storm.calm()
                            wrong |= self.differences(watch)
                    storm.begin(100 * self.scale)
                storm.calm()
        self.tap.equal(wrong, {}, "oracle: readers are killed and come in the middle, the module "
                                  "goes and comes: every size is VmSize")

    def reused_ids(self, births):
        with open("/proc/sys/kernel/pid_max", "r+") as file:
            before = file.read()
            file.seek(0)
            file.write("400")  # the least is 301, and the kernel has threads of its own
            file.flush()
            with self.module.loaded(), Watch(self.programs) as watch:
                process = subprocess.Popen([f"{self.programs}/births", str(births), "40"],
                                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                said = process.stdout.readline()
                wrong = self.differences(watch)
                self.tap.equal((said, wrong), (b"done\n", {}),
                               f"oracle: {births} births in 400 ids: every size is VmSize")
                process.communicate()
                watch.end()
            file.seek(0)
            file.write(before)


def run(tap, module, programs, scale, births):
    seed = int(os.environ.get("MEMMON_SEED") or int.from_bytes(os.urandom(3), "big"))
    print(f"# oracle: MEMMON_SEED={seed}", flush=True)
    oracle = Oracle(tap, module, programs, scale, seed)
    oracle.plain("plain", 20)
    oracle.plain("return probes", 4, direct=0)
    oracle.missing()
    oracle.dropping()
    oracle.changing_readers()
    oracle.reused_ids(births)
    print(f"# oracle: {oracle.made} changes, {oracle.compared} sizes compared, the slowest right "
          f"after {oracle.slowest * 1000:.0f} ms", flush=True)
