# SPDX-License-Identifier: Apache-2.0
"""Parameters: what is wrong is refused, with a reason."""

import os
import re
import subprocess

from device import PROC, proc_text
from memmon_trace import RECORD_SIZE


def last_message():
    lines = subprocess.run(["dmesg"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line for line in lines.splitlines() if "memmon:" in line][-1]


def figure(path, pattern):
    with open(path) as file:
        return int(re.search(pattern, file.read(), re.MULTILINE)[1])


def ring_size(tap):
    """Of the rings that memmon chose by itself."""
    records = figure(PROC, r"^ring_records (\d+)$")
    share = figure("/proc/meminfo", r"^MemTotal: +(\d+) kB$") * 1024 // 128
    cpus = 1 + figure("/sys/devices/system/cpu/possible", r"(\d+)$")
    most = share // (cpus * RECORD_SIZE)
    tap.expect(records <= max(most, 4096) and (2 * records > min(most, 65536)) and
               records.bit_count() == 1,
               f"load: {cpus} rings of {records} records by themselves, a 128th of RAM at most", most)


def run(tap, module):
    for parameter, value in (("ring_records", 1000), ("ring_records", 32),
                             ("ring_records", 2097152), ("maxactive", 0), ("maxactive", 65537)):
        status, _ = module.insert(**{parameter: value})
        tap.expect(status and f"{parameter}={value}" in last_message() and not os.path.exists(PROC),
                   f"load: {parameter}={value} is refused, by name", last_message())
    with module.loaded():
        tap.expect("capture 0 ended" in proc_text() and "coverage 0x7ff of 0x7ff" in proc_text(),
                   "load: /proc/memmon before the first capture", proc_text())
        ring_size(tap)
        # Before the first open: a kernel that watches its locks then tells where open() wants
        # one that this holds.
        with open("/proc/misc") as file:
            tap.expect(re.search(r" memmon$", file.read(), re.MULTILINE),
                       "load: /proc/misc has the device")
        tap.equal(os.stat(PROC).st_mode & 0o7777, 0o440, "load: mode of /proc/memmon")
        with open("/sys/kernel/debug/kprobes/list") as file:
            ours = [line for line in file if "[DISABLED]" not in line]
        with open("/sys/kernel/tracing/enabled_functions") as file:
            ours += file.readlines()
        tap.equal(ours, [], "load: nothing is probed while nobody reads")
