"""Limits over two workers: of a store, of a card, and what happens without the lock."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.races.journal import insist
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.till import fresh, line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

OFF_MINOR = 7_00


async def publish_towel(service: Service, **limit: Any) -> None:
    """7.00 off towels, within one limit on purchases."""
    document = world.campaign(
        "towel",
        {"kind": "amount", "lane": "goods", "amount_minor": OFF_MINOR}
        | {"goods": {"skus": ["towel"]}},
        limits=[{"code": "few", "name": "A few", "period": "day", **limit}],
    )
    await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def buy_towels_at_once(service: Service, cards: list[str]) -> Counter[int]:
    """Discounts of sales of one towel each, confirmed all together by both workers.

    All are of one moment, so that no midnight comes between; and a till that hears that nothing was
    written, since a lock was not to be had in time on a busy machine, sends its call again.
    """
    tills = [service.till(worker=worker) for worker in (0, 1)]
    moment = world.local_now()

    async def buy(i: int, card: str) -> int:
        sale = receipt(line("towel", 20_00), card=card, local_time=moment)
        purchase_id, request_id = fresh("towel"), fresh("confirm")
        answer = await insist(
            lambda: tills[i % 2].confirm(purchase_id, sale, request_id=request_id)
        )
        discount_minor: int = answer.outcome.discount_minor
        return discount_minor

    return Counter(await asyncio.gather(*(buy(i, card) for i, card in enumerate(cards))))


async def test_a_stores_limit_holds_over_two_workers(two_workers: Service) -> None:
    """A hundred customers and a hundred guests at once: fifty a day in the store means fifty."""
    await publish_towel(two_workers, bound=50, subject="store")
    cards = await make_members(two_workers, 100, 0)
    sold = await buy_towels_at_once(two_workers, [*cards, *[""] * 100])
    assert sold == {OFF_MINOR: 50, 0: 150}
    used = "select used from limit_slot where limit_code = 'few'"
    assert await two_workers.database.fetchval(used) == 50
    assert await violations(two_workers) == []


async def test_a_limit_holds_when_its_row_is_out_of_reach_for_long(two_workers: Service) -> None:
    """Longer than any call tries: who hears that nothing was written and asks again counts once."""
    await publish_towel(two_workers, bound=5, subject="store")
    await buy_towels_at_once(two_workers, [""])
    held = await asyncpg.connect(two_workers.dsn)
    try:
        await held.execute("begin; select from shared_limit for update")
        buying = asyncio.create_task(buy_towels_at_once(two_workers, [""] * 12))
        for _ in range(2):  # by the end of the second call those that wait have heard so, too
            asked = two_workers.till().confirm(fresh("towel"), receipt(line("towel", 20_00)))
            said = await refusal_of(asked)
            assert (said.reason, said.retry_after_ms) == ("STORAGE_UNAVAILABLE", 500)
    finally:
        await held.close()
    assert await buying == {OFF_MINOR: 4, 0: 8}
    assert await violations(two_workers) == []


async def test_without_its_lock_a_stores_limit_is_exceeded(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` both workers give the same use away."""
    await publish_towel(two_workers, bound=50, subject="store")
    await buy_towels_at_once(two_workers, [""])
    take_lock_away(two_workers, monkeypatch, "limits")
    sold = await buy_towels_at_once(two_workers, [""] * 200)
    assert sold[OFF_MINOR] > 49
    assert await violations(two_workers)


async def test_each_card_has_its_own_count(two_workers: Service) -> None:
    """Ten a day per card: of a hundred sales with one card ten; the phone counts as another."""
    await publish_towel(two_workers, bound=10, subject="card")
    sold = await buy_towels_at_once(two_workers, [world.CARD] * 100)
    assert sold == {OFF_MINOR: 10, 0: 90}
    other = await buy_towels_at_once(two_workers, [world.GOLD_CARD] * 3)
    assert other == {OFF_MINOR: 3}
    by_phone = receipt(line("towel", 20_00))
    by_phone.identifier.phone = world.PHONE
    answer = await two_workers.till().confirm(fresh("towel"), by_phone)
    assert answer.outcome.discount_minor == OFF_MINOR
    assert await violations(two_workers) == []


async def test_quotes_of_another_worker_know_what_is_used(two_workers: Service) -> None:
    """A worker that did not sell reads what the other sold, at the latest with its next look."""
    await publish_towel(two_workers, bound=1, subject="partner")
    sale = receipt(line("towel", 20_00))
    await two_workers.till(worker=0).confirm(fresh("towel"), sale)
    await two_workers.workers[1].follower.step()
    for worker in (0, 1):
        quoted = await two_workers.till(worker=worker).quote(fresh("towel"), sale)
        assert quoted.outcome.discount_minor == 0
    elsewhere = two_workers.till("north-s2-t1")
    assert (await elsewhere.quote(fresh("towel"), sale)).outcome.discount_minor == 0
