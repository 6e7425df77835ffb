"""A database that does not answer, connections that others have: nobody waits without a bound."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import Mock

import asyncpg
import grpc
import pytest

from checkout import assembly
from checkout.api.admission import Admission
from checkout.store import pool
from checkout.store.book_store import PostgresBookStore
from checkout.store.errors import DRIVER_ERRORS, Failure, failure_of
from checkout.store.reference import CONNECT_PATIENCE_S, reading_connection
from checkout.store.transactions import BATCH_PATIENCE_S
from checkout.v1 import checkout_service_pb2 as pb
from checkout.workers import follower
from tests.faults.proxy import Proxy, proxied
from tests.service.running import Service, running_service, settings_for, wait_until
from tests.service.till import fresh, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: What a busy machine needs on top.
MARGIN_S = 3.0


@asynccontextmanager
async def through_a_proxy(dsn: str, redis_url: str) -> AsyncIterator[tuple[Service, Proxy]]:
    """A worker whose PostgreSQL stands behind a proxy."""
    async with proxied(dsn) as (near, proxy), running_service(near, redis_url) as service:
        yield service, proxy


async def sells(service: Service) -> bool:
    """Whether a sale goes through now."""
    try:
        answer = await service.till().confirm(fresh("p"), receipt())
    except grpc.aio.AioRpcError:
        return False
    return answer.status == pb.STATUS_OK


async def fill_pool(service: Service) -> None:
    """Open all connections of sales, as busy times do; they stay open, and idle."""
    connections = cast("PostgresBookStore", service.workers[0].group_commit._store)._pool
    taken = [await connections.acquire() for _ in range(connections.get_max_size())]
    for connection in taken:
        await connections.release(connection)


async def has_at_most(proxy: Proxy, bound: int) -> bool:
    """Whether no more connections than that are open."""
    return proxy.open_connections <= bound


async def test_a_silent_database_is_given_up_and_comes_back(world_dsn: str, redis_url: str) -> None:
    """Calls hear in a batch's time that nobody answers; lost connections block no later ones."""
    async with through_a_proxy(world_dsn, redis_url) as (service, proxy):
        assert await sells(service)
        await fill_pool(service)
        proxy.swallow()
        began = time.monotonic()
        calls = [service.till().confirm(fresh("p"), receipt()) for _ in range(8)]
        said = await asyncio.gather(*map(refusal_of, calls))
        assert {each.reason for each in said} <= {"STORAGE_UNAVAILABLE", "OUTCOME_UNKNOWN"}
        # The first two batches, then what had waited behind them: no one-by-one.
        assert time.monotonic() - began < 2 * BATCH_PATIENCE_S + MARGIN_S
        proxy.heal()
        await wait_until(lambda: sells(service), within_s=MARGIN_S * 2, what="a sale")
        # Nothing of what was called off is still at work: sales, background and queue have theirs.
        bound = 6 + pool.BACKGROUND_CONNECTIONS_MAX + pool.QUEUE_CONNECTIONS_MAX
        await wait_until(lambda: has_at_most(proxy, bound), what="the end of lost connections")


