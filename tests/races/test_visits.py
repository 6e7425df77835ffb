"""What members bought is counted once, whoever counts it, whenever, and beside whatever sales."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pytest

from checkout.store.book_store import PostgresBookTransaction
from checkout.v1 import outcome_pb2
from checkout.workers import visit_counter
from tests.faults.processes import WorkerProcess
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.races.test_lots import DyingStore
from tests.service import world
from tests.service.clock import make_months, move_clock, move_tills
from tests.service.running import environment_for, running_service, wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from pathlib import Path

    from checkout.ledger.book import Book
    from tests.service.running import Service

MEMBERS: Final = 40
#: What is promised is a minute.
SOON_S: Final = 30.0
GOAL: Final = {"measure": "spend", "at_least": 50_00, "window_days": 30, "keep_days": 10}
TIERS: Final = [
    {"code": "base", "name": "Base"},
    {"code": "silver", "name": "Silver", "goal": GOAL},
    {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
]
_COUNTED: Final = "select count(*) from visit where category_code = ''"
_PENDING: Final = "select count(*) from visit_pending"
_REACHED: Final = "select count(*) from tier_change where cause = 'reached'"


async def publish_tiers(service: Service, **more: Any) -> None:
    """Rules with a tier that is reached, and an offer for those who have it."""
    await world.put_program(service.database, world.NORTH, world.program(tiers=TIERS, **more))
    off = {"kind": "percent", "lane": "goods", "rate_bp": 1_000, "goods": {"skus": ["bread"]}}
    offer = world.campaign("silver-bread", off, when={"kind": "tier", "tiers": ["silver"]})
    await world.put_campaign(service.database, world.NORTH, offer)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def sell_to_all(service: Service, cards: list[str], run: str = "sale") -> None:
    till = service.till()
    for card in cards:
        await till.confirm(f"{run}-{card}", receipt(line("bread", 60_00), card=card))


async def count(service: Service, query: str) -> int:
    found: int = await service.database.fetchval(query)
    return found


async def test_a_member_climbs_soon_after_the_purchase(service: Service) -> None:
    """The queue's job counts it; then the next quote has the tier's price, and it is told."""
    await publish_tiers(service)
    (card,) = await make_members(service, 1, 0)
    till = service.till()
    bread = receipt(line("bread", 100_00), card=card)
    before = await till.quote("before", bread)
    assert before.member.standing.next.lacking == 50_00
    await till.confirm("climbs", receipt(line("bread", 60_00), card=card))

    async def has_climbed() -> bool:
        return (await till.quote("after", bread)).member.tier == "silver"

    await wait_until(has_climbed, SOON_S, "the next tier")
    after = await till.quote("after", bread)
    assert (before.outcome.payable_minor, after.outcome.payable_minor) == (90_00, 81_00)
    standing = (await till.identify(card=card)).standing
    assert standing.tier_name == "Silver"
    assert standing.keeps.measure == outcome_pb2.TIER_MEASURE_SPEND
    assert (standing.keeps.counted, standing.keeps.lacking) == (50_00, 0)
    assert not standing.HasField("next")
    (event,) = await service.database.fetch("select body from outbox where kind = 'tier_changed'")
    assert '"to": "silver"' in event["body"]
    assert await violations(service) == []


@pytest.mark.usefixtures("only_by_hand")
async def test_two_workers_count_the_same_receipts_once(two_workers: Service) -> None:
    """Both find all members, and sales of these go on: each receipt counts, each tier once."""
    await publish_tiers(two_workers)
    cards = await make_members(two_workers, MEMBERS, 0)
    await sell_to_all(two_workers, cards)
    assert await count(two_workers, _PENDING) == MEMBERS
    await asyncio.gather(
        *(worker.visit_counter.step() for worker in two_workers.workers),
        sell_to_all(two_workers, cards[:20], "meanwhile"),
    )
    for worker in two_workers.workers:
        await worker.visit_counter.step()
    assert await count(two_workers, _PENDING) == 0
    assert await count(two_workers, _COUNTED) == MEMBERS + 20
    assert await count(two_workers, _REACHED) == MEMBERS
    assert await violations(two_workers) == []


@pytest.mark.usefixtures("only_by_hand")
async def test_who_is_busy_is_passed_over_and_then_waited_for(service: Service) -> None:
    """A batch that waited would keep all others waiting whom it has locked before."""
    await publish_tiers(service)
    cards = await make_members(service, 4, 0)
    await sell_to_all(service, cards)
    pending = await service.database.fetch("select member_id from visit_pending")
    ids = [row["member_id"] for row in pending]
    (worker,) = service.workers
    store: Any = worker.background_commit._store
    async with (
        service.database.transaction(),
        store.transaction() as transaction,
    ):
        await service.database.execute("select from member where member_id = $1 for update", ids[0])
        book = await transaction.lock_keys([])
        await transaction.load_members(book, ids)
        assert set(book.members) == set(ids[1:])
    async with service.database.transaction():
        await service.database.execute("select from member where member_id = $1 for update", ids[0])
        await worker.visit_counter.step()
        assert await count(service, _PENDING) == 1
    await worker.visit_counter.step()
    assert await count(service, _PENDING) == 0
    assert await violations(service) == []


@pytest.mark.usefixtures("only_by_hand")
@pytest.mark.parametrize("locked", [True, False])
async def test_a_return_beside_a_count_is_counted(
    service: Service, monkeypatch: pytest.MonkeyPatch, *, locked: bool
) -> None:
    """Both hold the member's lock. Without it the return's word goes with the count before it."""
    await publish_tiers(service)
    (card,) = await make_members(service, 1, 0)
    await sell_to_all(service, [card])
    if not locked:
        take_lock_away(service, monkeypatch, "members", background=True)
    (worker,) = service.workers
    till = service.till()

    async def take_back() -> None:
        await till.take_back(f"sale-{card}")

    has_read = asyncio.Event()
    going_back: asyncio.Task[None] | None = None
    read = PostgresBookTransaction.load_visits
    write = PostgresBookTransaction.write

    async def load_visits(self: PostgresBookTransaction, book: Book, since: Any) -> None:
        nonlocal going_back
        await read(self, book, since)
        if since and going_back is None:
            going_back = asyncio.create_task(take_back())
            has_read.set()

    async def wait_and_write(self: PostgresBookTransaction, book: Book) -> None:
        if book.visits and going_back is not None:
            # With the lock it cannot go on before the count ends; without it it ends before.
            await asyncio.wait({going_back}, timeout=0.1 if locked else 10)
        await write(self, book)

    monkeypatch.setattr(PostgresBookTransaction, "load_visits", load_visits)
    monkeypatch.setattr(PostgresBookTransaction, "write", wait_and_write)
    await worker.visit_counter.step()
    assert has_read.is_set()
    assert going_back is not None
    await going_back
    await worker.visit_counter.step()
    found = [each for each in await violations(service) if "visits_are" in each]
    assert bool(found) is not locked
    if locked:
        assert await count(service, "select sum(spend_minor)::bigint from visit") == 0


@pytest.mark.usefixtures("only_by_hand")
async def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(service: Service) -> None:
    """What was written and not committed is not there; the next step counts it."""
    await publish_tiers(service)
    cards = await make_members(service, MEMBERS, 0)
    await sell_to_all(service, cards)
    (worker,) = service.workers
    store = DyingStore(worker.background_commit._store._pool)  # type: ignore[attr-defined]
    worker.background_commit._store = store
    store.deaths = 10
    await worker.visit_counter.step()
    await worker.visit_counter.step()
    assert store.deaths == 0
    assert await count(service, _PENDING) == 0
    assert await count(service, _COUNTED) == await count(service, _REACHED) == MEMBERS
    assert await violations(service) == []


@pytest.mark.usefixtures("only_by_hand")
async def test_a_process_that_is_killed_half_way_leaves_the_rest_to_the_next(
    world_dsn: str, redis_url: str, tmp_path: Path
) -> None:
    """The job of a real worker is killed between two batches; another worker's goes on."""
    async with running_service(world_dsn, redis_url) as service:
        await publish_tiers(service)
        await sell_to_all(service, await make_members(service, MEMBERS, 0))
        worker = WorkerProcess(environment_for(world_dsn, redis_url), tmp_path / "worker.log")
        try:
            await worker.start(CHECKOUT_FAILPOINT="half_counted:kill")
            await worker.wait_until_ended(30)
            left = await count(service, _PENDING)
            assert 0 < left < MEMBERS
            assert await count(service, _COUNTED) == MEMBERS - left
            assert await violations(service) == []
            # Half a minute of silence, without waiting for it.
            await service.database.execute(
                "update pgqueuer_schedules set heartbeat = heartbeat - interval '31 seconds'"
            )
            await worker.start()

            async def is_done() -> bool:
                return await count(service, _PENDING) == 0

            await wait_until(is_done, SOON_S, "the count of the rest")
        finally:
            await worker.end()
        assert await count(service, _COUNTED) == await count(service, _REACHED) == MEMBERS
        assert await violations(service) == []


