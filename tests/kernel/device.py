# SPDX-License-Identifier: Apache-2.0
"""The module and its device, as the kernel tests use them."""

import contextlib
import os
import signal
import subprocess

PROC = "/proc/memmon"
DEVICE = "/dev/memmon"


def proc_text():
    with open(PROC) as file:
        return file.read()


def counters():
    """{cpu: {counter: value}} of /proc/memmon."""
    lines = iter(proc_text().splitlines())
    names = []
    found = {}
    for line in lines:
        words = line.split()
        if words[:2] == ["cpu", "hooked"]:
            names = words[1:]
        elif names and not words:
            break
        elif names:
            found[int(words[0])] = dict(zip(names, map(int, words[1:])))
    return found


def kind_counters(text=None):
    """{(cpu, kind): {counter: value}} of /proc/memmon, those of which there was any."""
    lines = (proc_text() if text is None else text).splitlines()
    begin = next(i for i, line in enumerate(lines) if line.split()[:2] == ["kind", "cpu"])
    names = lines[begin].split()[2:]
    found = {}
    for line in lines[begin + 1:]:
        words = line.split()
        if not words:
            break
        found[int(words[1]), words[0].upper()] = dict(zip(names, map(int, words[2:])))
    return found


def missed():
    return next(int(line.split()[1]) for line in proc_text().splitlines()
                if line.startswith("missed "))


def is_running():
    return " running\n" in proc_text()


class Module:
    """memmon.ko, loaded with whatever parameters."""

    def __init__(self, path):
        self.path = path

    def insert(self, **parameters):
        """insmod's exit status and what it said."""
        words = [f"{name}={value}" for name, value in parameters.items()]
        done = subprocess.run(["insmod", self.path, *words], stderr=subprocess.PIPE, text=True,
                              check=False)
        return done.returncode, done.stderr

    def remove(self):
        subprocess.run(["rmmod", "memmon"], check=True)

    @staticmethod
    def references():
        with open("/sys/module/memmon/refcnt") as file:
            return int(file.read())

    @contextlib.contextmanager
    def loaded(self, **parameters):
        status, said = self.insert(**parameters)
        if status:
            raise RuntimeError(f"insmod: {said}")
        try:
            yield
        finally:
            self.remove()


@contextlib.contextmanager
def inserted(path, *parameters):
    """Another module than memmon, while a with-statement runs."""
    subprocess.run(["insmod", path, *parameters], check=True)
    try:
        yield
    finally:
        subprocess.run(["rmmod", path.rpartition("/")[2].removesuffix(".ko")], check=True)


class Recording:
    """cat /dev/memmon > PATH while a with-statement runs; `path` is whole after it.

    A record made before `settled()` returns is in the file when the with-statement has ended.
    """

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self._file = open(self.path, "wb")
        self._cat = subprocess.Popen(["cat", DEVICE], stdout=self._file)
        while not is_running() or not os.path.getsize(self.path):
            if self._cat.poll() is not None:
                raise RuntimeError("cat ended")
        return self

    def signal(self, number):
        self._cat.send_signal(number)

    def settled(self):
        """Waits until nothing is pending: what happened so far has been read."""
        while any(cpu["pending"] for cpu in counters().values()):
            os.sched_yield()

    def __exit__(self, *exception):
        self.settled()
        # cat writes what it read before it takes the signal: it blocks in read() only.
        size = -1
        while size != os.path.getsize(self.path) or not self._is_asleep():
            size = os.path.getsize(self.path)
        self._cat.send_signal(signal.SIGTERM)
        self._cat.wait()
        self._file.close()

    def _is_asleep(self):
        with open(f"/proc/{self._cat.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "S"


def law_breaches(found):
    """CPUs for which hooked = delivered + dropped + filtered + pending does not hold."""
    return {cpu: c for cpu, c in found.items()
            if c["hooked"] != c["delivered"] + c["dropped"] + c["filtered"] + c["pending"]}
