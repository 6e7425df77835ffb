"""The committed code of checkout/v1 is what `make proto` makes of proto/."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy.sources import GENERATED, ROOT

PROTO = ROOT / "proto"
SUFFIXES = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py")


def test_generated_code_equals_the_proto(tmp_path: Path) -> None:
    """Generating again gives the committed files, none missing, none left over."""
    protos = sorted(PROTO.glob("checkout/v1/*.proto"))
    if not protos:
        pytest.skip("proto/checkout/v1 holds no .proto file yet")
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTO}"),
            *(f"--python_out={tmp_path}", f"--grpc_python_out={tmp_path}"),
            *(f"--pyi_out={tmp_path}", *map(str, protos)),
        ],
        check=True,
        cwd=ROOT,
    )
    fresh = generated_below(tmp_path / "checkout" / "v1")
    committed = generated_below(GENERATED)
    assert sorted(committed) == sorted(fresh), "run `make proto`"
    differing = [name for name, text in fresh.items() if committed[name] != text]
    assert not differing, "run `make proto`; generated code is never edited"


def generated_below(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text() for path in folder.glob("*") if path.name.endswith(SUFFIXES)
    }
