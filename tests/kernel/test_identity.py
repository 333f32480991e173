# SPDX-License-Identifier: Apache-2.0
"""Who a process is: in pid namespaces within each other, and where it lives for a moment only."""

import collections
import os
import subprocess

import memmon_trace
from device import Recording

TRACE = "/tmp/identity.trace"
CGROUPS = "/tmp/cgroup-identity"
DEPTH = 2
BRIEF = 100


class Nested:
    """nested.c's processes, which hold still until end()."""

    def __init__(self, programs):
        self.process = subprocess.Popen([f"{programs}/nested", str(DEPTH)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.threads = []  # (outer tgid, outer tid, what it knows itself as)
        for line in iter(self.process.stdout.readline, "still\n"):
            if not line:
                raise RuntimeError(f"nested: exit status {self.process.wait()}")
            self.threads.append(tuple(map(int, line.split())))
        self.own = {tgid: own for tgid, _, own in self.threads}

    def end(self):
        self.process.stdin.close()
        if self.process.wait():
            raise RuntimeError(f"nested: exit status {self.process.returncode}")


def check_nested(tap, events, name, nested, kinds):
    tap.equal(sorted(own for outer, own in nested.own.items() if own != outer), [1, 1, 2, 2],
              f"namespaces, {name}: {DEPTH} within each other, of two processes each")
    found = {outer: {r.ns_tgid for r in events if r.tgid == outer} for outer in nested.own}
    tap.equal(found, {outer: {own} for outer, own in nested.own.items()},
              f"namespaces, {name}: ns_tgid is what the process knows itself as, in every record")
    # Of the top one, which is started by vfork, and of the two that only wait, too.
    told = {outer: {r.kind for r in events if r.tgid == outer} for outer in nested.own}
    tap.expect(all(kinds <= of for of in told.values()),
               f"namespaces, {name}: {' '.join(sorted(kinds))} of each", told)


def namespaces(tap, module, programs):
    with module.loaded():
        before = Nested(programs)
        with Recording(TRACE) as recording:
            during = Nested(programs)
            for nested in (before, during):
                nested.end()
            recording.settled()
    records = memmon_trace.read(TRACE)
    memmon_trace.check(records)
    events = [r for r in records if r.kind not in ("HEADER", "LOST")]
    check_nested(tap, events, "there before", before, {"BASELINE", "MUNMAP", "EXIT"})
    check_nested(tap, events, "born meanwhile", during, {"FORK", "MUNMAP", "EXIT"})
    for outer, tid, own in during.threads:
        if tid != outer:
            of = {(r.tgid, r.ns_tgid) for r in events if r.tid == tid and r.kind == "MUNMAP"}
            tap.equal(of, {(outer, own)}, "namespaces: a thread's ids are the outer ones")
    parents = {r.tgid: r.result for r in events if r.kind == "FORK"}
    chain = list(during.own)
    tap.equal([parents.get(child) for child in chain[1:]], chain[:-1],
              "namespaces: the parent is told by its outer id")


def check_brief(tap, events, parent, uids, cgroups):
    by_tgid = collections.defaultdict(list)
    for event in events:
        by_tgid[event.tgid].append(event)
    lives, wrong = [], {}
    for tgid, uid in uids.items():
        mine = by_tgid[tgid]
        born = [r for r in mine if r.kind == "FORK"]
        gone = [r for r in mine if r.kind == "EXIT"]
        execs = [r for r in mine if r.kind == "EXEC"]
        renamed, borrows = uid % 2 == 1, uid % 4 == 2
        if [len(born), len(execs), len(gone)] != [1, renamed, 1]:
            wrong[tgid] = [r.kind for r in mine]
            continue
        lives.append(gone[0].time_ns - born[0].time_ns)
        got = [(born[0].result, born[0].comm, born[0].uid),
               {(r.comm, r.uid) for r in execs + gone},
               {(r.comm, r.uid) for r in mine if r.kind == "MMAP" and r.length == 4096},
               {r.cgroup_id for r in mine}, {r.start_ns for r in mine}]
        name = "fleeting" if renamed else "brief"
        wanted = [(parent, "brief", 0), {(name, uid)}, {(name, uid)}, {cgroups[borrows]},
                  {born[0].start_ns}]
        if got != wanted:
            wrong[tgid] = (got, wanted)
    tap.expect(not wrong, f"brief lives: each of {len(uids)} has its parent, name, user and cgroup",
               f"{len(wrong)} have not: {list(wrong.items())[:2]}")
    names = [r.mm_id for r in events if r.tgid in uids and
             (r.kind == "EXEC" or r.kind == "FORK" and uids[r.tgid] % 4 != 2)]
    tap.equal(len(set(names)), len(names), "brief lives: no address space has the name of one before")
    lives.sort()
    tap.expect(lives and lives[0] < 1_000_000,
               f"brief lives: some of them under a millisecond ({sum(ns < 1_000_000 for ns in lives)} "
               f"of {len(lives)})", lives[:3])


def brief_lives(tap, module, programs):
    os.makedirs(CGROUPS)
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", CGROUPS], check=True)
    cgroup = f"{CGROUPS}/brief"
    os.mkdir(cgroup)
    with module.loaded(), Recording(TRACE):
        process = subprocess.Popen([f"{programs}/brief", str(BRIEF), cgroup, f"{programs}/fleeting"],
                                   stdout=subprocess.PIPE, text=True)
        uids = dict(tuple(map(int, line.split())) for line in process.communicate()[0].splitlines())
    records = memmon_trace.read(TRACE)
    memmon_trace.check(records)
    tap.equal((process.returncode, len(uids)), (0, BRIEF), "brief lives: all were lived")
    check_brief(tap, [r for r in records if r.kind not in ("HEADER", "LOST")], process.pid, uids,
                [os.stat(path).st_ino for path in (cgroup, CGROUPS)])
    os.rmdir(cgroup)
    subprocess.run(["umount", CGROUPS], check=True)
    os.rmdir(CGROUPS)


def run(tap, module, programs):
    namespaces(tap, module, programs)
    brief_lives(tap, module, programs)
    os.unlink(TRACE)
