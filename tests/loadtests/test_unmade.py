"""A check that saw nothing shows nothing: it is listed with its reason, or the run is void."""

from __future__ import annotations

import pytest

from checkout.verifier.checks import CHECKS
from checkout.verifier.report import CheckResult, Report
from loadtests.service import books, unmade


def report_of(**rows: int) -> Report:
    """What the verifier saw, by check; nothing is wrong."""
    return Report(tuple(CheckResult(name, "", count, 0, (), 0.0) for name, count in rows.items()))


def test_every_listed_check_is_one() -> None:
    """One that was renamed would be allowed for ever, under its old name."""
    assert {check.name for check in CHECKS} >= unmade.QUOTES | unmade.SHOP


def test_only_listed_checks_may_see_nothing() -> None:
    """Those that are listed may see rows, too."""
    report = report_of(receipts_add_up=0, holds_end_once=0, tags_belong_to_receipts=3)
    assert unmade.unexpected(report, unmade.BENCH) == ["receipts_add_up"]
    assert unmade.unexpected(report, unmade.QUOTES) == []


async def test_a_run_whose_books_nobody_looked_at_is_void(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no violation, and shows nothing."""

    async def verify(dsn: str, **_how: object) -> Report:
        return report_of(receipts_add_up=int(dsn), members_lie_in_their_bucket=2)

    monkeypatch.setattr(books, "verify", verify)
    assert await books.verified_rows("1") == 3
    with pytest.raises(RuntimeError, match=r"void: .* saw no row.*: receipts_add_up"):
        await books.verified_rows("0")
