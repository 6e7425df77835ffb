"""The import contracts hold, and would not if somebody broke them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT

LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def check_contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINTER, "--no-cache"],
        capture_output=True,
        check=False,
        cwd=folder,
        text=True,
    )


def absent_rooms() -> list[str]:
    """Rooms that a contract names and that are still to be built."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    named: set[str] = set()
    for contract in settings["contracts"]:
        for part in ("source_modules", "protected_modules", "allowed_importers"):
            named |= set(contract.get(part, ()))
    places = {name: ROOT.joinpath(*name.split(".")) for name in named}
    return sorted(
        name
        for name, place in places.items()
        if not place.with_suffix(".py").exists() and not (place / "__init__.py").exists()
    )


@pytest.fixture
def _all_rooms() -> None:
    if absent := absent_rooms():
        pytest.skip(f"not built yet: {', '.join(absent)}")


@pytest.mark.usefixtures("_all_rooms")
def test_the_import_contracts_hold() -> None:
    """Imports run one way, the pure rooms stay pure, and only the edge knows generated code."""
    done = check_contracts(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("_all_rooms")
@pytest.mark.parametrize(
    ("room", "planted", "contract"),
    [
        ("checkout/engine", "import time", "pure rooms"),
        ("checkout/ledger", "import asyncpg", "pure rooms"),
        ("checkout/engine", "import checkout.ledger", "one way"),
        ("checkout/wording", "import time", "pure rooms"),
        ("checkout/wording", "import checkout.engine.evaluate", "documents alone"),
        ("checkout/store", "import checkout.flows", "one way"),
        ("checkout/stories", "import asyncpg", "without a server"),
        ("checkout/flows", "import checkout.v1", "generated code"),
        ("checkout/flows", "import loaders", "stands around"),
        ("checkout/flows", "import admin", "stands around"),
        ("admin/records", "import checkout.store.pool", "through the client"),
        ("admin/pages", "import checkout.flows", "through the client"),
    ],
)
def test_a_broken_contract_is_found(tmp_path: Path, room: str, planted: str, contract: str) -> None:
    """A forbidden import, planted in a copy of the code, breaks the contract that forbids it."""
    for package in ("checkout", "admin"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / room / "planted.py").write_text(f"{planted}\n")
    done = check_contracts(tmp_path)
    broken = [line for line in done.stdout.splitlines() if line.rstrip().endswith("BROKEN")]
    assert done.returncode != 0
    assert any(contract in line for line in broken), done.stdout
