"""Batches against batches, against the sweep, and against a fault in one of their operations."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from structlog.testing import capture_logs

from checkout.flows.confirm import ConfirmOperation
from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import lock_in_opposite_orders, take_lock_away
from tests.service import world
from tests.service.batching import batched, batched_together
from tests.service.running import Service, running_service
from tests.service.till import line, receipt, said_by

if TYPE_CHECKING:
    from checkout.flows.operation import Decision
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


async def deadlocks(service: Service) -> int:
    """Deadlocks that PostgreSQL has found in this database."""
    await service.database.execute("select pg_stat_clear_snapshot()")
    found: int = await service.database.fetchval(
        "select deadlocks from pg_stat_database where datname = current_database()"
    )
    return found


async def test_the_sweep_and_the_confirm_of_one_hold_end_it_once(two_workers: Service) -> None:
    """RC8: the hold is posted or expired, never both, and the sale is made once either way."""
    cards = await make_members(two_workers, 30, 10_00)
    here = two_workers.till(worker=0)
    sales = [receipt(line("towel", 20_00), card=card, points_minor=5_00) for card in cards]
    held = await asyncio.gather(
        *(here.quote(f"p{i}", sale, hold=True) for i, sale in enumerate(sales))
    )
    await two_workers.database.execute("update hold set expires_at = now() - interval '1 second'")
    confirms = asyncio.gather(
        *(
            here.confirm(f"p{i}", sale, quote_token=quoted.quote_token)
            for i, (sale, quoted) in enumerate(zip(sales, held, strict=True))
        )
    )
    await two_workers.workers[1].sweeper.step()
    answers = await confirms
    assert {answer.status for answer in answers} == {pb.STATUS_OK}
    states = await two_workers.database.fetch("select state, count(*) from hold group by 1")
    assert sum(row["count"] for row in states if row["state"] in {"posted", "expired"}) == 30
    assert await two_workers.database.fetchval("select sum(held) from account") == 0
    assert await two_workers.database.fetchval("select sum(balance) from account") == (
        30 * 5_00 + world.ANN_POINTS_MINOR + 3 * 10_00 + world.ZOE_POINTS_MINOR
    )
    assert await violations(two_workers) == []


async def test_without_the_keys_lock_both_would_end_the_hold(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: both find the hold pending, and only the ledger stops the second one."""
    (card,) = await make_members(two_workers, 1, 10_00)
    till = two_workers.till(worker=0)
    sale = receipt(line("towel", 20_00), card=card, points_minor=5_00)
    held = await till.quote("p", sale, hold=True)
    await two_workers.database.execute("update hold set expires_at = now() - interval '1 second'")
    take_lock_away(two_workers, monkeypatch, "keys")
    with capture_logs() as said:
        await asyncio.gather(
            till.confirm("p", sale, quote_token=held.quote_token),
            two_workers.workers[1].sweeper.step(),
            return_exceptions=True,
        )
    faults = [str(each["exc_info"]) for each in said if each["event"] == "operation.failed"]
    assert "no more points are freed than were held" in str(faults)
    assert await violations(two_workers) == []


async def sell_in_opposite_orders(service: Service, cards: list[str], rounds: int) -> None:
    """On each worker one batch with all members, in opposite orders, again and again."""
    for number in range(rounds):
        calls = {}
        for worker, order in ((0, cards), (1, cards[::-1])):
            till = service.till(worker=worker)
            calls[service.workers[worker].group_commit] = [
                till.confirm(
                    f"o-{number}-{worker}-{card}",
                    receipt(line("towel", 20_00), line("bread", 20_00, 2), card=card),
                )
                for card in order
            ]
        for answers in await batched_together(calls):
            assert all(isinstance(answer, pb.ConfirmResponse) for answer in answers), answers


async def notice_deadlocks_first(dsn: str, redis_url: str) -> None:
    """Deadlocks are looked for long before a wait for a lock is given up, and none is missed."""
    async with running_service(dsn, redis_url) as owner:
        name = await owner.database.fetchval("select current_database()")
        await owner.database.execute(f"alter database {name} set deadlock_timeout = '20ms'")


