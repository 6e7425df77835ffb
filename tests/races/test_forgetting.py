"""What nobody asks for any more goes: delivered months of the outbox, calls of long ago.

On a real PostgreSQL, with months that have passed; run twice, killed half-way, by two at once, and
while sales are at the table.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from checkout.settings import Settings
from checkout.store.forgetting import QueueStore
from checkout.store.pool import BACKGROUND_LOCK_TIMEOUT_MS, open_pool
from checkout.v1 import checkout_service_pb2 as pb
from checkout.workers.courier import DELIVERY
from checkout.workers.forgetter import REQUESTS_MAX, Forgetter
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.running import Service, as_role
from tests.service.till import receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEPT: Final = dt.timedelta(days=400)
ASKED: Final = dt.timedelta(hours=72)
#: Three months of long ago, and one whose events are still kept.
PAST: Final = (dt.date(2024, 11, 1), dt.date(2024, 12, 1), dt.date(2025, 1, 1))

_MONTHS = """
select array_agg(to_date(right(c.relname, 6), 'YYYYMM') order by c.relname)
from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'outbox'::regclass
"""


@asynccontextmanager
async def forgetting(dsn: str) -> AsyncIterator[Forgetter]:
    """As a worker has it, with the rights of the service."""
    pool = await open_pool(
        as_role(dsn, "checkout_app"),
        connections_max=2,
        application="forgetting",
        lock_timeout_ms=BACKGROUND_LOCK_TIMEOUT_MS,
    )
    async with pool:
        queues = QueueStore(pool)
        yield Forgetter(
            queues, lambda: dt.datetime.now(dt.UTC), requests_kept=ASKED, outbox_kept=KEPT
        )


async def months(service: Service) -> list[dt.date]:
    """The months that the outbox has."""
    found: list[dt.date] = await service.database.fetchval(_MONTHS)
    return found


async def forgotten(service: Service) -> list[tuple[dt.date, int, int]]:
    rows = await service.database.fetch(
        "select month, events, cancelled from outbox_forgotten order by month"
    )
    return [tuple(row) for row in rows]


async def live_through(service: Service) -> dict[dt.date, UUID]:
    """In each month of the past a member was blocked and a purchase cancelled; events by month."""
    database = service.database
    await database.execute("select create_month_partitions($1, $2)", PAST[0], PAST[-1])
    partner = await database.fetchval("select partner_id from partner where code = 'north'")
    member = await database.fetchval(
        "select member_id from member where partner_id = $1 limit 1", partner
    )
    events = {}
    for month in PAST:
        at = dt.datetime(month.year, month.month, 15, tzinfo=dt.UTC)
        blocked, events[month], cancelled = (uuid4() for _ in range(3))
        await database.execute(
            "insert into intervention (bucket, intervention_id, partner_id, kind, member_id, at,"
            " author) select crc32(uuid_send($3)) % 64, $1, $2, 'member_blocked', $3, $4, 'x'",
            *(blocked, partner, member, at),
        )
        purchase = f"of {month}"
        await database.execute(
            "insert into purchase_key (bucket, partner_id, purchase_id, state, content_hash,"
            " home_bucket) select crc32(uuid_send($1) || convert_to($2, 'UTF8')) % 64, $1, $2,"
            " 'cancelled', '', 0",
            *(partner, purchase),
        )
        for event_id, kind, subject, who, body in (
            (events[month], "member_blocked", blocked, member, {}),
            (cancelled, "sale_cancelled", uuid4(), None, {"purchase_id": purchase}),
        ):
            await database.execute(
                "insert into outbox (bucket, month, event_id, partner_id, kind, subject_id,"
                " member_id, at, body) select case when $3 = 'sale_cancelled' then"
                " crc32(uuid_send($2) || convert_to($8, 'UTF8')) % 64 else"
                " crc32(uuid_send($6)) % 64 end, $4, $1, $2, $3, $5, $6, $7, $9::jsonb",
                *(event_id, partner, kind, month, subject, who, at, purchase),
                orjson.dumps(body).decode(),
            )
    return events


async def test_delivered_months_go_when_they_are_old(service: Service) -> None:
    """Each with a row that says so, by which the books still hold; what is not old stays whole."""
    before = await months(service)
    await live_through(service)
    assert await months(service) == sorted([*PAST, *before])
    assert await violations(service) == []
    async with forgetting(service.dsn) as worker:
        await worker.months()
        assert await months(service) == before
        assert await forgotten(service) == [(month, 2, 1) for month in PAST]
        await worker.months()
    assert await months(service) == before
    assert len(await forgotten(service)) == len(PAST)
    assert await violations(service) == []
    # The row is what the verifier believes: without it events are missed.
    await service.database.execute("set session_replication_role = replica")
    await service.database.execute("delete from outbox_forgotten where month = $1", PAST[1])
    missed = {name.split(":")[0] for name in await violations(service)}
    assert missed == {"effects_have_their_event", "cancelled_purchases_have_their_event"}


async def test_an_event_that_waits_keeps_its_month_and_those_after_it(service: Service) -> None:
    """Also one that a job is to deliver, or that was put aside; it goes when it is delivered."""
    before = await months(service)
    events = await live_through(service)
    database = service.database
    waiting = events[PAST[1]]
    await database.execute(
        "insert into outbox_pending (bucket, month, event_id)"
        " select bucket, month, event_id from outbox where event_id = $1",
        waiting,
    )
    async with forgetting(service.dsn) as worker:
        await worker.months()
        assert await months(service) == [*PAST[1:], *before]
        async with database.transaction():
            await database.execute("delete from outbox_pending")
            payload = orjson.dumps({"event_id": str(waiting), "at": f"{PAST[1]}T10:00:00+00:00"})
            await Queries(AsyncpgDriver(database)).enqueue(DELIVERY, payload)
        await worker.months()
        assert await months(service) == [*PAST[1:], *before]
        await database.execute("update pgqueuer set status = 'failed'")
        await worker.months()
        assert await months(service) == [*PAST[1:], *before]
        await database.execute("delete from pgqueuer")
        await worker.months()
    assert await months(service) == before
    assert await violations(service) == []


async def test_two_at_once_forget_each_month_once(service: Service) -> None:
    """Whoever comes second finds the month gone, or tries again later."""
    before = await months(service)
    await live_through(service)
    async with forgetting(service.dsn) as one, forgetting(service.dsn) as other:
        await asyncio.gather(*(worker.months() for worker in (one, other) * 4))
        await one.months()
    assert await months(service) == before
    assert await forgotten(service) == [(month, 2, 1) for month in PAST]


async def test_a_worker_killed_half_way_has_forgotten_nothing(service: Service) -> None:
    """The month, its events and the row about it go in one transaction."""
    before = await months(service)
    await live_through(service)
    killed = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    await killed.execute("begin")
    assert await killed.fetchval("select forget_outbox_month('2025-06-01')") == PAST[0]
    pid = killed.get_server_pid()
    await service.database.execute("select pg_terminate_backend($1, 5000)", pid)
    assert await months(service) == [*PAST, *before]
    assert (
        await service.database.fetchval("select count(*) from outbox where month < $1", before[0])
        == 6
    )
    assert await forgotten(service) == []
    async with forgetting(service.dsn) as worker:
        await worker.months()
    assert await months(service) == before


async def test_sales_go_first(service: Service) -> None:
    """While a transaction is at the outbox nothing is dropped, and nobody waits for it long."""
    await live_through(service)
    writing = await asyncpg.connect(service.dsn)
    try:
        await writing.execute("begin; lock table outbox in row exclusive mode")
        async with forgetting(service.dsn) as worker:
            forgets = asyncio.create_task(worker.months())
            sold = await service.till().confirm("p", receipt(card=world.CARD))
            assert sold.status == pb.STATUS_OK
            await forgets
        assert await forgotten(service) == []
    finally:
        await writing.close()


async def test_the_service_can_forget_no_month_of_today(service: Service) -> None:
    """Nor drop one by itself, nor take back what it said of those that are gone."""
    app = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    try:
        today = dt.datetime.now(dt.UTC).date()
        with pytest.raises(asyncpg.InvalidParameterValueError):
            await app.execute("select forget_outbox_month($1)", today)
        for statement in (
            f"drop table outbox_{today:%Y%m}",
            f"alter table outbox detach partition outbox_{today:%Y%m}",
            "delete from outbox",
            "insert into outbox_forgotten (month, events, cancelled) values ('2025-01-01', 0, 0)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await app.execute(statement)
    finally:
        await app.close()


async def test_the_service_can_forget_nothing_before_its_time(service: Service) -> None:
    """The function itself keeps what the least setting says, whatever its caller has set."""
    today = dt.datetime.now(dt.UTC).date()
    least = Settings.model_json_schema()["properties"]["outbox_kept_days"]["minimum"]
    app = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    try:
        # A day more or less, for a test that runs at midnight.
        early, late = (today - dt.timedelta(days=least + more) for more in (-2, 1))
        for setting in ("timezone = 'UTC'", "timezone = 'UTC-14'", "checkout.clock_offset = '9y'"):
            await app.execute(f"set {setting}")
            for before in (str(early), "infinity"):
                with pytest.raises(asyncpg.InvalidParameterValueError):
                    await app.execute("select forget_outbox_month($1::text::date)", before)
        assert await app.fetchval("select forget_outbox_month($1)", late) is None
        assert await app.fetchval("select forget_outbox_month(null)") is None
    finally:
        await app.close()


async def test_a_month_goes_when_it_has_ended(service: Service) -> None:
    """By a day within it, it has not: its last events are of after that."""
    await live_through(service)
    app = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    try:
        for within in (PAST[0], PAST[0] + dt.timedelta(days=1), PAST[1] - dt.timedelta(days=1)):
            assert await app.fetchval("select forget_outbox_month($1)", within) is None
        assert await app.fetchval("select forget_outbox_month($1)", PAST[1]) == PAST[0]
        assert await app.fetchval("select forget_outbox_month($1)", PAST[1]) is None
    finally:
        await app.close()


async def test_the_service_can_hide_no_event_that_waits(service: Service) -> None:
    """Tables of the caller's own are not asked: what waits is looked for in the real ones."""
    events = await live_through(service)
    await service.database.execute(
        "insert into outbox_pending (bucket, month, event_id)"
        " select bucket, month, event_id from outbox where event_id = $1",
        events[PAST[0]],
    )
    app = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    try:
        for name in ("outbox_pending", "pgqueuer"):
            await app.execute(f"create temp table {name} (like {name})")
        await app.execute("set search_path = pg_temp, public, pg_catalog")
        assert await app.fetchval("select public.forget_outbox_month('2025-06-01')") is None
    finally:
        await app.close()


