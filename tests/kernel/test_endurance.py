# SPDX-License-Identifier: Apache-2.0
"""Loaded and unloaded under load, its reader killed at any moment: nothing breaks, nothing leaks."""

import gc
import os
import random
import signal
import subprocess
import time

from device import DEVICE, Module, is_running

# What may still be settling in caches after all rounds; one leaked ring of the smallest size a round
# would be 1.6 MiB, one leaked set of return probes' instances more than 50 MiB.
LEAK_KIB = 8192


def kernel_kib():
    """Memory that is the kernel's own, caches that can be dropped left out."""
    with open("/proc/sys/vm/drop_caches", "w") as file:
        file.write("3")
    with open("/proc/meminfo") as file:
        values = {line.split(":")[0]: int(line.split()[1]) for line in file}
    return values["SUnreclaim"] + values["VmallocUsed"] + values["Percpu"] + values["PageTables"]


def vmalloc_areas():
    """Mappings made by the module."""
    with open("/proc/vmallocinfo") as file:
        return [line.strip() for line in file if "memmon" in line]


def references_end():
    """Waits for the killed reader's last close."""
    for _ in range(2000):
        if Module.references() == 0:
            return True
        time.sleep(0.005)
    return False


def one_round(module, programs, chance):
    """A module loaded, read and unloaded; what was wrong, or None."""
    status, said = module.insert(ring_records=chance.choice((64, 1024)), maxactive=256)
    if status:
        return f"insmod: {said}"
    command = chance.choice(([f"{programs}/reader"], ["cat", DEVICE]))
    reader = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    # Some are killed while they open it, some while they read.
    if chance.random() < 0.7:
        while not is_running() and reader.poll() is None:
            os.sched_yield()
    time.sleep(chance.random() * 0.05)
    reader.send_signal(signal.SIGKILL)
    reader.wait()
    if not references_end():
        return f"{Module.references()} references are left"
    module.remove()
    return None


def run(tap, module, programs, rounds):
    seed = int(os.environ.get("MEMMON_SEED") or 0) or random.randrange(1, 1 << 31)
    chance = random.Random(seed)
    wrong = []
    # Busy whenever the test waits; births and deaths, too.
    load = subprocess.Popen(["nice", "-n", "10", f"{programs}/storm", "0", "1", "2"])
    churn = subprocess.Popen(["nice", "-n", "10", "sh", "-c", "while :; do /bin/true; done"])
    try:
        # The first round fills what is cached for good.
        for number in range(rounds + 1):
            if number == 1:
                gc.collect()
                before = kernel_kib()
            problem = one_round(module, programs, chance)
            if problem:
                wrong.append(f"round {number}: {problem}")
                break
        after = kernel_kib()
    finally:
        for process in (load, churn):
            process.terminate()
            process.wait()
    tap.equal(wrong, [], f"endurance: {rounds} loads under load, the reader killed (seed {seed})")
    tap.equal(vmalloc_areas(), [], "endurance: no mapping of the module is left")
    tap.expect(after - before < LEAK_KIB, f"endurance: {after - before} KiB of kernel memory more",
               f"at most {LEAK_KIB}")
    with open("/sys/kernel/debug/kprobes/list") as probes, \
            open("/sys/kernel/tracing/enabled_functions") as functions:
        tap.equal(probes.read() + functions.read(), "", "endurance: no probe is left")
    with module.loaded():
        reader = subprocess.Popen(["cat", DEVICE], stdout=subprocess.DEVNULL)
        while not is_running():
            os.sched_yield()
        tap.expect(subprocess.run(["rmmod", "memmon"], stderr=subprocess.DEVNULL,
                                  check=False).returncode, "endurance: an open device pins the module")
        reader.kill()
        reader.wait()
        tap.expect(references_end(), "endurance: and no longer when it is closed")
    with open("/proc/sys/kernel/tainted") as file:
        # 12: out of tree, 13: unsigned
        tap.equal(int(file.read()) & ~(1 << 12 | 1 << 13), 0, "the kernel has not complained")