async def count_all(service: Service) -> None:
    """What the workers' connections have counted is told when they end."""
    for worker in service.workers:
        await worker.group_commit._store._pool.expire_connections()  # type: ignore[attr-defined]


async def test_receipts_in_opposite_orders_never_lock_each_other_out(
    world_dsn: str, redis_url: str
) -> None:
    """RC9: two workers sell to the same thirty members in opposite orders, without a deadlock."""
    await notice_deadlocks_first(world_dsn, redis_url)
    async with running_service(world_dsn, redis_url, workers=2) as service:
        cards = await make_members(service, 30, 0)
        await sell_in_opposite_orders(service, cards, 10)
        assert await service.database.fetchval("select count(*) from receipt") == 600
        assert await violations(service) == []
        await count_all(service)
    async with running_service(world_dsn, redis_url) as service:
        assert await deadlocks(service) == 0


async def test_locking_in_opposite_orders_would_deadlock(world_dsn: str, redis_url: str) -> None:
    """The race can fail: when workers do not sort their locks, PostgreSQL has to end one batch."""
    await notice_deadlocks_first(world_dsn, redis_url)
    async with running_service(world_dsn, redis_url, workers=2) as service:
        cards = await make_members(service, 2, 0)
        lock_in_opposite_orders(service)
        await sell_in_opposite_orders(service, cards, 1)
        # Even so nobody is hurt: the batch that was ended is run again, one by one.
        assert await service.database.fetchval("select count(*) from receipt") == 4
        await count_all(service)
    async with running_service(world_dsn, redis_url) as service:
        assert await deadlocks(service) > 0


@pytest.fixture
def _bad_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The confirm of purchase "bad" meets a fault of ours in its decision."""
    decide = ConfirmOperation.decide

    def decide_or_fail(self: ConfirmOperation, book: Book, snapshots: Snapshots) -> Decision:
        if self.purchase_id.startswith("bad"):
            raise ZeroDivisionError("planted")
        return decide(self, book, snapshots)

    monkeypatch.setattr(ConfirmOperation, "decide", decide_or_fail)


@pytest.mark.usefixtures("_bad_operation")
async def test_a_bad_operation_does_not_fail_its_neighbours(service: Service) -> None:
    """Of a batch of twenty the faulty two are INTERNAL, and the others are sold once each."""
    cards = await make_members(service, 20, 10_00)
    till = service.till()
    answers: list[Any] = await batched(
        service.workers[0],
        [
            till.confirm(
                f"bad-{i}" if i in {3, 11} else f"good-{i}",
                receipt(line("towel", 20_00), card=card, points_minor=1_00),
            )
            for i, card in enumerate(cards)
        ],
    )
    failed = [said_by(a) for a in answers if isinstance(a, grpc.aio.AioRpcError)]
    assert Counter(said.reason for said in failed) == {"INTERNAL": 2}
    assert {said.code for said in failed} == {grpc.StatusCode.INTERNAL}
    assert not any("planted" in said.message or "Zero" in said.message for said in failed)
    assert await service.database.fetchval("select count(*) from receipt") == 18
    assert await violations(service) == []


async def test_a_stuck_lock_delays_and_does_not_lose(two_workers: Service) -> None:
    """While somebody holds a member's row, others are served; his sale comes through afterwards."""
    cards = await make_members(two_workers, 10, 10_00)
    till = two_workers.till()
    async with two_workers.database.transaction():
        await two_workers.database.execute(
            "select 1 from member where member_id = (select member_id from account"
            " order by balance desc limit 1) for update"
        )
        answers: list[Any] = await batched(
            two_workers.workers[0],
            [till.confirm(f"p-{card}", receipt(card=card)) for card in (*cards, world.CARD)],
        )
    assert all(isinstance(answer, pb.ConfirmResponse) for answer in answers[:10])
    said = said_by(answers[10])
    assert (said.code, said.reason) == (grpc.StatusCode.UNAVAILABLE, "STORAGE_UNAVAILABLE")
    assert said.retry_after_ms == 500
    assert (await till.confirm(f"p-{world.CARD}", receipt(card=world.CARD))).status == pb.STATUS_OK
    assert await violations(two_workers) == []
