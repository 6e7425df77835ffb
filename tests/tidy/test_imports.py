"""The import contracts hold, and would not if somebody broke them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

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


#: A room, an import that is forbidden there, and words of the contract that forbids it.
PLANTED: Final = (
    ("checkout/engine", "time", "pure rooms"),
    ("checkout/ledger", "asyncpg", "pure rooms"),
    ("checkout/engine", "checkout.ledger", "one way"),
    ("checkout/wording", "time", "pure rooms"),
    ("checkout/wording", "checkout.engine.evaluate", "documents alone"),
    ("checkout/store", "checkout.flows", "one way"),
    ("checkout/stories", "asyncpg", "without a server"),
    ("checkout/flows", "checkout.v1", "generated code"),
    ("checkout/flows", "loaders", "stands around"),
    ("checkout/flows", "admin", "stands around"),
    ("admin/records", "checkout.store.pool", "through the client"),
    ("admin/pages", "checkout.flows", "through the client"),
)


def told_by(report: str) -> dict[str, str]:
    """What is said of each broken contract, by its name: a heading that is underlined."""
    _, *parts = re.split(r"^(.+)\n-+$", report, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.usefixtures("_all_rooms")
def test_a_broken_contract_is_found(tmp_path: Path) -> None:
    """Each forbidden import, planted in a copy of the code, is told by the contract against it."""
    for package in ("checkout", "admin"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for number, (room, imported, _) in enumerate(PLANTED):
        (tmp_path / room / f"planted_{number}.py").write_text(f"import {imported}\n")
    done = check_contracts(tmp_path)
    assert done.returncode != 0
    told = told_by(done.stdout)
    for number, (room, imported, contract) in enumerate(PLANTED):
        chain = rf"{room.replace('/', '.')}\.planted_{number} -> {re.escape(imported)}\b"
        against = [said for name, said in told.items() if contract in name]
        assert any(re.search(chain, said) for said in against), (room, imported, done.stdout)
