"""Python classes of the gRPC API, generated once per build from proto/."""

import importlib
import pathlib
import subprocess
import sys

from server import BUILD, SOURCE


def load():
    """(messages, stubs): the generated modules kms_pb2 and kms_pb2_grpc."""
    out = BUILD / "python"
    target = out / "kmaas/kms/v1/kms_pb2_grpc.py"
    protos = [SOURCE / "proto/kmaas/options.proto", SOURCE / "proto/kmaas/kms/v1/kms.proto"]
    if not target.exists() or target.stat().st_mtime < max(path.stat().st_mtime for path in protos):
        out.mkdir(parents=True, exist_ok=True)
        subprocess.run(["protoc", f"-I{SOURCE / 'proto'}", "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin", f"--python_out={out}",
                        f"--grpc_python_out={out}", *map(str, protos)], check=True)
    if str(out) not in sys.path:
        sys.path.insert(0, str(pathlib.Path(out)))
    return importlib.import_module("kmaas.kms.v1.kms_pb2"), importlib.import_module("kmaas.kms.v1.kms_pb2_grpc")
