"""What a worker tells of itself: what cannot be told waits for the next time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from checkout.cache.snapshots import SnapshotLibrary
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
    reporter = Reporter(SnapshotLibrary(NOTHING, NOTHING), refusals, no_turn)
    for _ in range(2):
        refusals.add(None, "Quote", Reason.OVERLOADED)
        with pytest.raises(StoreError):
            await reporter.step()
    assert refusals.take() == {Refused(None, "Quote", Reason.OVERLOADED): 2}
