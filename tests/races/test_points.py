"""RC1: a hundred sales spend from one member who has points for ten."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1.receipt_pb2 import Receipt
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service.running import Service
from tests.service.till import line, receipt


def spending(card: str) -> Receipt:
    """A sale that spends 1.00 in points and earns none."""
    return receipt(line("towel", 100_00), card=card, points_minor=1_00)


async def spend_at_once(service: Service, card: str, count: int = 100) -> Counter[int]:
    """Statuses of sales that all start together, half on each worker."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sale = spending(card)
    answers = await asyncio.gather(
        *(tills[number % 2].confirm(f"race-{number}", sale) for number in range(count))
    )
    reasons = {a.reason for a in answers if a.status == pb.STATUS_REJECTED}
    assert reasons <= {error_reason_pb2.ERROR_REASON_INSUFFICIENT_POINTS}
    return Counter(answer.status for answer in answers)


async def test_exactly_ten_of_a_hundred_spend_the_points_of_ten(two_workers: Service) -> None:
    """Ten are sold, ninety are told INSUFFICIENT_POINTS, and the balance is zero."""
    (card,) = await make_members(two_workers, 1, 10_00)
    statuses = await spend_at_once(two_workers, card)
    assert statuses == {pb.STATUS_OK: 10, pb.STATUS_REJECTED: 90}
    assert await two_workers.till().balance_minor(card) == 0
    assert await two_workers.database.fetchval("select count(*) from receipt") == 10
    assert await violations(two_workers) == []


async def test_holds_and_confirms_share_the_points(two_workers: Service) -> None:
    """Fifty holds and fifty sales at once: ten get their points, whichever they are."""
    (card,) = await make_members(two_workers, 1, 10_00)
    sale = spending(card)
    holds = [two_workers.till(worker=i % 2).quote(f"hold-{i}", sale, hold=True) for i in range(50)]
    sales = [two_workers.till(worker=i % 2).confirm(f"sale-{i}", sale) for i in range(50)]
    held, sold = await asyncio.gather(asyncio.gather(*holds), asyncio.gather(*sales))
    statuses = [a.status for a in held] + [a.status for a in sold]
    assert statuses.count(pb.STATUS_OK) == 10
    assert await two_workers.till().balance_minor(card) == 0
    assert await violations(two_workers) == []


async def test_cancels_give_points_back_exactly_once(two_workers: Service) -> None:
    """Ten holds, each cancelled and confirmed at once on two workers: one of the two wins."""
    (card,) = await make_members(two_workers, 1, 10_00)
    sale = spending(card)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    await asyncio.gather(*(here.quote(f"p{i}", sale, hold=True) for i in range(10)))
    outcomes = await asyncio.gather(
        *(here.cancel(f"p{i}") for i in range(10)),
        *(there.confirm(f"p{i}", sale) for i in range(10)),
        return_exceptions=True,
    )
    cancelled = sum(not isinstance(outcome, BaseException) for outcome in outcomes[:10])
    confirmed = sum(not isinstance(outcome, BaseException) for outcome in outcomes[10:])
    assert cancelled + confirmed == 10
    assert await here.balance_minor(card) == cancelled * 1_00
    assert await violations(two_workers) == []


async def test_without_the_members_lock_too_many_spend(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` two batches spend the same points."""
    (card,) = await make_members(two_workers, 1, 10_00)
    take_lock_away(two_workers, monkeypatch, "members")
    statuses = await spend_at_once(two_workers, card)
    assert statuses[pb.STATUS_OK] > 10
    assert await violations(two_workers)
