# SPDX-License-Identifier: Apache-2.0
"""Whatever processes do to their address spaces, at random: at every quiet point the size that
follows from the stream is VmSize, to the page, for each process of the machine; also after drops,
missed probes, a reader that was killed, a module that was loaded again, and ids used again."""

import contextlib
import os
import signal
import subprocess
import time

import memmon_trace
from device import DEVICE, missed
from watch import Watch

THREADS = (1, 2, 4, 3)
# A size in doubt is right again so soon after the pressure has ended, by the guest's clock. Most
# of that is waiting, on purpose, and a tenth is work: where instructions are emulated, or the host
# has others to serve, this tenth is longer, in the proportion in which an mmap and a munmap take
# longer than PAIR_NS, which a machine of its own does not need for them.
RIGHT_AGAIN_NS = 100_000_000
PAIR_NS = 2_000


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def pair_ns(programs):
    """What an mmap and a munmap take now, while nothing records them."""
    took = {}
    for pairs in (100, 1_000, 20_000):  # the first one fills caches
        began = now_ns()
        subprocess.run([f"{programs}/storm", str(pairs), "1", "1"], check=True)
        took[pairs] = now_ns() - began
    return (took[20_000] - took[1_000]) / 19_000


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
        """Waits for the end of all changes; when that was."""
        for process in self.processes:
            line = process.stdout.readline()
            if line != "done\n":
                raise RuntimeError(f"changes: {line!r}, exit status {process.wait()}")
        return now_ns()

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
        self.slowest_ns = 0
        self.pair = pair_ns(programs)
        self.made = 0

    def differences(self, watch, calm_ns, threaded=()):
        wrong, compared = watch.differences(threaded)
        self.compared += compared
        self.slowest_ns = max(self.slowest_ns, watch.told_again_ns(calm_ns))
        return wrong

    def soon(self, name, least_ns=0):
        """What went before was told again in time; after least_ns at least, or it was not there."""
        took, self.slowest_ns = self.slowest_ns, 0
        # The machine is as slow as it was before or is after, whichever is more.
        before, self.pair = self.pair, pair_ns(self.programs)
        pair = max(before, self.pair)
        limit = RIGHT_AGAIN_NS * (0.9 + 0.1 * max(1, pair / PAIR_NS))
        self.tap.expect(least_ns <= took <= limit, f"oracle: {name}: every size is right again after {took / 1e6:.1f} "
                        f"ms ({limit / 1e6:.0f} ms at most, as a pair takes {pair / 1e3:.1f} us here)")

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
                wrong |= self.differences(watch, storm.calm(), storm.threaded())
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
                wrong |= self.differences(watch, storm.calm())
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
                calm_ns = now_ns()
                watch.process.send_signal(signal.SIGCONT)
                wrong |= self.differences(watch, calm_ns)
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
                            wrong |= self.differences(watch, storm.calm())
                    storm.begin(100 * self.scale)
                storm.calm()
        self.tap.equal(wrong, {}, "oracle: readers are killed and come in the middle, the module "
                                  "goes and comes: every size is VmSize")

    def half_a_round(self):
        """A reader goes away while it is being told sizes again: nobody's is forgotten for the next
        one."""
        processes = 200  # more than are told in one piece
        grow = subprocess.Popen([f"{self.programs}/grow", str(processes), "8"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = [grow.stdout.readline()]

        def make_mappings():
            grow.stdin.write("\n")
            grow.stdin.flush()
            said.append(grow.stdout.readline())

        with self.module.loaded(ring_records=64):
            fd = os.open(DEVICE, os.O_RDONLY)
            make_mappings()
            while memmon_trace.decode(os.read(fd, memmon_trace.RECORD_SIZE)).kind != "RESYNC":
                pass
            os.close(fd)
            with Watch(self.programs) as watch:
                watch.process.send_signal(signal.SIGSTOP)
                make_mappings()
                watch.process.send_signal(signal.SIGCONT)
                wrong = self.differences(watch, now_ns())
                watch.end()
        self.tap.equal((said, wrong), (["ready\n", "done\n", "done\n"], {}),
                       "oracle: a reader goes in the middle of a round: every size is VmSize for "
                       "the next one")
        grow.communicate()

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
                wrong = self.differences(watch, now_ns())
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
    oracle.soon("sizes read beside another thread")
    oracle.plain("return probes", 4, direct=0)
    oracle.missing()
    oracle.soon("calls missed")
    oracle.dropping()
    oracle.soon("records dropped", least_ns=1)
    oracle.changing_readers()
    oracle.half_a_round()
    oracle.reused_ids(births)
    print(f"# oracle: {oracle.made} changes, {oracle.compared} sizes compared", flush=True)
