# SPDX-License-Identifier: Apache-2.0
"""Whatever processes do to their address spaces, at random: at every quiet point the size that
follows from the stream is VmSize, to the page, for each process of the machine; also after drops,
missed probes, a reader that was killed, a module that was loaded again, and ids used again."""

import contextlib
import os
import signal
import subprocess

from device import missed
from watch import Watch

THREADS = (1, 2, 4, 3)


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
        wrong, compared, took = watch.differences(threaded)
        self.compared += compared
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
