"""Receipt numbers of purchases that are added by hand: one in a store and day, whoever is first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import grpc

from checkout.store.book_store import PostgresBookStore
from checkout.v1.receipt_pb2 import Settlement
from tests.races.ledger_state import violations
from tests.races.sabotage import MeetingStore, take_lock_away
from tests.service.purchases import purchase
from tests.service.running import wait_until
from tests.service.till import receipt, said_by

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service

#: Of the patience with which a batch waits for a busy lock, so much passes.
A_MOMENT_S = 0.1


async def add(service: Service, worker: int, terminal: str = "") -> str:
    """Add a purchase with number 17; OK, or the reason why not."""
    request = purchase(10_00, receipt_number="17", terminal=terminal)
    try:
        await service.operator(worker=worker).call("AddPurchase", request)
    except grpc.aio.AioRpcError as error:
        return said_by(error).reason
    return "OK"


async def add_at_once(service: Service) -> list[str]:
    """Two operators add one number, of two terminals, through two workers."""
    return sorted(await asyncio.gather(add(service, 0, "t1"), add(service, 1, "t2")))


async def sell_and_add(service: Service, patience_s: float = A_MOMENT_S) -> list[str]:
    """A till sells with the number, and while it does somebody adds it: when that ended."""
    selling = asyncio.Barrier(2)
    commit = service.workers[0].group_commit
    commit._store = MeetingStore(commit._store._pool, selling, "keys")  # type: ignore[attr-defined]
    sale = asyncio.create_task(
        service.till(worker=0).confirm(
            "sold", receipt(), settlement=Settlement(shift="1", receipt_number="17")
        )
    )

    async def is_selling() -> bool:
        return bool(selling.n_waiting)

    await wait_until(is_selling)
    added = asyncio.create_task(add(service, 1))
    await asyncio.wait({added}, timeout=patience_s)
    first = [await added] if added.done() else []
    await selling.wait()
    assert not (await sale).receipt_number_taken_by
    return [*first, "sold", *([] if first else [await added])]


async def test_two_who_add_one_number_at_once_add_it_once(two_workers: Service) -> None:
    """Also under two terminals: the number is locked, and then looked for, in the whole store."""
    assert await add_at_once(two_workers) == ["OK", "RECEIPT_NUMBER_TAKEN"]
    assert await violations(two_workers) == []


async def test_who_adds_a_number_waits_for_the_till_that_sells_it(two_workers: Service) -> None:
    """The sale is seen, though it had not ended when the number was to be added."""
    assert await sell_and_add(two_workers) == ["sold", "RECEIPT_NUMBER_TAKEN"]


async def test_without_the_lock_a_number_is_added_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without the lock each worker finds the number free."""
    take_lock_away(two_workers, monkeypatch, "keys")
    assert await add_at_once(two_workers) == ["OK", "OK"]


async def test_without_the_lock_nobody_waits_for_the_till(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is its sale seen."""
    take_lock_away(two_workers, monkeypatch, "keys")
    commit = two_workers.workers[1].group_commit
    commit._store = PostgresBookStore(commit._store._pool)  # type: ignore[attr-defined]
    assert await sell_and_add(two_workers, patience_s=30) == ["OK", "sold"]
