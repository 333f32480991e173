# SPDX-License-Identifier: Apache-2.0
"""Random calls on the device, by two processes with one open file, and by users who may not."""

import os
import subprocess

from device import DEVICE, PROC, Module, counters, law_breaches

NOBODY = 65534


def unprivileged(tap, path):
    """A user who is neither root nor in its group cannot open @path."""
    done = subprocess.run(["cat", path], user=NOBODY, group=NOBODY, extra_groups=[],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    tap.expect(done.returncode and not done.stdout and "Permission denied" in done.stderr,
               f"fuzz: {path} is not for everybody", done)


def run(tap, module, programs, calls):
    seed = int(os.environ.get("MEMMON_SEED") or int.from_bytes(os.urandom(3), "big"))
    with module.loaded(ring_records=256):
        unprivileged(tap, DEVICE)
        unprivileged(tap, PROC)
        done = subprocess.run([f"{programs}/fuzz", str(seed), str(calls // 2)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.splitlines()
        tap.expect(done.returncode == 0 and [line.split(",")[0] for line in said] == ["done"] * 2,
                   f"fuzz: {calls} calls, every answer as promised (seed {seed})", said)
        tap.equal(Module.references(), 0, "fuzz: no reference is left")
        tap.equal(law_breaches(counters()), {}, "fuzz: the law holds")
    for line in said:
        print(f"# fuzz: {line}", flush=True)
