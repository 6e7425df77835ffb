"""The checks are quiet on a real history, and each notices what it is there for."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from checkout.verifier.checks import CHECKS, Check
from checkout.verifier.verifier import run_check, run_checks, verify
from tests.service.running import as_role
from tests.verifier import immutable
from tests.verifier.corruptions import CORRUPTIONS, Corruption

_BY_NAME = {check.name: check for check in CHECKS}


def limits_check() -> Check:
    return _BY_NAME["limits_are_not_exceeded"]


@pytest.mark.parametrize("role", ["checkout_verifier", "checkout_app", "postgres"])
async def test_a_real_history_has_no_violation(history_dsn: str, role: str) -> None:
    """Whoever asks: every check sees rows of the history and finds nothing wrong."""
    report = await verify(as_role(history_dsn, role))
    assert {result.name: result.keys for result in report.violated} == {}
    assert [result.name for result in report.unexercised] == []
    assert len(report.results) == len(CHECKS)


@pytest.mark.parametrize("role", immutable.STOPPED_BY)
async def test_history_is_not_changed(history_dsn: str, role: str) -> None:
    """Neither as a whole nor by the month, by the service, the pages or the owner."""
    owner = await asyncpg.connect(history_dsn)
    caller = await asyncpg.connect(as_role(history_dsn, role))
    try:
        tables = await immutable.immutable_tables(owner)
        assert tables == immutable.told_in_the_design()
        places = await immutable.places_of(owner, tables)
        assert len(places) > 70
        assert [place["place"] for place in places if not place["keeps_rows"]] == []
        for place in places:
            has_rows = await owner.fetchval(f"select exists (select from {place['place']})")
            for change in immutable.changes_of(place, has_rows=has_rows):
                with pytest.raises(immutable.STOPPED_BY[role]):
                    assert await caller.execute(change) is None, change
    finally:
        await caller.close()
        await owner.close()


@pytest.mark.parametrize(
    "corruption",
    CORRUPTIONS,
    ids=[f"{corruption.check}-{number}" for number, corruption in enumerate(CORRUPTIONS)],
)
async def test_a_spoilt_row_is_noticed(
    spoiling: asyncpg.Connection[Any], corruption: Corruption
) -> None:
    """What a check is there for cannot be spoilt without it saying so, and where."""
    check = _BY_NAME[corruption.check]
    before = await run_check(spoiling, check)
    assert before.violations == 0
    for statement in corruption.statements:
        done = await spoiling.execute(statement)
        assert done.startswith("ALTER") or not done.endswith(" 0"), "nothing was spoilt"
    after = await run_check(spoiling, check)
    assert after.violations > 0
    assert all(after.keys)


def test_every_check_has_a_row_spoilt() -> None:
    """A check that nobody saw fail may be asleep."""
    assert {corruption.check for corruption in CORRUPTIONS} == set(_BY_NAME)


def test_every_check_says_what_it_makes_sure() -> None:
    """Names are used once; the sentence is one."""
    assert len(_BY_NAME) == len(CHECKS)
    assert not [check.name for check in CHECKS if not check.sentence.endswith((".", ".)"))]


async def test_an_answer_that_cannot_be_read_stops_no_other_check(
    spoiling: asyncpg.Connection[Any],
) -> None:
    """A check that cannot even read a value reports that; the rest of the report is there."""
    await spoiling.execute("update receipt set answer = 'gone'")
    report = await run_checks([spoiling])
    violated = {result.name: result.keys for result in report.violated}
    assert "receipt_documents_are_json" in violated
    (key,) = violated["answers_agree_with_receipts"]
    assert key.startswith("cannot be read")
    assert len(report.results) == len(CHECKS)


async def test_a_bound_raised_while_a_hold_lives_is_no_violation(
    spoiling: asyncpg.Connection[Any],
) -> None:
    """A use with a low bound, decided first and written last, is not held against it."""
    await spoiling.execute(
        "update limit_use u set bound = 1 from receipt r"
        " where r.receipt_id = u.receipt_id and r.purchase_id = 'held' and u.campaign_code <> ''"
    )
    assert (await run_check(spoiling, limits_check())).violations == 0


async def test_what_a_run_saw_is_named_by_its_first_keys(
    spoiling: asyncpg.Connection[Any],
) -> None:
    """All violations are counted, the first five are named."""
    await spoiling.execute("update snapshot_part set body = body || ' '")
    result = await run_check(spoiling, _BY_NAME["parts_are_their_content"])
    assert result.violations == result.rows_checked > 5
    assert len(result.keys) == 5
    assert list(result.keys) == sorted(result.keys)
