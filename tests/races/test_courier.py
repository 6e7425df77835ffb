"""FC18: events reach the webhook at least once, whatever becomes of the webhook and the workers."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import httpx
import orjson
import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from checkout.settings import Settings
from checkout.store.pool import open_queue_pool
from checkout.workers import jobs
from checkout.workers.courier import DELIVERY, Courier, NotTakenError
from checkout.workers.jobs import Jobs
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.put_aside import retried
from tests.service.running import Service, as_role, running_service, wait_until
from tests.service.till import line, receipt
from tests.service.webhook import KEY, Manner, Receiver, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SOON: Final = dt.timedelta(milliseconds=50)
#: For how long a webhook is waited for; and where it is to be given up.
PATIENT_S: Final = 10.0
SHORT_S: Final = 0.2
#: More events than a worker works on at once.
MANY: Final = 60
#: Who waits for a lock in this test's database: others on the same server run tests of their own.
WAITING: Final = """
from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


def now() -> dt.datetime:
    """The database's time."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with listening(receiver):
        yield receiver


@pytest.fixture
async def delivering(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    """A worker that keeps events for a courier which is not there yet."""

    async def stand_still(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("checkout.assembly.repeat", stand_still)
    async with running_service(
        world_dsn, redis_url, webhook_url="http://127.0.0.1:9/nobody", webhook_secret=KEY.hex()
    ) as service:
        yield service


def courier_of(
    client: httpx.AsyncClient,
    url: str,
    clock: Callable[[], dt.datetime] = now,
    timeout_s: float = PATIENT_S,
    attempts_max: int = 40,
) -> Courier:
    return Courier(
        *(client, url, KEY, clock),
        timeout_s=timeout_s,
        attempts_max=attempts_max,
        first_pause=SOON,
    )


@asynccontextmanager
async def couriers(dsn: str, url: str, count: int = 1, **more: Any) -> AsyncIterator[None]:
    """So many workers that deliver."""
    async with httpx.AsyncClient() as client:
        courier = courier_of(client, url, **more)
        app = as_role(dsn, "checkout_app")
        tasks = [
            asyncio.create_task(Jobs(lambda: open_queue_pool(app), [], [courier.register]).run())
            for _ in range(count)
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def sell(service: Service, count: int = 10) -> None:
    """Sales, a cancel, a return, a freeze: events of several kinds."""
    till = service.till()
    for number in range(count):
        await till.confirm(f"sale-{number}", receipt(line("apple"), card=world.CARD))
    await till.cancel("never")
    await till.take_back("sale-0")
    member = (await till.identify(card=world.CARD)).member_id
    await service.operator().freeze(member, 1_00)


def body_of(event_id: str) -> bytes:
    return orjson.dumps({"event_id": event_id, "kind": "sale_confirmed"})


def job_of(event_id: str) -> Job:
    """The delivery of an event, as the queue hands it over."""
    at = dict.fromkeys(("created", "updated", "heartbeat", "execute_after"), now())
    return Job.model_validate(
        at
        | {"id": 1, "priority": 0, "status": "picked", "entrypoint": DELIVERY}
        | {"payload": body_of(event_id), "queue_manager_id": None, "headers": None}
    )


async def events(service: Service) -> set[str]:
    found = await service.database.fetch(
        "select event_id::text from outbox o join outbox_pending p using (bucket, month, event_id)"
    )
    return {row["event_id"] for row in found}


async def all_taken(receiver: Receiver, expected: set[str]) -> None:
    async def taken() -> bool:
        return set(receiver.ids()) == expected

    await wait_until(taken, 30, what="the delivery of all events")


async def test_every_effect_is_told_once_by_two_couriers(
    delivering: Service, receiver: Receiver
) -> None:
    """Signed, under its id, with what happened; two workers share the work and double nothing."""
    await sell(delivering)
    expected = await events(delivering)
    assert len(expected) == 13
    async with couriers(delivering.dsn, receiver.url, count=2):
        await all_taken(receiver, expected)
    assert set(receiver.ids().values()) == {1}
    kinds = Counter(event["kind"] for event in receiver.taken)
    assert kinds == {
        "sale_confirmed": 10,
        "sale_cancelled": 1,
        "sale_returned": 1,
        "points_frozen": 1,
    }
    (sale, *_) = [e for e in receiver.taken if e["body"].get("purchase_id") == "sale-3"]
    assert (sale["partner"], sale["body"]["amount_minor"]) == ("north", 100_00)
    assert await violations(delivering) == []


async def test_a_webhook_that_fails_is_asked_again(
    delivering: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Errors, silence, closed connections lose nothing: an event is told until it is answered for.

    A webhook whose answer is lost has it twice, and sees so by its id.
    """
    monkeypatch.setattr(jobs, "ASK_EVERY", dt.timedelta(milliseconds=200))
    await sell(delivering, 1)
    expected = await events(delivering)
    ill = [each for each in Manner if each is not Manner.TAKES]
    receiver.manners = (*ill,)

    async def told_twice() -> bool:
        return len(receiver.ids()) == len(expected) and min(receiver.ids().values()) >= 2

    async with couriers(delivering.dsn, receiver.url, timeout_s=SHORT_S):
        await wait_until(told_twice, 30, what="all deliveries")
    # On a busy machine an answer may be late, too: then there is one more.
    assert min(receiver.met[manner] for manner in Manner) >= len(expected)
    assert set(receiver.ids()) == expected
    assert len({orjson.dumps(event) for event in receiver.taken}) == len(expected)
    assert await delivering.database.fetchval("select count(*) from outbox_pending") == 0


