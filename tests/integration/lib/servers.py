# SPDX-License-Identifier: Apache-2.0
"""What tests in Python ask: a memmond that plays a recording, a PostgreSQL of its own."""

import atexit
import os
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
RECORDING = ROOT / "tests/data/boot-6.1.trace"
MEMMOND = os.environ.get("MEMMOND", str(ROOT / "build/release/service/memmond"))
CTL = os.environ.get("MEMMONCTL", str(ROOT / "build/release/ctl/memmonctl"))
LIMIT_S = 300


def environment(**variables):
    """Nothing of whoever runs the test, but where programs are, and what sanitizers are to do."""
    kept = {name: value for name, value in os.environ.items() if name == "PATH" or name.endswith("SAN_OPTIONS")}
    return {**kept, "LC_ALL": "C.UTF-8", **variables}


def until(what, probe, limit_s=LIMIT_S):
    """Waits until `probe` gives something true, and returns that."""
    end = time.monotonic() + limit_s
    while not (answer := probe()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {limit_s} s; last: {answer!r}")
        time.sleep(0.05)
    return answer


class Memmond:
    """On free ports of the loopback, `grpc` and `web`, unless `address` names gRPC's. Plays the
    recording slowly, so that events go on coming while clients start, unless `speed` is another. `files`
    are its soft and hard limit of open files."""

    def __init__(self, *flags, speed=0.05, address="127.0.0.1:0", recording=RECORDING, files=None):
        self.log = tempfile.TemporaryFile("w+")
        atexit.register(self.end)
        self.process = subprocess.Popen(
            [MEMMOND, "--replay", str(recording), "--replay-speed", str(speed),
             "--grpc-address", address, "--web-address", "127.0.0.1:0", *flags],
            stdin=subprocess.DEVNULL, stderr=self.log,
            preexec_fn=files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, files)))
        try:
            self.grpc, self.web = until("memmond listens", self._addresses)
        except AssertionError:
            self.end()
            raise

    def said(self):
        """Its log until now. memmond goes on writing where the file stands, so that stays."""
        file = self.log.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode()

    def _addresses(self):
        said = self.said()
        if self.process.poll() is not None:
            raise AssertionError(f"memmond ended: {said}")
        found = [re.search(rf"service={name} address=(\S+)", said) for name in ("grpc", "web")]
        return all(found) and [match[1] for match in found]

    def stop(self):
        """As a service manager would; the exit status."""
        self.process.terminate()
        return self.process.wait(LIMIT_S)

    def end(self):
        """At once."""
        self.process.kill()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Postgres:
    """A private cluster (scripts/lib/postgres.sh); `conninfo` is its owner's."""

    def __init__(self):
        (ROOT / "var").mkdir(exist_ok=True)
        self.directory = tempfile.mkdtemp(prefix="test-postgres.", dir=ROOT / "var")
        # The server's user has to get there.
        os.chmod(self.directory, 0o755)
        self.conninfo = self._call("postgres_start")

    def _call(self, function):
        return subprocess.run(["bash", "-c", '. scripts/lib/postgres.sh; "$@"', "-", function, self.directory],
                              cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._call("postgres_stop")
        shutil.rmtree(self.directory)
