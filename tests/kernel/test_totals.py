# SPDX-License-Identifier: Apache-2.0
"""total_vm is VmSize, whatever changed it; births and deaths are all there; BASELINE is true."""

import collections
import os
import subprocess

import memmon_trace
from device import Recording

MARK = 0x4D41524B0000


def status_field(pid, name):
    with open(f"/proc/{pid}/status") as file:
        return next(line.split()[1] for line in file if line.startswith(f"{name}:"))


def check_marks(tap, records, lines):
    """At each of quiet.c's marks the record with the highest ticket so far has the true size."""
    by_mm = collections.defaultdict(list)
    for record in records:
        if not record.flags & memmon_trace.F_NO_MM:
            by_mm[record.mm_id].append(record)
    marks = {}
    for line in lines:
        tgid, index, kib, what = line.split(None, 3)
        marks[int(tgid), int(index), what] = int(kib)
    for (tgid, index, what), kib in marks.items():
        at = [r for r in records if r.kind == "MUNMAP" and r.tgid == tgid and r.addr == MARK + index]
        # exec keeps the tgid and starts the numbers again, so take the one after or before it
        exec_ticket = [r.time_ns for r in records if r.kind == "EXEC" and r.tgid == tgid]
        if what == "exec":
            at = [r for r in at if r.time_ns > exec_ticket[-1]]
        mark = at[0]
        before = [r for r in by_mm[mark.mm_id] if r.ticket < mark.ticket]
        last = max(before, key=lambda r: r.ticket)
        tap.equal((last.total_vm * 4, mark.total_vm * 4), (kib, kib),
                  f"totals: {what}: the last record ({last.kind}) and VmSize agree")


def check_lives(tap, records, quiet):
    """quiet and its two children, one of which execs."""
    own = [r for r in records if r.kind in ("FORK", "EXEC", "EXIT", "MM_EXIT")]
    forks = [r for r in own if r.kind == "FORK" and r.result == quiet]
    tap.equal(len(forks), 2, "lives: two children are born, threads are none")
    execing, vforked = [r.tgid for r in forks]
    parent_mm = [r for r in records if r.tgid == quiet and r.kind == "EXIT"][-1].mm_id
    for tgid, kinds, code in ((quiet, ["FORK", "EXEC", "EXIT"], 0),
                              (execing, ["FORK", "EXEC", "EXIT"], 7 << 8),
                              (vforked, ["FORK", "EXIT"], 3 << 8)):
        mine = sorted((r for r in own if r.tgid == tgid and r.kind != "MM_EXIT"),
                      key=lambda r: r.time_ns)
        tap.equal(([r.kind for r in mine], mine[-1].result), (kinds, code),
                  f"lives: {'/'.join(kinds)} once each, exit code {code:#x}")
        tap.equal({r.start_ns for r in records if r.tgid == tgid},
                  {mine[0].start_ns}, "lives: one start time for all records of a process")
    vfork = next(r for r in forks if r.tgid == vforked)
    tap.equal(vfork.mm_id, parent_mm, "lives: vfork's child shares the address space")
    # fork's copy goes at exec, the program's own at exit; quiet itself is a vfork's child
    for tgid, deaths in ((quiet, 1), (execing, 2), (vforked, 0)):
        gone = [r.mm_id for r in own if r.kind == "MM_EXIT" and r.tgid == tgid]
        tap.equal(len(gone), deaths, f"lives: {deaths} address spaces end")
    name = {r.comm for r in records if r.tgid == execing and r.kind == "EXIT"}
    tap.equal(name, {"exe"}, "lives: exec renames the process")


def check_baseline(tap, records, sleeper):
    base = [r for r in records if r.kind == "BASELINE" and r.tgid == sleeper.pid]
    tap.equal(len(base), 1, "baseline: one record a process")
    record = base[0]
    tap.equal(record.total_vm * 4, int(status_field(sleeper.pid, "VmSize")),
              "baseline: total_vm is VmSize")
    with open(f"/proc/{sleeper.pid}/stat") as file:
        ticks = int(file.read().rpartition(")")[2].split()[19])
    tap.equal(record.start_ns // (1000000000 // os.sysconf("SC_CLK_TCK")), ticks,
              "baseline: start time is /proc/PID/stat's")
    tap.equal((record.comm, record.uid, record.ns_tgid, record.tid),
              ("sleep", 12345, sleeper.pid, sleeper.pid), "baseline: name, user, ids")
    tap.equal(record.cgroup_id, os.stat("/tmp/cgroup/memmon-test").st_ino,
              "baseline: the cgroup is the directory's inode")


def check_header(tap, header):
    with open("/proc/sys/kernel/random/boot_id") as file:
        tap.equal(header.boot_id.hex(), file.read().strip().replace("-", ""),
                  "header: boot id")
    with open("/proc/meminfo") as file:
        swap = next(int(line.split()[1]) for line in file if line.startswith("SwapTotal"))
    tap.equal(header.swap_bytes, swap * 1024, "header: swap")
    tap.equal(header.release, os.uname().release, "header: release")


def run(tap, module, programs):
    os.makedirs("/tmp/cgroup", exist_ok=True)
    subprocess.run(["mount", "-t", "cgroup2", "cgroup2", "/tmp/cgroup"], check=True)
    os.mkdir("/tmp/cgroup/memmon-test")

    def move():
        with open("/tmp/cgroup/memmon-test/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))
        os.setuid(12345)

    sleeper = subprocess.Popen(["sleep", "1000"], preexec_fn=move)
    while os.readlink(f"/proc/{sleeper.pid}/exe").rpartition("/")[2] != "sleep" or \
            status_field(sleeper.pid, "State") != "S":
        os.sched_yield()
    with module.loaded():
        with Recording("/tmp/totals.trace"):
            quiet = subprocess.Popen([f"{programs}/quiet"], stdout=subprocess.PIPE, text=True)
            lines = quiet.communicate()[0].splitlines()
    records = memmon_trace.read("/tmp/totals.trace")
    memmon_trace.check(records)
    header, events = records[0], [r for r in records[1:] if r.kind != "LOST"]
    tap.equal((quiet.returncode, len(lines)), (0, 17), "totals: quiet ran to its end")
    check_marks(tap, events, lines)
    check_lives(tap, events, quiet.pid)
    check_baseline(tap, events, sleeper)
    check_header(tap, header)
    sleeper.kill()
    sleeper.wait()
    os.rmdir("/tmp/cgroup/memmon-test")
    subprocess.run(["umount", "/tmp/cgroup"], check=True)
    os.unlink("/tmp/totals.trace")
