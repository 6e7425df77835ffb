"""RC6, RC7: returns of one receipt over two workers, and against sales that share a limit."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.integration.test_returns import publish_recomputed
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.races.test_limits import OFF_MINOR, publish_towel
from tests.service.till import fresh, line, receipt, said_by

if TYPE_CHECKING:
    from tests.service.running import Service

PRICE_MINOR = 20_00


async def sell_towels(service: Service, units: int, **paid: Any) -> str:
    """A confirmed sale of towels."""
    purchase_id = fresh("sale")
    sale = receipt(line("towel", PRICE_MINOR, quantity_milli=units * 1_000), **paid)
    answer = await service.till().confirm(purchase_id, sale)
    assert answer.status == pb.STATUS_OK
    return purchase_id


async def return_at_once(
    service: Service, purchase_id: str, count: int
) -> tuple[Counter[str], int, int]:
    """So many returns of one towel each, half on each worker: what was said, money and points."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    answers = await asyncio.gather(
        *(tills[i % 2].take_back(purchase_id, {1: 1_000}) for i in range(count)),
        return_exceptions=True,
    )
    said: Counter[str] = Counter()
    money = points = 0
    for answer in answers:
        if isinstance(answer, grpc.aio.AioRpcError):
            said[said_by(answer).reason] += 1
            continue
        assert not isinstance(answer, BaseException)
        said["OK"] += 1
        money += answer.returned.money_minor
        points += answer.returned.points_back_minor
    return said, money, points


async def test_no_more_comes_back_than_was_sold(two_workers: Service) -> None:
    """Ten towels, forty returns of one at once: ten succeed, and give exactly what was paid."""
    (card,) = await make_members(two_workers, 1, 5_00)
    purchase_id = await sell_towels(two_workers, 10, card=card, points_minor=5_00)
    said, money, points = await return_at_once(two_workers, purchase_id, 40)
    assert said == {"OK": 10, "RETURN_ABOVE_SOLD": 30}
    assert (money, points) == (10 * PRICE_MINOR - 5_00, 5_00)
    assert await two_workers.till().balance_minor(card) == 5_00
    assert await violations(two_workers) == []


async def test_returns_evaluated_anew_give_no_more_than_was_paid(two_workers: Service) -> None:
    """Ten towels at a price for ten: whoever comes first, all together get what was paid."""
    await publish_recomputed(two_workers)
    (card,) = await make_members(two_workers, 1, 5_00)
    purchase_id = await sell_towels(two_workers, 10, card=card, points_minor=5_00)
    said, money, points = await return_at_once(two_workers, purchase_id, 40)
    assert said == {"OK": 10, "RETURN_ABOVE_SOLD": 30}
    assert (money, points) == (8 * PRICE_MINOR - 5_00, 5_00)
    assert await two_workers.till().balance_minor(card) == 5_00
    assert await violations(two_workers) == []


async def test_without_the_key_lock_more_comes_back(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without the lock of the purchase both workers give the same money back."""
    purchase_id = await sell_towels(two_workers, 1)
    take_lock_away(two_workers, monkeypatch, "keys")
    said, money, _ = await return_at_once(two_workers, purchase_id, 2)
    assert (said["OK"], money) == (2, 2 * PRICE_MINOR)
    assert await violations(two_workers)


async def test_cancel_confirm_and_return_of_one_purchase(two_workers: Service) -> None:
    """Held, then cancelled, confirmed and returned at once: only what was sold comes back."""
    (card,) = await make_members(two_workers, 1, 50_00)
    sale = receipt(line("towel", PRICE_MINOR), card=card, points_minor=5_00)
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    for i in range(10):
        await here.quote(f"p{i}", sale, hold=True)
        await asyncio.gather(
            here.cancel(f"p{i}"),
            there.confirm(f"p{i}", sale),
            here.take_back(f"p{i}"),
            there.take_back(f"p{i}"),
            return_exceptions=True,
        )
    sold = await two_workers.database.fetchval("select count(*) from receipt")
    back = await two_workers.database.fetchval("select count(*) from return_receipt")
    assert 0 <= back <= sold <= 10
    assert await two_workers.till().balance_minor(card) == 50_00 - 5_00 * (sold - back)
    assert await violations(two_workers) == []


async def test_uses_and_uses_given_back_add_up(two_workers: Service) -> None:
    """Sales use a limit of 20 while earlier ones come back: the count is what lives."""
    await publish_towel(two_workers, bound=20, subject="store")
    cards = await make_members(two_workers, 60, 0)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]

    async def buy(i: int) -> tuple[str, int]:
        purchase_id = fresh("towel")
        sale = receipt(line("towel", PRICE_MINOR), card=cards[i])
        answer = await tills[i % 2].confirm(purchase_id, sale)
        return purchase_id, answer.outcome.discount_minor

    first = await asyncio.gather(*(buy(i) for i in range(20)))
    assert {off for _, off in first} == {OFF_MINOR}
    later, _ = await asyncio.gather(
        asyncio.gather(*(buy(i) for i in range(20, 60))),
        asyncio.gather(*(tills[i % 2].take_back(first[i][0]) for i in range(20))),
    )
    live = sum(off == OFF_MINOR for _, off in later)
    used = "select used from limit_slot where limit_code = 'few'"
    assert await two_workers.database.fetchval(used) == live <= 20
    assert await violations(two_workers) == []


async def test_without_its_lock_a_use_and_one_given_back_do_not_add_up(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without the limit's lock one of the two is forgotten."""
    await publish_towel(two_workers, bound=20, subject="store")
    purchase_id = await sell_towels(two_workers, 1)
    take_lock_away(two_workers, monkeypatch, "limits", read_by="sale_state")
    sale = receipt(line("towel", PRICE_MINOR))
    await asyncio.gather(
        two_workers.till(worker=0).confirm(fresh("towel"), sale),
        two_workers.till(worker=1).take_back(purchase_id),
    )
    used = await two_workers.database.fetchval("select used from limit_slot")
    assert used != 1
    assert "limit_slots_are_sums_of_uses" in str(await violations(two_workers))
