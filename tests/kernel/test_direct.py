# SPDX-License-Identifier: Apache-2.0
"""Hooked directly, or by return probes where that cannot be: every call is there either way."""

import subprocess

import test_calls
from device import Recording, inserted, proc_text

DIRECT = {"mmap": "direct", "munmap": "direct"}


def hooks():
    """How mmap and munmap are hooked while somebody reads."""
    with Recording("/tmp/direct.trace"):
        lines = [line.split() for line in proc_text().splitlines()]
    return {line[0]: line[1] for line in lines if line and line[0] in DIRECT and len(line) == 4}


def run(tap, module, modules, programs):
    rival = f"{modules}/rival.ko"
    with module.loaded():
        tap.equal(hooks(), DIRECT, "direct: mmap and munmap are")
        with inserted(f"{modules}/empty_probes.ko", "kind=1"):
            tap.equal(hooks(), DIRECT, "direct: also beside somebody's return probes")
            test_calls.check(tap, programs, "direct, beside return probes")
        with Recording("/tmp/direct.trace"):
            tap.expect(subprocess.run(["insmod", rival], stderr=subprocess.DEVNULL,
                                      check=False).returncode,
                       "direct: a second direct caller is refused, the first stays")
    with inserted(rival):
        with module.loaded():
            tap.equal(hooks(), DIRECT | {"mmap": "return"},
                      "direct: a return probe where somebody was first")
            test_calls.check(tap, programs, "direct, with a rival")
    with module.loaded(direct=0):
        tap.equal(hooks(), dict.fromkeys(DIRECT, "return"), "direct=0: return probes")
        test_calls.check(tap, programs, "direct=0")
