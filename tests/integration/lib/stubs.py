# SPDX-License-Identifier: Apache-2.0
"""memmon's API for Python: whoever imports this can import memmon.v1 and google.rpc after it. They are
made out of proto/ for this program alone, and go with it; the folder that serves it is `DIRECTORY`."""

import importlib
import pathlib
import subprocess
import sys
import tempfile

from servers import ROOT

_made = tempfile.TemporaryDirectory(prefix="memmon-python-")
DIRECTORY = pathlib.Path(_made.name)


def _make():
    protos = [path for folder in ("memmon/v1", "google/rpc") for path in (ROOT / "proto" / folder).iterdir()]
    subprocess.run(["protoc", f"-I{ROOT / 'proto'}", f"--python_out={DIRECTORY}", f"--grpc_out={DIRECTORY}",
                    "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", *protos], check=True)
    sys.path.insert(0, str(DIRECTORY))
    # What was looked up before they were there.
    importlib.invalidate_caches()


_make()
