# SPDX-License-Identifier: Apache-2.0
"""The conservation law, exactly, for every CPU, whatever the reader does."""

import os
import re
import signal
import subprocess
import time

from device import counters, kind_counters, law_breaches, missed, proc_text
from memmon_trace import KINDS


class Reader:
    """reader.c, which checks the stream as it comes, and counts; `kinds` when it has ended."""

    def __init__(self, programs, buffer_records=4096):
        self.kinds = {}  # {(cpu, kind): records}
        self.process = subprocess.Popen([f"{programs}/reader", str(buffer_records)],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        line = self.process.stdout.readline()
        if line != "ready\n":
            raise RuntimeError(f"reader: {line}{self.process.communicate()[0]}")

    def end(self):
        """{cpu: {figure: value}} and what went wrong ("" for nothing)."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate()[0]
        found = {}
        for line in re.findall(r"^cpu .*$", said, re.MULTILINE):
            words = line.split()
            found[int(words[1])] = dict(zip(words[2::2], map(int, words[3::2])))
        self.kinds = {(int(cpu), KINDS[int(kind)]): int(events) for cpu, kind, events in
                      re.findall(r"^kind (\d+) (\d+) events (\d+)$", said, re.MULTILINE)}
        whole = self.process.returncode == 0 and said.endswith("closed\n")
        return found, "" if whole else said


def check(tap, name, found, wrong, pairs, lossless):
    """What reader counted, what the module did, and what is left after the close."""
    tap.equal(wrong, "", f"{name}: the stream kept its contract")
    after = counters()
    tap.equal((law_breaches(after), [c["pending"] for c in after.values() if c["pending"]]),
              ({}, []), f"{name}: hooked = delivered + dropped + filtered on every CPU")
    tap.equal({cpu: (c["events"], c["lost"]) for cpu, c in found.items()},
              {cpu: (c["delivered"], c["dropped"]) for cpu, c in found.items()},
              f"{name}: delivered and dropped are what the reader counted")
    # What came between the reader's last read and its close.
    tap.equal({cpu: after[cpu]["dropped"] - c["dropped"] for cpu, c in found.items()},
              {cpu: after[cpu]["hooked"] - c["hooked"] + c["pending"] for cpu, c in found.items()},
              f"{name}: what was left at the close counts as dropped")
    tap.equal(missed(), 0, f"{name}: no probe missed")
    storm = sum(c["storm"] for c in found.values())
    dropped = sum(c["lost"] for c in found.values())
    if lossless:
        tap.equal((storm, dropped), (2 * pairs, 0), f"{name}: {2 * pairs} calls, none dropped")
    else:
        tap.expect(dropped > 0 and storm <= 2 * pairs <= storm + dropped,
                   f"{name}: {2 * pairs} calls are there or known to be lost ({dropped} dropped)",
                   f"{storm} there, {dropped} dropped")


def kind_breaches(found):
    """(CPU, kind) for which hooked = delivered + dropped + filtered does not hold after a close."""
    return {which: c for which, c in found.items()
            if c["hooked"] != c["delivered"] + c["dropped"] + c["filtered"]}


def issue(programs, pairs, *words):
    """issue.c: /proc/memmon before and after, and {(CPU, kind): calls} as the caller counted."""
    said = subprocess.run([f"{programs}/issue", str(pairs), *map(str, words)], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    before, after, made = said.split("--\n")
    by_cpu = dict(tuple(map(int, line.split())) for line in made.splitlines())
    return kind_counters(before), kind_counters(after), {
        (cpu, kind): count for cpu, count in by_cpu.items() for kind in ("MMAP", "MUNMAP")}


def since(before, after, *figures):
    """{(CPU, kind): sum of these figures}, less what was hooked before; mmap and munmap alone."""
    return {which: sum(c[figure] for figure in figures) - before.get(which, {"hooked": 0})["hooked"]
            for which, c in after.items() if which[1] in ("MMAP", "MUNMAP")}


def by_kind(tap, module, programs, pairs, stopped_ms):
    """Issued = delivered + dropped, for each CPU and kind."""
    with module.loaded(ring_records=1024):
        for name, stopped in (("read", False), (f"reader stopped for {stopped_ms} ms", True)):
            reader = Reader(programs)
            words = ("stop", reader.process.pid, stopped_ms) if stopped else ()
            before, after, issued = issue(programs, pairs, *words)
            _, wrong = reader.end()
            tap.equal(wrong, "", f"by kind, {name}: the stream kept its contract")
            tap.equal(since(before, after, "hooked"), issued,
                      f"by kind, {name}: what each CPU issued was hooked, {pairs} of each at least")
            closed = kind_counters()
            tap.equal(kind_breaches(closed), {}, f"by kind, {name}: the law holds for each")
            tap.equal({which: c["delivered"] for which, c in closed.items() if c["delivered"]},
                      reader.kinds, f"by kind, {name}: delivered is what the reader counted")
            dropped = {cpu: sum(c["dropped"] for which, c in closed.items() if which[0] == cpu)
                       for cpu in counters()}
            # More than a ring holds: of the time it was stopped, much was after it was full.
            tap.expect(not stopped or min(dropped.values()) > 1024,
                       f"by kind, {name}: {sum(dropped.values())} dropped", dropped)
        killed(tap, programs, pairs)
        killed_in_the_middle(tap, programs)


def killed(tap, programs, pairs):
    """Some was read, some found no room, and some is in the rings when the reader is killed."""
    reader = Reader(programs)
    before, after, issued = issue(programs, pairs, "kill", reader.process.pid)
    reader.process.communicate()
    tap.equal(since(before, after, "delivered", "dropped"), issued,
              f"by kind, killed reader: issued = delivered + dropped, {pairs} of each on each CPU")
    tap.equal((kind_breaches(after), law_breaches(counters())), ({}, {}),
              "by kind, killed reader: the law holds for each")
    tap.expect(all(after[which]["delivered"] and after[which]["dropped"] for which in issued),
               "by kind, killed reader: some of each was read, some was not", after)


def killed_in_the_middle(tap, programs):
    reader = Reader(programs)
    load = subprocess.Popen([f"{programs}/storm", "0", "2", "2"])
    while sum(c["delivered"] for c in counters().values()) < 20000:
        os.sched_yield()
    reader.process.kill()
    reader.process.communicate()
    while " running\n" in proc_text():
        os.sched_yield()
    load.kill()
    load.wait()
    tap.equal((kind_breaches(kind_counters()), law_breaches(counters())), ({}, {}),
              "by kind, killed in the middle: the law holds for each")


def loops(tap, module, programs, seconds):
    """Each CPU does nothing but mmap and munmap; the rings are of the default size."""
    with module.loaded():
        reader = Reader(programs)
        load = subprocess.Popen([f"{programs}/storm", "0", str(os.cpu_count()), "1"])
        time.sleep(seconds)
        load.kill()
        load.wait()
        found, wrong = reader.end()
        tap.equal(wrong, "", "loops: the stream kept its contract")
        tap.equal((sum(c["dropped"] for c in found.values()), missed(), law_breaches(counters())),
                  (0, 0, {}), f"loops: {sum(c['storm'] for c in found.values())} calls "
                              f"in {seconds} s, none dropped")


def storm(programs, pairs, processes, threads):
    subprocess.run([f"{programs}/storm", str(pairs), str(processes), str(threads)], check=True)


def run(tap, module, programs, size):
    by_kind(tap, module, programs, size["by kind"], size["stopped ms"])
    loops(tap, module, programs, size["loop seconds"])
    pairs = size["pairs"]
    # Room for what a CPU can make if the reader never runs, as far as a ring goes.
    with module.loaded(ring_records=1 << min(20, (2 * pairs - 1).bit_length())):
        reader = Reader(programs)
        storm(programs, pairs, 2, 2)
        check(tap, f"burst of {pairs} pairs", *reader.end(), pairs, lossless=True)
    with module.loaded(ring_records=16384):
        reader = Reader(programs)
        reader.process.send_signal(signal.SIGSTOP)
        storm(programs, 30000, 2, 2)
        reader.process.send_signal(signal.SIGCONT)
        storm(programs, 1000, 2, 2)
        found, wrong = reader.end()
        check(tap, "stalled reader", found, wrong, 31000, lossless=False)

        # Births and deaths have a quarter of the ring to themselves.
        reader = Reader(programs)
        reader.process.send_signal(signal.SIGSTOP)
        storm(programs, 30000, 2, 2)
        for _ in range(20):
            subprocess.run(["/bin/true"], check=True)
        reader.process.send_signal(signal.SIGCONT)
        found, wrong = reader.end()
        check(tap, "full ring", found, wrong, 30000, lossless=False)
        tap.equal(sum(c["true_exits"] for c in found.values()), 20,
                  "full ring: all births and deaths found room")
    for records, buffer in ((64, 1), (64, 4096), (256, 7)):
        with module.loaded(ring_records=records):
            reader = Reader(programs, buffer)
            # More than fits, however slow this kernel's calls are; then as fast as it goes.
            reader.process.send_signal(signal.SIGSTOP)
            storm(programs, 500, 3, 2)
            reader.process.send_signal(signal.SIGCONT)
            storm(programs, 9500, 3, 2)
            found, wrong = reader.end()
            check(tap, f"ring of {records}, buffer of {buffer}", found, wrong, 10000,
                  lossless=False)
    with module.loaded(tgid=os.getpid()):
        reader = Reader(programs)
        storm(programs, 5000, 2, 2)
        found, wrong = reader.end()
        tap.equal(wrong, "", "filter: the stream kept its contract")
        tap.equal((law_breaches(counters()), sum(c["storm"] for c in found.values())), ({}, 0),
                  "filter: the law holds, and the others are left out")
        tap.expect(sum(c["filtered"] for c in found.values()) >= 10000,
                   "filter: they count as filtered", found)
