# SPDX-License-Identifier: Apache-2.0
"""Decodes a recording of /dev/memmon: kmod/uapi/memmon.h, for the tests.

It stands by itself on purpose: it shares no code with the service, so that the
two would have to be wrong in the same way.

    memmon_trace.py FILE...    prints the records, one a line
"""

import collections
import struct
import sys

RECORD_SIZE = 128
CPU_NONE = 0xFFFF
MAGIC = 0x314E4F4D4D454D

KINDS = {
    1: "HEADER", 2: "LOST", 3: "BASELINE", 4: "RESYNC", 5: "RESYNC_END",
    16: "MMAP", 17: "MUNMAP", 18: "MREMAP", 19: "BRK", 20: "STACK", 21: "SPECIAL", 22: "UNMAP",
    32: "FORK", 33: "EXEC", 34: "EXIT", 35: "MM_EXIT",
}

F_KTHREAD, F_NO_MM, F_COMPAT, F_NO_RESULT = 1, 2, 4, 8

EVENT = struct.Struct("=HHHHQQIIQQQQQQQqIIII16s")
HEADER = struct.Struct("=HHHHQQQII16sqQQIIIII28s")
LOST = struct.Struct("=HHHHQQQQ88s")
assert EVENT.size == HEADER.size == LOST.size == RECORD_SIZE

Event = collections.namedtuple(
    "Event", "kind flags cpu reserved seq time_ns tgid tid start_ns mm_id ticket total_vm "
             "cgroup_id addr length result prot map_flags uid ns_tgid comm")
Header = collections.namedtuple(
    "Header", "kind flags cpu reserved seq time_ns magic abi_version record_size boot_id "
              "realtime_offset_ns ram_bytes swap_bytes page_size cpu_count coverage capture "
              "ring_records release")
Lost = collections.namedtuple("Lost", "kind flags cpu reserved seq time_ns count last_ns reserved2")


class TraceError(Exception):
    """What the contract does not allow."""


def text(raw):
    """A string of fixed length that ends with 0 and is padded with 0."""
    name, end, padding = raw.partition(b"\0")
    if not end or padding.strip(b"\0"):
        raise TraceError(f"string not padded with 0: {raw!r}")
    return name.decode("utf-8", "replace")


def decode(raw):
    """One record."""
    kind = KINDS.get(struct.unpack_from("=H", raw)[0])
    if kind == "HEADER":
        record = Header._make(HEADER.unpack(raw))
        record = record._replace(kind=kind, release=text(record.release))
    elif kind == "LOST":
        record = Lost._make(LOST.unpack(raw))._replace(kind=kind)
        if record.reserved2.strip(b"\0"):
            raise TraceError("reserved2 of LOST is not 0")
    elif kind:
        record = Event._make(EVENT.unpack(raw))
        record = record._replace(kind=kind, comm=text(record.comm))
    else:
        raise TraceError(f"unknown kind {raw[:2].hex()}")
    if record.reserved:
        raise TraceError("reserved is not 0")
    return record


def read(path):
    """All records of a file; a tail that is no whole record is an error."""
    with open(path, "rb") as file:
        data = file.read()
    if len(data) % RECORD_SIZE:
        raise TraceError(f"{len(data)} bytes are not whole records")
    return [decode(data[at:at + RECORD_SIZE]) for at in range(0, len(data), RECORD_SIZE)]


def check(records):
    """HEADER first, every sub-stream numbered without a hole, tickets of one address space never
    twice. Returns {cpu: (events, lost)}."""
    if not records or records[0].kind != "HEADER":
        raise TraceError("the first record is not HEADER")
    header = records[0]
    if header.magic != MAGIC or header.record_size != RECORD_SIZE:
        raise TraceError("not the HEADER of a memmon trace")
    expected = collections.Counter()
    totals = {}
    tickets = set()
    for record in records:
        own = record.kind in ("HEADER", "BASELINE", "RESYNC", "RESYNC_END")
        if own != (record.cpu == CPU_NONE) or (not own and record.cpu >= header.cpu_count):
            raise TraceError(f"{record.kind} in the sub-stream of CPU {record.cpu}")
        if record.seq != expected[record.cpu]:
            raise TraceError(f"CPU {record.cpu}: {record.kind} has seq {record.seq}, not "
                             f"{expected[record.cpu]}")
        events, lost = totals.get(record.cpu, (0, 0))
        if record.kind == "LOST":
            if record.count < 1 or record.last_ns < record.time_ns:
                raise TraceError(f"CPU {record.cpu}: LOST of {record.count}")
            expected[record.cpu] += record.count
            totals[record.cpu] = (events, lost + record.count)
            continue
        expected[record.cpu] += 1
        totals[record.cpu] = (events + 1, lost)
        if record.kind == "HEADER":
            continue
        if record.flags & F_NO_MM:
            if record.mm_id or record.ticket or record.total_vm:
                raise TraceError("NO_MM with an address space")
        elif (record.mm_id, record.ticket) in tickets:
            raise TraceError(f"ticket {record.ticket} twice for one address space")
        else:
            tickets.add((record.mm_id, record.ticket))
    return totals


def last_totals(records):
    """{mm_id: total_vm} that came with the highest ticket."""
    best = {}
    for record in records:
        if record.kind in ("HEADER", "LOST") or record.flags & F_NO_MM:
            continue
        if record.ticket > best.get(record.mm_id, (0, 0))[0]:
            best[record.mm_id] = (record.ticket, record.total_vm)
    return {mm_id: total for mm_id, (_, total) in best.items()}


def main():
    for path in sys.argv[1:]:
        for record in read(path):
            print(" ".join(f"{name}={value}" for name, value in record._asdict().items()
                           if name not in ("reserved", "reserved2")))


if __name__ == "__main__":
    main()
