"""One coupon at many tills over two workers: used as often as it may be, and what the lock is for.

Single-use codes that were redeemed twice are what users of comparable systems reported most: also a
use that meets the return of another use.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.coupons import OFF_MINOR, issue, publish_coupon_rules
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2
    from tests.service.running import Service

TILLS = 20


def towel(code: str) -> receipt_pb2.Receipt:
    return receipt(line("towel", 20_00), coupons=[code])


async def sell_at_once(service: Service, code: str, sales: int = TILLS) -> Counter[int]:
    """Discounts of sales that all carry the code, confirmed together by both workers."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    answers = await asyncio.gather(
        *(tills[i % 2].confirm(fresh("towel"), towel(code)) for i in range(sales))
    )
    assert {answer.status for answer in answers} == {pb.STATUS_OK}
    return Counter(answer.outcome.discount_minor for answer in answers)


async def test_one_coupon_at_twenty_tills_is_used_once(two_workers: Service) -> None:
    """Nineteen sales go on without it; with three uses seventeen do."""
    await publish_coupon_rules(two_workers)
    operator = two_workers.operator()
    (once,) = await issue(operator)
    assert await sell_at_once(two_workers, once.code) == {OFF_MINOR: 1, 0: TILLS - 1}
    (thrice,) = await issue(operator, uses_max=3)
    assert await sell_at_once(two_workers, thrice.code) == {OFF_MINOR: 3, 0: TILLS - 3}
    assert await violations(two_workers) == []


async def test_without_its_lock_a_coupon_is_used_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` each worker gives the use away, and it shows."""
    await publish_coupon_rules(two_workers)
    (coupon,) = await issue(two_workers.operator())
    take_lock_away(two_workers, monkeypatch, "coupons")
    sold = await sell_at_once(two_workers, coupon.code)
    assert sold[OFF_MINOR] > 1
    (found,) = await violations(two_workers)
    assert found.startswith("coupons_are_sums_of_uses")


async def test_a_use_meets_the_return_of_another(two_workers: Service) -> None:
    """Whoever comes first: the coupon is used by at most one sale that stands, and counted so."""
    await publish_coupon_rules(two_workers)
    (coupon,) = await issue(two_workers.operator())
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    standing = fresh("stands")
    await tills[0].confirm(standing, towel(coupon.code))
    for _ in range(10):
        purchases = [fresh("next") for _ in range(6)]
        _, sold = await asyncio.gather(
            tills[0].take_back(standing),
            asyncio.gather(
                *(tills[i % 2].confirm(p, towel(coupon.code)) for i, p in enumerate(purchases))
            ),
        )
        winners = [
            purchase
            for purchase, answer in zip(purchases, sold, strict=True)
            if answer.outcome.discount_minor
        ]
        assert len(winners) <= 1
        used = await two_workers.database.fetchval("select used from coupon")
        assert used == len(winners)
        if not winners:
            winners = [fresh("again")]
            await tills[1].confirm(winners[0], towel(coupon.code))
        (standing,) = winners
    assert await violations(two_workers) == []


async def test_without_the_lock_a_return_undoes_anothers_use(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: the count that one of them read is older than the other's."""
    await publish_coupon_rules(two_workers)
    (coupon,) = await issue(two_workers.operator(), uses_max=5)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    await tills[0].confirm("before", towel(coupon.code))
    take_lock_away(two_workers, monkeypatch, "coupons")
    await asyncio.gather(
        tills[0].take_back("before"), tills[1].confirm("meanwhile", towel(coupon.code))
    )
    assert await two_workers.database.fetchval("select used from coupon") != 1
    (found,) = await violations(two_workers)
    assert found.startswith("coupons_are_sums_of_uses")


async def test_holds_and_confirms_share_one_use(two_workers: Service) -> None:
    """Held by one or used by one, never both; what was held is confirmed at its price."""
    await publish_coupon_rules(two_workers)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    for _ in range(5):
        (coupon,) = await issue(two_workers.operator())
        sale = towel(coupon.code)
        holding = [fresh("held") for _ in range(8)]
        held, confirmed = await asyncio.gather(
            asyncio.gather(
                *(tills[i % 2].quote(p, sale, hold=True) for i, p in enumerate(holding))
            ),
            asyncio.gather(*(tills[i % 2].confirm(fresh("sold"), sale) for i in range(8))),
        )
        outcomes = [answer.outcome for answer in held] + [answer.outcome for answer in confirmed]
        assert sum(outcome.discount_minor == OFF_MINOR for outcome in outcomes) == 1
        for purchase, quote in zip(holding, held, strict=True):
            sold = await tills[0].confirm(purchase, sale, quote_token=quote.quote_token)
            assert sold.status == pb.STATUS_OK
            assert sold.outcome.discount_minor == quote.outcome.discount_minor
    assert await violations(two_workers) == []


async def test_a_cancel_and_a_confirm_of_one_hold(two_workers: Service) -> None:
    """One of them ends the hold; the use is given back or used, never both."""
    await publish_coupon_rules(two_workers)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    (coupon,) = await issue(two_workers.operator(), uses_max=100)
    for number in range(10):
        purchase = fresh("ending")
        sale = towel(coupon.code)
        await tills[0].quote(purchase, sale, hold=True)
        first, second = tills if number % 2 else reversed(tills)
        await asyncio.gather(
            first.confirm(purchase, sale), second.cancel(purchase), return_exceptions=True
        )
    row = await two_workers.database.fetchrow("select held from coupon")
    assert row["held"] == 0
    assert await violations(two_workers) == []


async def test_a_shared_code_has_its_total_and_each_member_a_count(two_workers: Service) -> None:
    """They are limits of its campaign: fifty in all and one for each member, however many try."""
    document = world.campaign(
        "shared",
        {"kind": "amount", "lane": "goods", "amount_minor": OFF_MINOR}
        | {"goods": {"skus": ["towel"]}},
        when={"kind": "coupon", "code": "EVERYBODY"},
        limits=[
            {"code": "all", "name": "Fifty", "bound": 50, "subject": "campaign"}
            | {"period": "lifetime"},
            {"code": "each", "name": "One each", "bound": 1, "period": "lifetime"},
        ],
    )
    await world.put_campaign(two_workers.database, world.NORTH, document)
    await two_workers.operator().publish()
    for worker in two_workers.workers:
        await worker.follower.step()
    cards = await make_members(two_workers, 60, 0)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]

    async def sell(number: int, card: str) -> str:
        sale = receipt(line("towel", 20_00), card=card, coupons=["everybody"])
        sold = await tills[number % 2].confirm(fresh("shared"), sale)
        return card if sold.outcome.discount_minor else ""

    got = await asyncio.gather(*(sell(n, card) for n, card in enumerate(cards * 2)))
    winners = [card for card in got if card]
    assert len(winners) == len(set(winners)) == 50
    assert await violations(two_workers) == []