@pytest.mark.parametrize("manner", [Manner.SAYS_NOTHING, Manner.NEVER_ENDS])
async def test_no_webhook_is_waited_for_longer_than_is_set(
    receiver: Receiver, manner: Manner
) -> None:
    """Also not one that sends a byte now and then: what is bounded is the whole answer."""
    receiver.manners = (manner,)
    async with httpx.AsyncClient() as client, asyncio.timeout(PATIENT_S):
        courier = courier_of(client, receiver.url, timeout_s=SHORT_S)
        with pytest.raises(NotTakenError, match=f"did not answer within {SHORT_S} s"):
            await courier.deliver(job_of("an-event"))
        await courier.deliver(job_of("an-event"))
    assert receiver.met == {manner: 1, Manner.TAKES: 1}


async def test_a_silent_webhook_keeps_a_bounded_number_of_calls_waiting(
    delivering: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many events there are, so many are under way; the others lie in the database."""
    monkeypatch.setattr(jobs, "ASK_EVERY", dt.timedelta(milliseconds=200))
    async with await open_queue_pool(as_role(delivering.dsn, "checkout_app")) as pool:
        names = [f"event-{number}" for number in range(MANY)]
        await Queries(AsyncpgPoolDriver(pool)).enqueue(
            [DELIVERY] * MANY, [body_of(name) for name in names], [0] * MANY
        )
    receiver.manners = (Manner.SAYS_NOTHING,)
    async with couriers(delivering.dsn, receiver.url, timeout_s=SHORT_S):
        await all_taken(receiver, set(names))
    assert 1 < receiver.waiting_most <= jobs.AT_ONCE_MAX < MANY


async def test_a_poison_event_is_put_aside_and_stops_no_other(
    delivering: Service, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its attempts it lies among the failed jobs, and is told when it is queued again."""
    monkeypatch.setattr(jobs, "ASK_EVERY", dt.timedelta(milliseconds=200))
    await sell(delivering, 3)
    expected = await events(delivering)
    receiver.poison, receiver.status = "sale_cancelled", 400
    failed = f"select count(*) from pgqueuer where status = 'failed' and entrypoint = '{DELIVERY}'"

    async def put_aside() -> bool:
        return bool(await delivering.database.fetchval(failed) == 1)

    async with couriers(delivering.dsn, receiver.url, attempts_max=2):
        await wait_until(put_aside, 30, what="the poison event's end")
        await wait_until(lambda: taken(receiver, len(expected) - 1), 30, what="the other events")
        assert len(receiver.taken) == len(expected) - 1
        # The receiver is mended, and somebody says on the pages that it is to be asked again.
        receiver.poison = ""
        assert await retried(delivering.dsn) == ["the webhook answered 400"]
        await all_taken(receiver, expected)


async def taken(receiver: Receiver, count: int) -> bool:
    return len(receiver.taken) == count


async def test_a_courier_that_dies_tells_again_under_the_same_id(
    delivering: Service, receiver: Receiver
) -> None:
    """What was sent and not noted is sent again: twice under one id, never lost."""
    await sell(delivering, 3)
    expected = await events(delivering)
    app = as_role(delivering.dsn, "checkout_app")
    async with httpx.AsyncClient() as client, await open_queue_pool(app) as pool:
        courier = courier_of(client, receiver.url)
        await courier.relay(pool)
        # Another worker took a job, sent it, and was killed before it could say so.
        row = await delivering.database.fetchrow(
            "update pgqueuer set status = 'picked', queue_manager_id = gen_random_uuid(),"
            " heartbeat = now() - interval '1 minute' where id = (select min(id) from pgqueuer)"
            " returning *"
        )
        await courier.deliver(Job.model_validate(dict(row)))
    (told,) = receiver.ids()

    async def none_left() -> bool:
        return bool(await delivering.database.fetchval("select count(*) from pgqueuer") == 0)

    async with couriers(delivering.dsn, receiver.url):
        await wait_until(none_left, 30, what="the end of all jobs")
    assert receiver.ids() == dict.fromkeys(expected, 1) | {told: 2}


async def test_requests_are_dated_by_the_clock_that_the_courier_is_given(
    delivering: Service, receiver: Receiver
) -> None:
    """Receivers refuse what is dated far from their time, as a machine whose clock is off would."""
    then = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
    await sell(delivering, 1)
    app = as_role(delivering.dsn, "checkout_app")
    async with httpx.AsyncClient() as client, await open_queue_pool(app) as pool:
        courier = courier_of(client, receiver.url, lambda: then)
        await courier.relay(pool)
        row = await delivering.database.fetchrow("select * from pgqueuer limit 1")
        await courier.deliver(Job.model_validate(dict(row)))
    assert receiver.dated == {int(then.timestamp())}


async def test_a_relay_that_dies_half_way_makes_no_job_twice(delivering: Service) -> None:
    """Jobs and pending events change in one transaction: all of it, or nothing."""
    await sell(delivering, 3)
    expected = await events(delivering)
    app = as_role(delivering.dsn, "checkout_app")
    jobs = "select count(*) from pgqueuer"
    async with httpx.AsyncClient() as client, await open_queue_pool(app) as pool:
        courier = courier_of(client, "http://127.0.0.1:9")
        async with pool.acquire() as blocking, blocking.transaction():
            await blocking.execute("lock table pgqueuer in exclusive mode")
            dying = asyncio.create_task(courier.relay(pool))
            await wait_until(lambda: waits(delivering), what="the relay's wait")
            await delivering.database.execute(f"select pg_terminate_backend(pid) {WAITING}")
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
                await dying
        assert await events(delivering) == expected
        assert await delivering.database.fetchval(jobs) == 0
        assert await asyncio.gather(courier.relay(pool), courier.relay(pool))
        assert await delivering.database.fetchval(jobs) == len(expected)
        assert await events(delivering) == set()


async def waits(service: Service) -> bool:
    found: int = await service.database.fetchval(f"select count(*) {WAITING}")
    return found > 0


async def test_without_a_webhook_nothing_waits(service: Service) -> None:
    """Events are kept, and nothing is queued that nobody will ever take."""
    before = await service.database.fetchval("select count(*) from outbox")
    await sell(service, 1)
    assert await service.database.fetchval("select count(*) from outbox") == before + 4
    assert await service.database.fetchval("select count(*) from outbox_pending") == 0


@pytest.mark.parametrize(
    "settings",
    [
        {"webhook_url": "http://example.org/events", "webhook_secret": "ab" * 32},
        {"webhook_url": "https://example.org/events"},
        {"webhook_url": "https://example.org/events", "webhook_secret": "no key"},
    ],
)
def test_a_webhook_needs_tls_and_a_key(settings: dict[str, Any]) -> None:
    """Plain text leaves no machine, and what is not signed could be anybody's."""
    with pytest.raises(ValueError, match=r"WEBHOOK|hex"):
        Settings(**settings)
