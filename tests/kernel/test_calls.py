# SPDX-License-Identifier: Apache-2.0
"""Every mmap and munmap strace sees has its record: same order, same arguments, same result.

Not those that are refused before the kernel's mm code: REFUSED_BEFORE is the whole list.
"""

import collections
import errno
import os
import re
import subprocess

import memmon_trace
from device import Recording

MAP_ANONYMOUS, MAP_HUGETLB = 0x20, 0x40000

LINE = re.compile(r"(\d+) +(mmap|munmap)\(([^)]*)\) *= (-?\w+)(?: (E\w+))?")

# reason: (errno, does the call look so)
REFUSED_BEFORE = {
    "no such file": (errno.EBADF, lambda a: not a[3] & MAP_ANONYMOUS),
    "offset within a page": (errno.EINVAL, lambda a: a[5] & 4095),
    "MAP_HUGETLB of a file not in hugetlbfs":
        (errno.EINVAL, lambda a: a[3] & MAP_HUGETLB and not a[3] & MAP_ANONYMOUS),
}


def refused_before(name, arguments, result):
    if name == "mmap":
        for reason, (error, looks) in REFUSED_BEFORE.items():
            if result == -error and looks(arguments):
                return reason
    return None


def parse(path):
    """{tid: [(name, arguments, result)]} of strace -f --raw, and the reasons met."""
    calls = collections.defaultdict(list)
    reasons = set()
    unfinished = {}
    with open(path) as file:
        for line in file:
            tid, rest = line.split(None, 1)
            if rest.rstrip().endswith("<unfinished ...>"):
                unfinished[tid] = rest.partition("<unfinished")[0].rstrip()
                continue
            if rest.startswith("<..."):
                line = f"{tid} {unfinished.pop(tid)} {rest.partition('resumed>')[2].lstrip()}"
            match = LINE.match(line)
            if not match:
                continue
            arguments = [int(word, 0) for word in match[3].split(",")]
            result = -getattr(errno, match[5]) if match[5] else int(match[4], 0)
            reason = refused_before(match[2], arguments, result)
            if reason:
                reasons.add(reason)
            else:
                calls[int(tid)].append((match[2], arguments, result))
    return calls, reasons


def recorded(records, program):
    """{tid: [(name, arguments, result)]} of the last process of this name, since its exec."""
    execs = [r for r in records if r.kind == "EXEC" and r.comm == program]
    last = execs[-1]
    calls = collections.defaultdict(list)
    own = [r for r in records if r.kind in ("MMAP", "MUNMAP") and r.mm_id == last.mm_id
           and r.ticket > last.ticket]
    for record in sorted(own, key=lambda r: r.ticket):
        arguments = [record.addr, record.length]
        if record.kind == "MMAP":
            arguments += [record.prot, record.map_flags]
        calls[record.tid].append((record.kind.lower(), arguments, record.result))
    return calls, last.tgid


def run(tap, module, programs):
    with module.loaded():
        check(tap, programs, "calls")


def check(tap, programs, test):
    """With the module loaded. `test` begins the results' names."""
    with Recording("/tmp/calls.trace"):
        subprocess.run(["strace", "-f", "-e", "trace=mmap,munmap", "-e", "raw=mmap,munmap",
                        "-o", "/tmp/calls.strace", f"{programs}/calls"], check=True)
    records = memmon_trace.read("/tmp/calls.trace")
    totals = memmon_trace.check(records)
    tap.expect(not any(lost for _, lost in totals.values()), f"{test}: nothing was lost", totals)
    seen, reasons = parse("/tmp/calls.strace")
    got, tgid = recorded(records, "calls")
    tap.equal(reasons, set(REFUSED_BEFORE), f"{test}: every kind of early refusal was tried")
    tap.equal(len(seen), 4, f"{test}: strace saw four threads")
    tap.equal(set(got), set(seen), f"{test}: the same threads")
    failed = {result for calls in seen.values() for _, _, result in calls if -4096 < result < 0}
    tap.expect(len(failed) >= 6, f"{test}: at least six ways to fail", failed)
    for tid in sorted(seen):
        # addr, length, prot, flags: fd and offset are not recorded
        wanted = [(name, arguments[:4], result) for name, arguments, result in seen[tid]]
        differ = [pair for pair in zip(wanted, got.get(tid, [])) if pair[0] != pair[1]]
        who = "first thread" if tid == tgid else f"thread {sorted(seen).index(tid)}"
        tap.expect(not differ and len(wanted) == len(got.get(tid, [])) and len(wanted) >= 120,
                   f"{test}: {who}: {len(wanted)} calls, same order, arguments and results",
                   f"strace {len(wanted)}, records {len(got.get(tid, []))}, first: {differ[:1]}")
    os.unlink("/tmp/calls.trace")