@pytest.mark.usefixtures("only_by_hand")
async def test_days_pass_and_tiers_end(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept to its last day whatever is bought; on the next one it is lost, with its figures."""
    await make_months(service, dt.timedelta(days=60))
    await publish_tiers(service)
    cards = await make_members(service, 3, 0)
    await sell_to_all(service, cards[:2])
    counter = service.workers[0].visit_counter
    await counter.step()
    for days, tiers in ((9, ["silver", "silver"]), (11, ["silver", "silver"]), (45, ["base"] * 2)):
        offset = dt.timedelta(days=days)
        await move_clock(service, offset)
        move_tills(offset, monkeypatch)
        for worker in service.workers:
            monkeypatch.setattr(
                worker.visit_counter,
                "_clock",
                lambda offset=offset: dt.datetime.now(dt.UTC) + offset,
            )
        await counter.step()
        await service.workers[0].invalidator.step()
        till = service.till()
        assert [(await till.identify(card=card)).tier for card in cards[:2]] == tiers
    causes = await service.database.fetch(
        "select cause, count(*) as times from tier_change group by cause order by cause"
    )
    assert {row["cause"] for row in causes} == {"reached", "kept", "fell"}
    assert await count(service, "select count(*) from tier_change where cause = 'fell'") == 2
    assert await violations(service) == []


@pytest.mark.usefixtures("only_by_hand")
async def test_tiers_that_a_program_has_no_more_keep_no_other_from_ending(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be judged of them, so they are not due: the turn is that of another partner's."""
    monkeypatch.setattr(visit_counter, "LOOK_MAX", 1)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    for card in await make_members(service, 3, 0):
        member = (await service.till().identify(card=card)).member_id
        await service.operator().set_tier(member, "gold", until=today)
    south = service.till("south-s1-t1")
    zoe = (await south.identify(card=world.CARD)).member_id
    await service.operator("south").set_tier(zoe, "gold", until=today)
    await world.put_program(service.database, world.NORTH, world.program(tiers=[]))
    await service.operator().publish()
    offset = dt.timedelta(days=2)
    await move_clock(service, offset)
    counter = service.workers[0].visit_counter
    monkeypatch.setattr(counter, "_clock", lambda: dt.datetime.now(dt.UTC) + offset)
    await counter.step()
    tier = "select tier_code from participation where member_id = $1"
    assert await service.database.fetchval(tier, zoe) == "base"
    assert await violations(service) == []
