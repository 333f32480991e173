# SPDX-License-Identifier: Apache-2.0
"""Whoever changes the size of an address space holds mmap_lock: each size seen where that lock was
released (tests/modules/lock_watch.c) is in the stream, and in the same order."""

import collections
import os
import struct
import subprocess

import memmon_trace
from device import Recording, inserted

TRACE = "/tmp/locks.trace"
CHANGE = struct.Struct("=QQQ")


def changes_seen():
    """{(tgid, start_ns): [pages]} of lock_watch."""
    with open("/sys/kernel/debug/lock_watch", "rb") as file:
        data = file.read()
    found = collections.defaultdict(list)
    for start_ns, tgid, pages in CHANGE.iter_unpack(data):
        if not tgid:
            return found
        found[tgid, start_ns].append(pages)
    raise RuntimeError("lock_watch is full")


def sizes_told(records):
    """{(tgid, start_ns): [(pages, kind)]} of the stream, as time goes by."""
    found = collections.defaultdict(list)
    events = [r for r in records if r.kind not in ("HEADER", "LOST") and
              not r.flags & memmon_trace.F_NO_MM]
    for record in sorted(events, key=lambda record: record.time_ns):
        found[record.tgid, record.start_ns].append((record.total_vm, record.kind))
    return found


def first_missing(seen, told):
    """The place in `seen` of the first size that is not in `told` after those before it; None when
    all are. Also counts the kinds that told a size that was new."""
    kinds = collections.Counter()
    rest = iter(told)
    for place, pages in enumerate(seen):
        kind = next((kind for size, kind in rest if size == pages), None)
        if kind is None:
            return place, kinds
        kinds[kind] += 1
    return None, kinds


def check(tap, name, programs, changes, seed):
    with Recording(TRACE):
        # One thread each: what two threads do at once is told once.
        with_one = [subprocess.Popen([f"{programs}/changes", str(seed + i), "1"], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                    for i in range(2)]
        for process in with_one:
            process.communicate(f"{changes}\n")
        ids = {process.pid for process in with_one}
    records = memmon_trace.read(TRACE)
    memmon_trace.check(records)
    # They and their descendants.
    births = {(r.tgid, r.start_ns): r for r in records if r.kind == "FORK"}
    for r in records:
        if r.kind == "FORK" and r.result in ids:
            ids.add(r.tgid)
    seen, told = changes_seen(), sizes_told(records)
    missing, kinds, count = {}, collections.Counter(), 0
    for key, sizes in seen.items():
        if key[0] not in ids or key not in births:
            continue
        place, by = first_missing(sizes, told[key])
        kinds += by
        count += len(sizes)
        if place is not None:
            missing[key] = (sizes[max(0, place - 2):place + 1], told[key][-8:])
    tap.equal(missing, {}, f"locks, {name}: {count} changes of a size, each is in the stream")
    tap.expect(count >= changes / 2 and kinds.keys() >= {
        "MMAP", "MUNMAP", "MREMAP", "BRK", "STACK", "UNMAP"},
               f"locks, {name}: of every kind that changes one", (count, kinds))


def run(tap, module, modules, programs, changes):
    seed = int(os.environ.get("MEMMON_SEED") or int.from_bytes(os.urandom(3), "big"))
    print(f"# locks: MEMMON_SEED={seed}", flush=True)
    for name, parameters in (("direct hooks", {}), ("return probes", {"direct": 0})):
        with inserted(f"{modules}/lock_watch.ko"), module.loaded(ring_records=16384, **parameters):
            check(tap, name, programs, changes, seed)
