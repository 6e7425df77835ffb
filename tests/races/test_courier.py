"""FC18: events reach the webhook at least once, whatever becomes of the webhook and the workers."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import httpx
import orjson
import pytest
from pgqueuer.models import Job

from checkout.settings import Settings
from checkout.store.pool import open_queue_pool
from checkout.workers import jobs
from checkout.workers.courier import DELIVERY, Courier
from checkout.workers.jobs import Jobs
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.running import Service, as_role, running_service, wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY: Final = bytes(range(32))
SOON: Final = dt.timedelta(milliseconds=50)
#: Who waits for a lock in this test's database: others on the same server run tests of their own.
WAITING: Final = """
from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


def now() -> dt.datetime:
    """The database's time."""
    return dt.datetime.now(dt.UTC)


class Receiver:
    """A webhook: takes events, and answers as the test says."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: list[dict[str, Any]] = []
        self.asked: Counter[str] = Counter()
        #: When requests say that they were signed, in seconds of Unix time.
        self.dated: set[int] = set()
        #: How often each event is refused, and with what; a kind that never is taken.
        self.refusals = 0
        self.status = 500
        self.poison = ""

    def ids(self) -> Counter[str]:
        return Counter(event["event_id"] for event in self.taken)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = [text.split(": ", 1) for text in head.decode().split("\r\n")[1:] if text]
                headers = {name.lower(): value for name, value in lines}
                body = await reader.readexactly(int(headers["content-length"]))
                status = self._judge(headers, body)
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _judge(self, headers: dict[str, str], body: bytes) -> int:
        event = orjson.loads(body)
        event_id = headers["webhook-id"]
        assert event_id == event["event_id"]
        signed = f"{event_id}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        self.asked[event_id] += 1
        self.dated.add(int(headers["webhook-timestamp"]))
        if event["kind"] == self.poison or self.asked[event_id] <= self.refusals:
            return self.status
        self.taken.append(event)
        return 204


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    async with server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
        yield receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening() as receiver:
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


@asynccontextmanager
async def couriers(
    dsn: str, url: str, count: int = 1, attempts_max: int = 40
) -> AsyncIterator[None]:
    """So many workers that deliver."""
    async with httpx.AsyncClient(timeout=5) as client:
        courier = Courier(client, url, KEY, now, attempts_max=attempts_max, first_pause=SOON)
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


async def test_a_webhook_that_fails_is_asked_again(delivering: Service, receiver: Receiver) -> None:
    """Errors and silence lose nothing: each event is taken in the end."""
    await sell(delivering, 3)
    expected = await events(delivering)
    receiver.refusals = 2
    async with couriers(delivering.dsn, receiver.url):
        await all_taken(receiver, expected)
    assert set(receiver.asked.values()) == {3}
    assert await delivering.database.fetchval("select count(*) from outbox_pending") == 0


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
        assert await retried(delivering) == ["the webhook answered 400"]
        await all_taken(receiver, expected)


async def retried(service: Service) -> list[str]:
    """Queue again what was put aside, as the pages do; what the last answers were."""
    admin = await asyncpg.connect(as_role(service.dsn, "checkout_admin"))
    async with admin.transaction():
        for name, value in (("partner", str(world.NORTH)), ("author", "tester")):
            await admin.execute(f"select set_config('checkout.admin_{name}', $1, true)", value)
        found = await admin.fetch("select job_id, fault from admin_event_put_aside")
        asked = [row["job_id"] for row in found]
        assert await admin.fetchval("select admin_retry_events($1)", asked) == len(asked)
    await admin.close()
    return [row["fault"] for row in found]


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
        courier = Courier(client, receiver.url, KEY, now)
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
        courier = Courier(client, receiver.url, KEY, lambda: then)
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
        courier = Courier(client, "http://127.0.0.1:9", KEY, now)
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
