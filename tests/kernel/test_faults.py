# SPDX-License-Identifier: Apache-2.0
"""What hardly ever happens: memory that is not to be had, user pages that cannot be written.
Nothing breaks, nothing is lost, nothing leaks.

For kernels that can be asked for it (scripts/debug-kernel); `is_possible()` tells."""

import os
import subprocess
import time

import memmon_trace
from device import counters, law_breaches

DEBUG = "/sys/kernel/debug"
LEAKS = f"{DEBUG}/kmemleak"
# Younger memory counts as in use, whatever points to it (mm/kmemleak.c).
LEAK_AGE_S = 6


def is_possible():
    return os.path.exists("/proc/self/fail-nth")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def prepare():
    """All kinds of memory may be refused, and no trace is written each time."""
    for kind in ("failslab", "fail_page_alloc", "fail_usercopy"):
        write(f"{DEBUG}/{kind}/verbose", "0")
    write(f"{DEBUG}/failslab/ignore-gfp-wait", "N")
    write(f"{DEBUG}/fail_page_alloc/ignore-gfp-wait", "N")
    write(f"{DEBUG}/fail_page_alloc/ignore-gfp-highmem", "N")
    write(f"{DEBUG}/fail_page_alloc/min-order", "0")


def faults(programs, *words):
    """How many times something was refused, and what the program says it was wrong with."""
    done = subprocess.run([f"{programs}/faults", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return (int(done.stdout), "") if done.returncode == 0 else (0, done.stdout)


def refusals(tap, module, programs):
    count, wrong = faults(programs, "load", module.path)
    tap.expect(count > 50 and not wrong,
               f"faults: insmod, each of {count} things refused in turn: ENOMEM or as ever", wrong)
    with module.loaded(ring_records=64):
        count, wrong = faults(programs, "open")
        tap.expect(count > 20 and not wrong,
                   f"faults: open, each of {count} things refused in turn: ENOMEM or as ever", wrong)
    with module.loaded(ring_records=1 << 17):
        storm = subprocess.Popen([f"{programs}/storm", "20000", "1", "2"])
        count, wrong = faults(programs, "read", "/tmp/faults.trace")
        storm.wait()
        tap.expect(count > 1000 and not wrong,
                   f"faults: read, poll and ioctl, {count} things refused: EFAULT or as ever", wrong)
        totals = memmon_trace.check(memmon_trace.read("/tmp/faults.trace"))
        os.unlink("/tmp/faults.trace")
        tap.expect(sum(events for events, _ in totals.values()) > 1000 and
                   not any(lost for _, lost in totals.values()),
                   "faults: no record goes with a read that failed", totals)
        tap.equal(law_breaches(counters()), {}, "faults: the conservation law holds")


def leaks():
    """What kmemleak finds now."""
    for _ in range(2):
        time.sleep(LEAK_AGE_S)
        write(LEAKS, "scan")
    with open(LEAKS) as file:
        return file.read()


def run(tap, module, programs):
    prepare()
    watched = os.path.exists(LEAKS)
    if watched:
        before = leaks()
        tap.equal(before, "", "leaks: none before")
    refusals(tap, module, programs)
    if watched:
        # Loaded: its functions have names then.
        with module.loaded():
            tap.equal(leaks(), "", "leaks: none after")
