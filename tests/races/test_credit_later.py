"""A forgotten card, over two workers: one member gets the points, once; returns take them back."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import grpc

from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service.batching import batched_in_order
from tests.service.till import fresh, receipt, said_by

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service


async def credit_at_once(service: Service, purchase_id: str, cards: list[str]) -> Counter[str]:
    """What each of the cards is answered, every other one by the other worker."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    answers = await asyncio.gather(
        *(tills[i % 2].credit(purchase_id, card) for i, card in enumerate(cards)),
        return_exceptions=True,
    )
    return Counter(
        said_by(each).reason if isinstance(each, grpc.aio.AioRpcError) else "OK" for each in answers
    )


async def test_one_member_gets_the_points(two_workers: Service) -> None:
    """Ten cards are shown at once for one receipt: one gets it, and it is theirs from then on."""
    cards = await make_members(two_workers, 10, 0)
    await two_workers.till().confirm("forgotten", receipt())
    said = await credit_at_once(two_workers, "forgotten", cards)
    assert said == {"OK": 1, "PURCHASE_HAS_MEMBER": 9}
    balances = [await two_workers.till().balance_minor(card) for card in cards]
    assert sorted(balances) == [0] * 9 + [80]
    assert await violations(two_workers) == []


async def test_without_the_key_lock_two_get_the_points(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without the lock of the purchase each worker credits somebody."""
    cards = await make_members(two_workers, 2, 0)
    await two_workers.till().confirm("forgotten", receipt())
    take_lock_away(two_workers, monkeypatch, "keys")
    assert await credit_at_once(two_workers, "forgotten", cards) == {"OK": 2}
    assert await violations(two_workers)


async def test_a_credit_and_a_return_meet(two_workers: Service) -> None:
    """Whichever comes first: nobody keeps points for goods that came back."""
    (card,) = await make_members(two_workers, 1, 0)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    for _ in range(10):
        purchase_id = fresh("forgotten")
        await here.confirm(purchase_id, receipt())
        await asyncio.gather(
            here.credit(purchase_id, card), there.take_back(purchase_id), return_exceptions=True
        )
    assert await here.balance_minor(card) == 0
    assert await violations(two_workers) == []


async def test_a_credit_may_wait_together_with_what_follows_it(two_workers: Service) -> None:
    """In one batch: confirmed, credited, repeated and returned, as if one came after the other."""
    (card,) = await make_members(two_workers, 1, 0)
    till = two_workers.till()
    await batched_in_order(
        two_workers.workers[0],
        [
            till.confirm("p1", receipt()),
            till.credit("p1", card),
            till.credit("p1", card),
            till.take_back("p1", {1: 500}),
        ],
    )
    assert await till.balance_minor(card) == 40
    told = await till.purchase("p1")
    assert told.credited.outcome.points_earned_minor == 80
    assert not told.confirmed.HasField("member")
    statement = await till.statement(card)
    assert [entry.purchase_id for entry in statement.entries] == ["p1", "p1"]
    assert await violations(two_workers) == []
