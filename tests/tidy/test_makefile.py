"""The Makefile explains itself."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.tidy.sources import ROOT

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = (ROOT / "Makefile").read_text()


def make(*words: str, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        ["make", *words],  # noqa: S607 -- the one that people type
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=environment,
        text=True,
    )
    return done.stdout


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def test_help_lists_every_target() -> None:
    """`make help` names each target with a sentence."""
    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.*)$", make("help"), re.MULTILINE))
    assert set(listed) == targets()
    assert all(listed.values())


def test_plain_make_is_help() -> None:
    """Typing `make` changes nothing: it lists what there is."""
    assert make() == make("help")


def test_every_target_is_phony() -> None:
    """A file with a target's name does not keep the target from running."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(phony.group(1).split()) == targets()


def test_what_python_compiles_is_kept(tmp_path: Path) -> None:
    """Processes that make starts begin without compiling everything, whatever the shell says."""
    told = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    more = tmp_path / "more.mk"
    more.write_text("shown: ; @env | grep -c ^PYTHONDONTWRITEBYTECODE= || true\n")
    assert make("-f", "Makefile", "-f", str(more), "shown", environment=told) == "0\n"


def test_every_folder_of_tests_is_run() -> None:
    """A new folder under tests/ cannot be forgotten: some target names it."""
    recipe = make("--dry-run", "test", "fault-test", "bench-test", "browser")
    folders = {path.parent.relative_to(ROOT) for path in ROOT.glob("tests/*/test_*.py")}
    assert not [str(folder) for folder in sorted(folders) if not re.search(rf"{folder}\b", recipe)]


def test_the_documents_name_no_target_that_does_not_exist() -> None:
    """A `make something` in a document can be typed."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if not documents:
        pytest.skip("there are no documents yet")
    typed = re.compile(r"(?:`|^\s*\$? ?)make ([a-z][a-z-]*)", re.MULTILINE)
    named = {name for document in documents for name in typed.findall(document.read_text())}
    assert not named - targets()
