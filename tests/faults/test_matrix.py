"""The fault matrix in its shortest form, and proof that it can fail; at length: `make faults`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from checkout.client import messages
from checkout.verifier.checks import CHECKS
from loadtests.service.unmade import HOLDS, RETURNS
from tests.faults.__main__ import main
from tests.faults.journal import Call, Journal
from tests.faults.report import report_of, row_of
from tests.faults.scene import Findings, scene_of
from tests.faults.unmade import MADE_BY, NEVER, not_done, unmade_by

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.stand import Stand


async def test_sales_survive_workers_and_the_database_being_killed(
    stand: Stand, tmp_path: Path
) -> None:
    """A worker dies after its COMMIT, PostgreSQL dies: nothing lost, nothing twice, all known."""
    async with scene_of(stand, "short", tmp_path, workers=2) as scene:
        async with scene.load_running():
            await scene.workers[0].terminate()
            await scene.restart(0, CHECKOUT_FAILPOINT="after_commit:kill:3")
            await scene.workers[0].wait_until_ended()
            scene.lifted()
            await asyncio.to_thread(scene.stand.servers.kill, "postgres")
            await asyncio.to_thread(scene.stand.servers.start, "postgres")
            scene.lifted()
            scene.database = await asyncpg.connect(scene.dsn)
        await scene.judge()
        found = scene.findings
    assert found.faults == []
    assert (found.lost, found.duplicated, found.violations) == (0, 0, 0)
    assert found.unknown > 0
    assert found.resolved == found.unknown
    assert found.recovery_s is not None


def test_what_a_cell_did_must_be_seen_by_the_verifier() -> None:
    """A return that was acknowledged leaves rows to look at; a refused hold leaves none."""
    journal = Journal()
    assert unmade_by(journal) >= RETURNS | HOLDS
    returned = Call("return", "ConfirmReturn", "r", "p", fate="acknowledged")
    returned.answer = messages.ConfirmReturnResponse(status=messages.STATUS_OK)
    journal.calls += [returned, Call("hold", "Quote", "h", "p", fate="refused")]
    assert not unmade_by(journal) & {"returns_pay_out_what_was_paid"}
    assert unmade_by(journal) >= HOLDS
    assert not_done(journal, ["return", "hold", "quote"]) == ["hold", "quote"]


def test_a_credit_of_goods_that_earn_nothing_makes_no_posting() -> None:
    """Only one that brought points leaves what the check of postings looks at."""
    journal = Journal()
    credited = Call("credit", "CreditLater", "l", "p", fate="acknowledged")
    credited.answer = messages.CreditLaterResponse(credit_id="c")
    journal.calls.append(credited)
    of_credits = MADE_BY["credit"] | MADE_BY["credited points"]
    assert unmade_by(journal) & of_credits == MADE_BY["credited points"]
    credited.answer.outcome.earned.add(currency="points", points_minor=1)
    assert not unmade_by(journal) & of_credits


def test_every_check_that_a_cell_leaves_out_is_one_and_has_its_reason() -> None:
    """One that was renamed would be left out for ever, under its old name."""
    names = [name for listed in NEVER.values() for name in listed]
    assert len(names) == len(set(names))
    by_calls = set().union(*MADE_BY.values())
    assert {check.name for check in CHECKS} >= by_calls.union(names)
    assert not by_calls & set(names)
    assert not [why for why in NEVER if len(why.split()) < 5]


def test_the_report_has_a_row_per_cell() -> None:
    """Cell, seed, operations and so on stand in the order of the head; a failed cell says why."""
    good = Findings("FC1", "killed", 3, operations=10, acknowledged=9, unknown=2, resolved=2)
    bad = Findings("FC2", "drained", 3, lost=1, faults=["c-1: acknowledged, no receipt"])
    slow = Findings("FC16", "overload", 3, late=["40 of 80 a second are left"])
    page = report_of([good, bad, slow], form="short form", command="make faults-quick", seconds=1)
    assert "| FC1 | killed | 3 | 10 | 9 | 0 | 0 | 2 of 2 | 0 |  |  | passed |" in page
    assert row_of(bad).startswith("| FC2 | drained | 3 | 0 | 0 | 1 |")
    assert "2 of 3 cells passed." in page
    assert "- c-1: acknowledged, no receipt" in page
    assert row_of(slow).endswith("| LATE |")
    assert "- 40 of 80 a second are left" in page


def test_what_comes_too_late_fails_the_long_form(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is promised of times is demanded there: it cannot be asked to tell them only."""
    monkeypatch.setattr("sys.argv", ["faults", "--times-told", "--cells", "NONE"])
    with pytest.raises(SystemExit):
        main()
    assert "at length it is demanded" in capsys.readouterr().err
