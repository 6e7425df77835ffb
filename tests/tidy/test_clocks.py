"""One clock: whoever needs the time is given it, so that a machine's own moves nothing."""

from __future__ import annotations

import ast

from tests.tidy.sources import ROOT

#: What asks the machine for the time of day, by its last two words.
ASKING = {
    "time.time",
    "time.time_ns",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}
#: Where it may be asked: by the clock that is set to the database's.
CLOCK = "checkout/flows/clock.py"


def _asked(text: str) -> set[str]:
    """The calls in a source that ask for the time of day."""
    return {
        ".".join(ast.unparse(node.func).split(".")[-2:])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
    } & ASKING


def test_nobody_but_the_clock_asks_the_machine_for_the_time() -> None:
    """Lots, holds, tokens and signatures are dated by the database's time."""
    asking = {
        str(path.relative_to(ROOT)): _asked(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "checkout").rglob("*.py"))
    }
    assert {path for path, calls in asking.items() if calls} == {CLOCK}


def test_asking_is_found_however_it_is_written() -> None:
    """By the module or the class."""
    assert _asked("import datetime as dt\ndt.datetime.now(dt.UTC)") == {"datetime.now"}
    assert _asked("from datetime import date\ndate.today()") == {"date.today"}
    assert _asked("time.monotonic()") == set()