async def test_a_worker_ends_though_the_database_is_silent(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the answers to what it has asked: its own patience is the bound."""
    monkeypatch.setattr(assembly, "END_PATIENCE_S", 0.5)
    monkeypatch.setattr(pool, "CLOSED_WITHIN_S", 0.2)
    async with proxied(world_dsn) as (near, proxy), AsyncExitStack() as stack:
        await stack.enter_async_context(assembly.assemble(settings_for(near, redis_url)))
        proxy.swallow()
        await asyncio.sleep(2 * follower.EVERY_S)  # its own reads wait by now
        began = time.monotonic()
        await stack.aclose()
        assert time.monotonic() - began < MARGIN_S
        proxy.heal()


async def test_reads_leave_connections_to_sales(service: Service) -> None:
    """With all turns to read taken a sale goes on; who wants to read is told when to come back."""
    store = cast("PostgresBookStore", service.workers[0].group_commit._store)
    turns = store._pool.get_max_size() - pool.RESERVED_FOR_BATCHES
    for _ in range(turns):
        await store._reads.acquire()
    assert store._reads.locked()
    try:
        assert await sells(service)
        request = pb.GetOperationRequest(method="Confirm", request_id="x")
        said = await refusal_of(service.till().call("GetOperation", request, timeout_s=0.5))
    finally:
        for _ in range(turns):
            store._reads.release()
    assert (said.code, said.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
    assert said.retry_after_ms is not None
    assert (await service.till().operation("Confirm", "x")).state == pb.OPERATION_STATE_NOT_DONE


@asynccontextmanager
async def asking_long(
    dsn: str, near: str, reads: asyncio.Semaphore
) -> AsyncIterator[tuple[asyncpg.Pool[Any], asyncio.Task[None], int]]:
    """A pool of two connections, a read that takes long, and the process that is busy with it."""
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def ask() -> None:
        async with reading_connection(connections, reads) as connection:
            told.set_result(await process_of(connection))
            await connection.execute("select pg_sleep(2)")

    async def is_busy() -> bool:
        query = "select state = 'active' and wait_event = 'PgSleep' from pg_stat_activity"
        return bool(await database.fetchval(f"{query} where pid = $1", told.result()))

    database = await asyncpg.connect(dsn)
    try:
        opened = await pool.open_pool(near, connections_max=2, application="calls off")
        async with pool.closed_in_time(opened) as connections:
            asking = asyncio.create_task(ask())
            await told
            await wait_until(is_busy, what="a busy connection")
            yield connections, asking, told.result()
    finally:
        await database.close()


async def process_of(connection: asyncpg.Connection[Any]) -> int:
    pid: int = await connection.fetchval("select pg_backend_pid()")
    return pid


async def test_a_read_that_is_called_off_makes_nobody_wait(world_dsn: str) -> None:
    """Though the database is silent: who hangs up is gone, and the next reader is not kept."""
    reads = asyncio.Semaphore(1)
    async with (
        proxied(world_dsn) as (near, proxy),
        asking_long(world_dsn, near, reads) as (connections, asking, _),
    ):
        proxy.swallow()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        # Its turn is not over: who comes next would take a connection that batches need.
        assert asking.cancelled()
        assert reads.locked()
        async with asyncio.timeout(CONNECT_PATIENCE_S):
            await reads.acquire()
        reads.release()
        proxy.heal()
        async with reading_connection(connections, reads) as connection:
            await process_of(connection)


async def test_a_connection_outlives_a_read_that_is_called_off(world_dsn: str) -> None:
    """Where the database hears of it: the next reader has the same one, and no other is opened."""
    reads = asyncio.Semaphore(1)
    async with asking_long(world_dsn, world_dsn, reads) as (connections, asking, pid):
        asking.cancel()
        async with reading_connection(connections, reads) as connection:
            assert await process_of(connection) == pid
        assert connections.get_size() == 1


async def test_who_finds_no_room_is_told_when_to_come_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Turned away with the reason and the delay of the contract, and nothing was done."""
    till = service.till()
    before = await service.rows()
    with monkeypatch.context() as patch:
        patch.setattr(Admission, "enter", Mock(return_value=False))
        said = await refusal_of(till.confirm(fresh("p"), receipt()))
    assert (said.code, said.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
    assert said.retry_after_ms == 250
    assert await service.rows() == before
    assert await sells(service)


@pytest.mark.parametrize(
    ("committing", "failure"), [(False, Failure.UNAVAILABLE), (True, Failure.UNKNOWN)]
)
def test_a_transaction_that_the_server_gave_up_is_no_fault_of_ours(
    *, committing: bool, failure: Failure
) -> None:
    """A worker that was stopped comes back to a transaction that PostgreSQL has ended."""
    error = asyncpg.IdleInTransactionSessionTimeoutError("terminating connection")
    assert isinstance(error, DRIVER_ERRORS)
    assert failure_of(error, committing=committing) is failure
