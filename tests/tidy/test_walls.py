"""Walls of cases, of which `make test` takes a part: the rest is found, and CI runs it."""

from __future__ import annotations

import re

from tests.tidy.sources import ROOT, python_files, shown

#: What tells a file of tests how many of its cases it tries.
TELLING = re.compile(r"^from tests\.(walls|property\.law_cases) import", re.MULTILINE)
WHOLE = "CHECKOUT_TEST_WALLS=whole"


def test_what_takes_a_part_has_the_mark() -> None:
    """A file that tries a part of its cases has the mark by which `make walls` takes all."""
    tests = [path for path in python_files("tests") if path.name.startswith("test_")]
    partial = [path for path in tests if TELLING.search(path.read_text())]
    assert len(partial) > 10
    assert not [shown(path) for path in partial if "pytest.mark.wall" not in path.read_text()]


def test_walls_are_run_whole_by_ci() -> None:
    """As they are, and those of the engine once more when it is compiled."""
    makefile = (ROOT / "Makefile").read_text()
    steps = (ROOT / ".ci" / "run").read_text()
    for target in ("walls", "compiled"):
        recipe = makefile.partition(f"\n{target}: venv")[2].partition("\n\n")[0]
        assert WHOLE in recipe.partition("$(PYTEST)")[0]
        assert f"make {target}\n" in steps
