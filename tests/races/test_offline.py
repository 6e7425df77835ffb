"""Receipts from off line over two workers: taken over once, and within the allowance."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import grpc

from checkout.v1.error_reason_pb2 import ErrorReason
from checkout.v1.receipt_pb2 import AlreadyPaid
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    import pytest

    from checkout.v1 import checkout_service_pb2 as pb
    from tests.service.running import Service

SPENT_MINOR = 25_000_00
#: So often may a till give that away in a day.
TIMES = world.OFFLINE["terminal_minor"] // SPENT_MINOR


def said(result: pb.OfflineResult) -> str:
    if result.HasField("confirmed"):
        return result.confirmed.receipt_id
    return ErrorReason.Name(result.refused.reason).removeprefix("ERROR_REASON_")


async def spend_at_once(service: Service, cards: list[str]) -> Counter[str]:
    """Points paid by cards at one till, which talks to both workers."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    results = await asyncio.gather(
        *(
            tills[i % 2].submit(
                fresh("sold"),
                receipt(line("towel", 90_000_00), card=card),
                AlreadyPaid(points_minor=SPENT_MINOR),
            )
            for i, card in enumerate(cards)
        )
    )
    return Counter("OK" if r.HasField("confirmed") else said(r) for r in results)


async def test_a_receipt_that_is_submitted_twenty_times_at_once_counts_once(
    two_workers: Service,
) -> None:
    """From two workers, in lists of different order: one receipt, one answer."""
    (card,) = await make_members(two_workers, 1, 0)
    sale = receipt(card=card)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    results = await asyncio.gather(*(tills[i % 2].submit("same", sale) for i in range(20)))
    assert len({said(result) for result in results}) == 1
    assert await two_workers.database.fetchval("select count(*) from receipt") == 1
    assert await two_workers.till().balance_minor(card) == 1_00
    assert await violations(two_workers) == []


async def test_the_allowance_of_a_till_is_never_exceeded(two_workers: Service) -> None:
    """Twenty members pay with points at one till that is off line: exactly what is allowed."""
    cards = await make_members(two_workers, 20, SPENT_MINOR)
    assert await spend_at_once(two_workers, cards) == {
        "OK": TIMES,
        "OFFLINE_ALLOWANCE_EXCEEDED": 20 - TIMES,
    }
    assert await violations(two_workers) == []


async def test_without_the_lock_the_allowance_is_exceeded(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without the lock of the allowance each worker sees all of it left."""
    cards = await make_members(two_workers, 2 * TIMES, SPENT_MINOR)
    await spend_at_once(two_workers, cards[: TIMES - 1])
    take_lock_away(two_workers, monkeypatch, "limits")
    assert await spend_at_once(two_workers, cards[-2:]) == {"OK": 2}
    assert await violations(two_workers)


async def test_online_and_offline_spending_of_the_same_points(two_workers: Service) -> None:
    """Held and confirmed on line while receipts from off line come in: what is short is owed."""
    (card,) = await make_members(two_workers, 1, 100_00)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    sale = receipt(line("towel", 500_00), card=card, points_minor=20_00)
    sold = receipt(line("towel", 500_00), card=card)
    paid = AlreadyPaid(points_minor=20_00)
    confirmed, submitted = await asyncio.gather(
        asyncio.gather(*(here.confirm(fresh("on"), sale) for _ in range(5))),
        asyncio.gather(*(there.submit(fresh("off"), sold, paid) for _ in range(5))),
    )
    spent = sum(answer.outcome.redemption.points_minor for answer in confirmed)
    spent += sum(result.confirmed.outcome.redemption.points_minor for result in submitted)
    assert spent >= 100_00
    assert await two_workers.till().balance_minor(card) == 100_00 - spent
    assert await violations(two_workers) == []


async def end_at_once(service: Service, purchases: list[str], card: str) -> Counter[str]:
    """How often which call about the same purchases was done, made from both workers at once.

    Each is confirmed on line, submitted as sold off line, and cancelled.
    """
    here, there = service.till(worker=0), service.till(worker=1)
    sale = receipt(line("towel", 500_00), card=card, points_minor=5_00)
    sold = receipt(line("towel", 500_00), card=card)
    paid = AlreadyPaid(points_minor=7_00)
    calls = [
        each
        for purchase in purchases
        for each in (
            here.confirm(purchase, sale),
            there.submit(purchase, sold, paid),
            here.cancel(purchase),
        )
    ]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    done: Counter[str] = Counter()
    for answer in answers:
        if isinstance(answer, grpc.aio.AioRpcError):
            assert answer.code() is grpc.StatusCode.FAILED_PRECONDITION, answer.details()
            continue
        assert not isinstance(answer, BaseException), answer
        name = type(answer).__name__
        if name != "OfflineResult" or answer.HasField("confirmed"):
            done[name] += 1
    return done


async def test_a_purchase_ends_once_on_line_off_line_or_cancelled(two_workers: Service) -> None:
    """Each is one receipt, at the price of one of the two, or a tombstone; never two of these."""
    (card,) = await make_members(two_workers, 1, 200_00)
    purchases = [fresh("once") for _ in range(12)]
    done = await end_at_once(two_workers, purchases, card)
    assert done.total() == len(purchases)
    fetch = two_workers.database.fetch
    rows = await fetch(
        "select purchase_id, mode, points_spent_minor, points_earned_minor from receipt"
    )
    assert len({row["purchase_id"] for row in rows}) == len(rows) == 12 - done["CancelResponse"]
    modes = Counter(row["mode"] for row in rows)
    assert modes == +Counter(online=done["ConfirmResponse"], offline=done["OfflineResult"])
    moved = sum(row["points_earned_minor"] - row["points_spent_minor"] for row in rows)
    assert await two_workers.till().balance_minor(card) == 200_00 + moved
    assert await violations(two_workers) == []


async def test_without_the_lock_of_its_key_a_purchase_ends_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: each worker sees a purchase of which nobody has heard."""
    (card,) = await make_members(two_workers, 1, 200_00)
    take_lock_away(two_workers, monkeypatch, "keys")
    purchases = [fresh("once") for _ in range(4)]
    done = await end_at_once(two_workers, purchases, card)
    assert done.total() > len(purchases)
    assert await violations(two_workers)
