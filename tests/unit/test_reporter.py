"""What a worker tells of itself: what cannot be told waits for the next time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from checkout.cache.snapshots import SnapshotLibrary
from checkout.flows.token_uses import TOLD_EVERY_S, TokenUses
from checkout.refusals import Reason
from checkout.store import reference
from checkout.store.errors import StoreError
from checkout.store.worker_reports import WorkerReports
from checkout.telemetry.refusal_counts import RefusalCounts, Refused
from checkout.workers.reporter import Reporter

if TYPE_CHECKING:
    from asyncpg import Pool

NOTHING = cast("Any", None)


async def test_refusals_that_cannot_be_told_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have all connections: what was counted is there still, with what has come since."""
    monkeypatch.setattr(reference, "TURN_PATIENCE_S", 0.0)
    no_turn = WorkerReports(cast("Pool[Any]", NOTHING), asyncio.Semaphore(0))
    refusals = RefusalCounts()
    reporter = Reporter(SnapshotLibrary(NOTHING, NOTHING), refusals, TokenUses(), no_turn)
    for _ in range(2):
        refusals.add(None, "Quote", Reason.OVERLOADED)
        with pytest.raises(StoreError):
            await reporter.step()
    assert refusals.take() == {Refused(None, "Quote", Reason.OVERLOADED): 2}


async def test_uses_of_tokens_that_cannot_be_told_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are told the next time, however soon it is."""
    monkeypatch.setattr(reference, "TURN_PATIENCE_S", 0.0)
    no_turn = WorkerReports(cast("Pool[Any]", NOTHING), asyncio.Semaphore(0))
    uses = TokenUses()
    reporter = Reporter(SnapshotLibrary(NOTHING, NOTHING), RefusalCounts(), uses, no_turn)
    uses.add(b"till")
    with pytest.raises(StoreError):
        await reporter.step()
    assert uses.take() == [b"till"]


def test_a_token_is_told_once_in_ten_minutes() -> None:
    """However often it is used meanwhile; and not again when it is not used any more."""
    now = 0.0
    uses = TokenUses(lambda: now)
    told = []
    for now in range(0, int(3 * TOLD_EVERY_S), 10):
        if now < 2 * TOLD_EVERY_S:
            uses.add(b"till")
        told += [(now, each) for each in uses.take()]
    assert told == [(0, b"till"), (int(TOLD_EVERY_S), b"till")]
