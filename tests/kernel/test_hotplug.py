# SPDX-License-Identifier: Apache-2.0
"""A CPU that goes and comes while records are made on it: none is lost, and none told twice."""

import os
import subprocess
import time

from device import counters, law_breaches
from test_burst import Reader

PATIENCE_S = 120
CPU = "/sys/devices/system/cpu/cpu1/online"


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def wait_for_records(cpu, count=500):
    """Until so many more of that CPU have been read."""
    goal, deadline = counters()[cpu]["delivered"] + count, time.monotonic() + PATIENCE_S
    while counters()[cpu]["delivered"] < goal:
        assert time.monotonic() < deadline, f"CPU {cpu} makes no records"
        os.sched_yield()


def run(tap, module, programs):
    with module.loaded():
        reader = Reader(programs)
        storm = subprocess.Popen([f"{programs}/storm", "0", "2", "2"])
        for _ in range(5):
            write(CPU, "0")
            wait_for_records(0)
            write(CPU, "1")
            wait_for_records(1)
        storm.terminate()
        storm.wait()
        found, wrong = reader.end()
        tap.equal(wrong, "", "hotplug: the stream keeps its contract while a CPU goes and comes")
        tap.equal(law_breaches(counters()), {}, "hotplug: the conservation law holds")
        tap.expect(all(cpu["storm"] for cpu in found.values()), "hotplug: each CPU recorded", found)
        # The last record before the silence is one of a CPU that goes at once.
        reader = Reader(programs)
        subprocess.run(["taskset", "-c", "1", f"{programs}/storm", "100", "1", "1"], check=True)
        write(CPU, "0")
        found, wrong = reader.end()
        write(CPU, "1")
        tap.equal((wrong, found[1]["storm"]), ("", 200),
                  "hotplug: what a CPU has recorded outlives it")
