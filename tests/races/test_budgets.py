"""RC2: two hundred members want a discount that fifty may have; and rules that change meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.ports import AnySnapshots

BUDGET = 50


async def buy_bread_at_once(service: Service, cards: list[str]) -> Counter[int]:
    """Statuses of sales of bread, quoted one by one and confirmed all together."""
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sales = [receipt(line("bread", 50_00), card=card) for card in cards]
    quotes = await asyncio.gather(
        *(tills[i % 2].quote(f"race-{i}", sale) for i, sale in enumerate(sales))
    )
    assert {quoted.outcome.discount_minor for quoted in quotes} == {10_00}
    answers = await asyncio.gather(
        *(
            tills[i % 2].confirm(f"race-{i}", sale, quote_token=quoted.quote_token)
            for i, (sale, quoted) in enumerate(zip(sales, quotes, strict=True))
        )
    )
    assert all(
        a.quote.outcome.discount_minor == 0 for a in answers if a.status == pb.STATUS_PRICE_CHANGED
    )
    return Counter(answer.status for answer in answers)


async def test_exactly_fifty_of_two_hundred_get_the_discount(two_workers: Service) -> None:
    """Fifty are sold at the quoted price, the others are told that it changed."""
    cards = await make_members(two_workers, 200, 0)
    statuses = await buy_bread_at_once(two_workers, cards)
    assert statuses == {pb.STATUS_OK: BUDGET, pb.STATUS_PRICE_CHANGED: 200 - BUDGET}
    row = await two_workers.database.fetchrow("select uses_used, discount_used from budget")
    assert tuple(row) == (BUDGET, BUDGET * 10_00)
    assert await two_workers.database.fetchval("select count(*) from budget_use") == BUDGET
    assert await violations(two_workers) == []


async def test_a_limit_holds_over_two_workers(two_workers: Service) -> None:
    """Forty sales of one member at once: twice a week means two."""
    (card,) = await make_members(two_workers, 1, 0)
    sale = receipt(line("soap", 20_00), card=card)
    answers = await asyncio.gather(
        *(two_workers.till(worker=i % 2).confirm(f"race-{i}", sale) for i in range(40))
    )
    assert Counter(a.outcome.payable_minor for a in answers) == {15_00: 2, 20_00: 38}
    assert await violations(two_workers) == []


async def test_without_the_budgets_lock_too_many_get_the_discount(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: without `for update` two batches give the same use away."""
    cards = await make_members(two_workers, 200, 0)
    take_lock_away(two_workers, monkeypatch, "budgets")
    statuses = await buy_bread_at_once(two_workers, cards)
    assert statuses[pb.STATUS_OK] > BUDGET
    assert await violations(two_workers)


class PublishedMeanwhile:
    """Snapshots of a worker that switch to the newest one after they were asked once."""

    def __init__(self, snapshots: AnySnapshots, before: CompiledSnapshot) -> None:
        self._snapshots = snapshots
        self._before: CompiledSnapshot | None = before

    def current(self, partner_id: UUID) -> CompiledSnapshot | None:
        before, self._before = self._before, None
        return before or self._snapshots.current(partner_id)

    def resident(self, snapshot_id: str) -> CompiledSnapshot | None:
        return self._snapshots.resident(snapshot_id)

    async def load(self, snapshot_id: str) -> CompiledSnapshot | None:
        return await self._snapshots.load(snapshot_id)


async def test_a_publication_inside_a_batch_does_not_touch_it(service: Service) -> None:
    """RC10: a batch that began with one snapshot ends with it, and no budget is overwritten."""
    worker = service.workers[0]
    towel = {"kind": "amount", "lane": "goods", "amount_minor": 7_00}
    plain = world.campaign("towel", towel | {"goods": {"skus": ["towel"]}})
    await world.put_campaign(service.database, world.NORTH, plain)
    await service.operator().publish()
    await worker.follower.step()
    before = worker.library.current(world.NORTH)
    assert before is not None
    await world.put_campaign(service.database, world.NORTH, plain | {"budget": {"uses": 9}})
    await service.operator().publish()
    await worker.follower.step()
    await service.database.execute("update budget set uses_used = 5 where campaign_code = 'towel'")
    worker.group_commit._snapshots = PublishedMeanwhile(worker.library, before)
    confirmed = await service.till().confirm("p", receipt(line("towel", 20_00)))
    assert confirmed.outcome.discount_minor == 7_00
    assert confirmed.snapshot_id == before.snapshot_id
    used = "select uses_used from budget where campaign_code = 'towel'"
    assert await service.database.fetchval(used) == 5
    await service.till().confirm("q", receipt(line("towel", 20_00)))
    assert await service.database.fetchval(used) == 6