async def age(service: Service, request_id: str, hours: float) -> None:
    """The call was made so many hours ago."""
    await service.database.execute(
        "update request_key set created_at = now() - $2 * interval '1 hour' where request_id = $1",
        *(request_id, hours),
    )


async def test_calls_are_answered_as_before_for_72_hours(service: Service) -> None:
    """Then their rows go; a purchase is known for ever all the same."""
    till = service.till()
    sale = receipt(card=world.CARD)
    first = await till.confirm("old", sale, request_id="old")
    await till.confirm("young", sale, request_id="young")
    await age(service, "old", 72.1)
    await age(service, "young", 71.9)
    async with forgetting(service.dsn) as one, forgetting(service.dsn) as other:
        await asyncio.gather(one.requests(), other.requests())
        await one.requests()
    keys = await service.database.fetch(
        "select request_id from request_key where method = 'Confirm'"
    )
    assert [row["request_id"] for row in keys] == ["young"]
    assert (await till.operation("Confirm", "old")).state == pb.OPERATION_STATE_NOT_DONE
    assert (await till.operation("Confirm", "young")).state == pb.OPERATION_STATE_DONE
    again = await till.confirm("old", sale, request_id="old")
    assert again.receipt_id == first.receipt_id
    assert await service.database.fetchval("select count(*) from receipt") == 2


async def test_all_old_calls_go_in_one_run(service: Service) -> None:
    """However many, by two at once, and without waiting for a row that somebody holds."""
    await service.database.execute(
        "insert into request_key (bucket, partner_id, method, request_id, content_hash, answer,"
        " created_at) select n % 64, uuidv7(), 'Cancel', n::text, '', '{}',"
        " now() - interval '73 hours' from generate_series(1, $1::int) n",
        2 * REQUESTS_MAX + 5,
    )
    held = await asyncpg.connect(service.dsn)
    await held.execute("begin; select from request_key where request_id = '7' for update")
    async with forgetting(service.dsn) as one, forgetting(service.dsn) as other:
        await asyncio.gather(one.requests(), other.requests())
        left = "select array_agg(request_id) from request_key where method = 'Cancel'"
        assert await service.database.fetchval(left) == ["7"]
        await held.close()
        await one.requests()
    assert await service.database.fetchval(left) is None
