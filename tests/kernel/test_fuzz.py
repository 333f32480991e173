# SPDX-License-Identifier: Apache-2.0
"""Random calls on the device, by two processes with one open file, and by users who may not; also
those that trinity thinks of, which knows nothing of memmon."""

import os
import subprocess
import tempfile

from device import DEVICE, PROC, Module, counters, law_breaches, proc_text

NOBODY = 65534


def unprivileged(tap, path):
    """A user who is neither root nor in its group cannot open @path."""
    done = subprocess.run(["cat", path], user=NOBODY, group=NOBODY, extra_groups=[],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    tap.expect(done.returncode and not done.stdout and "Permission denied" in done.stderr,
               f"fuzz: {path} is not for everybody", done)


# trinity's other descriptors would take most of its calls.
NO_FDS = ("sockets", "pipes", "perf", "epoll", "eventfd", "timerfd", "memfd", "drm")
CALLS = ("dup", "dup2", "dup3", "epoll_ctl", "fcntl", "fsync", "ftruncate", "ioctl", "lseek",
         "mmap", "mremap", "munmap", "poll", "pread64", "preadv", "read", "readv", "select",
         "sendfile", "splice", "write", "writev")


def trinity(tap, module, calls, seed):
    """By a user who may do nothing but read the device."""
    with module.loaded(), tempfile.TemporaryDirectory() as directory:
        os.chmod(DEVICE, 0o444)
        os.chmod(directory, 0o777)
        done = subprocess.run(
            ["trinity", "-q", "-l", "off", "-C", "2", "-N", str(calls), "-s", str(seed), "-V", DEVICE,
             *(f"--disable-fds={name}" for name in NO_FDS),
             *(word for name in CALLS for word in ("-c", name))],
            cwd=directory, user=NOBODY, group=NOBODY, extra_groups=[], text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = [line for line in done.stdout.splitlines() if "Ran " in line]
        tap.expect(done.returncode == 0 and said and "capture 0" not in proc_text(),
                   f"fuzz: trinity, {calls} calls (seed {seed})", done.stdout[-2000:])
        tap.equal(Module.references(), 0, "fuzz: trinity leaves no reference")
        tap.equal(law_breaches(counters()), {}, "fuzz: the law holds after trinity")
    print(f"# fuzz: {''.join(said[-1:])}", flush=True)


def run(tap, module, programs, calls, trinity_calls):
    seed = int(os.environ.get("MEMMON_SEED") or int.from_bytes(os.urandom(3), "big"))
    trinity(tap, module, trinity_calls, seed)
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
