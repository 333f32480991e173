# SPDX-License-Identifier: Apache-2.0
"""Nothing that memmon says to anybody, root included, has an address of the kernel's in it."""

import os
import re
import signal
import struct
import subprocess

import memmon_trace
from device import Recording, proc_text

TRACE = "/tmp/secrets.trace"
# Where the kernel's addresses begin on x86-64 with five levels of page tables; with four, as on
# older machines, they all lie higher.
KERNEL = 0xff00_0000_0000_0000
ERRNO = (1 << 64) - 4095
RESTRICT = "/proc/sys/kernel/kptr_restrict"


def suspects(raw):
    """[(offset, value)] of a record's 8-byte words that may be addresses of the kernel's."""
    record = memmon_trace.decode(raw)
    names = {24 + 8 * i: name for i, name in enumerate(("ids", "start_ns", "mm_id", "ticket",
             "total_vm", "cgroup_id", "addr", "length", "result"))}
    found = []
    for offset, (value,) in zip(range(0, len(raw), 8), struct.iter_unpack("=Q", raw)):
        if value < KERNEL:
            continue
        if record.kind == "HEADER":
            if 40 <= offset < 56:  # boot_id: chance; test_totals has it compared
                continue
        elif record.kind != "LOST":
            if names.get(offset) == "result" and value >= ERRNO:
                continue
            if names.get(offset) == "mm_id":  # looks like chance: told apart below
                continue
        found.append((offset, hex(value)))
    return found


def check_names_of_spaces(tap, records):
    """Of numbers that look like chance one in 256 is where the kernel is, of pointers each."""
    events = [memmon_trace.decode(one) for one in records]
    names = {event.mm_id for event in events
             if event.kind not in ("HEADER", "LOST") and event.mm_id}
    high = [hex(name) for name in names if name >= KERNEL]
    tap.expect(len(names) > 12 and len(high) < len(names) / 3,
               f"secrets: {len(names)} address spaces have names that are no address", high)


def text_suspects(text):
    """Numbers that may be addresses of the kernel's, and whatever is printed as a pointer is."""
    return [word for word in re.findall(r"\b(?:0x)?([0-9a-fA-F]+)\b", text)
            if len(word) >= 16 and (len(word) == 16 or int(word, 16) >= KERNEL) or
            word.isdigit() and int(word) >= KERNEL]


def messages():
    said = subprocess.run(["dmesg"], stdout=subprocess.PIPE, text=True, check=True).stdout
    # Without the time, which has digits, too.
    return [re.sub(r"^\[[ 0-9.]+\] ", "", line) for line in said.splitlines() if "memmon" in line]


def work(programs):
    """Something of every kind; no program here asks for what looks like an address of the kernel's."""
    for command in (["quiet"], ["births", "50", "0"], ["storm", "500", "2", "2"]):
        subprocess.run([f"{programs}/{command[0]}", *command[1:]], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, check=True)
    with subprocess.Popen([f"{programs}/tiny32"]) as tiny:
        while open(f"/proc/{tiny.pid}/stat").read().rpartition(")")[2].split()[0] != "S":
            os.sched_yield()
        tiny.kill()


def record(programs, lossy):
    """The bytes of a recording of work(), some of it lost and told again if `lossy`."""
    with Recording(TRACE) as recording:
        if lossy:
            recording.signal(signal.SIGSTOP)
        work(programs)
        if lossy:
            recording.signal(signal.SIGCONT)
    with open(TRACE, "rb") as file:
        return file.read(), proc_text()


def run(tap, module, programs):
    with open(RESTRICT, "r+") as file:
        before = file.read()
        file.seek(0)
        file.write("0")
    try:
        status, said = module.insert(ring_records=1000)
        refusals = said
        raw, proc = b"", ""
        for parameters, lossy in (({}, False), ({"ring_records": 64, "direct": 0}, True)):
            with module.loaded(**parameters):
                proc += proc_text()
                more, text = record(programs, lossy)
                raw, proc = raw + more, proc + text
        records = [raw[at:at + memmon_trace.RECORD_SIZE]
                   for at in range(0, len(raw), memmon_trace.RECORD_SIZE)]
        kinds = {memmon_trace.decode(one).kind for one in records}
        tap.equal(set(memmon_trace.KINDS.values()) - kinds, set(),
                  "secrets: there are records of every kind")
        found = [(memmon_trace.decode(one), wrong) for one in records if (wrong := suspects(one))]
        tap.expect(not found, f"secrets: no address of the kernel's in {len(records)} records",
                   found[:3])
        check_names_of_spaces(tap, records)
        tap.equal((text_suspects(proc), len(proc) > 1000), ([], True),
                  "secrets: none in /proc/memmon")
        log = messages()
        tap.expect(status and any("ring_records=1000" in line for line in log),
                   "secrets: an error was logged", log)
        tap.equal(text_suspects("\n".join([refusals, *log])), [],
                  "secrets: none in the kernel's log, nor in what insmod says")
    finally:
        with open(RESTRICT, "w") as file:
            file.write(before)
    os.unlink(TRACE)
