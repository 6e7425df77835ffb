"""The connection pool: every option is passed on purpose.

Lock waits end after `LOCK_TIMEOUT_MS`, so that a batch which meets a stuck one fails and is run
again one receipt at a time; a transaction that its worker forgot (a stopped process) is ended by
the server.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Connection, Pool
    from asyncpg.pool import PoolConnectionProxy

#: Longest wait for a row or key that another batch holds.
LOCK_TIMEOUT_MS: Final = 200
#: The same for background work, which can come back later: sales go first.
BACKGROUND_LOCK_TIMEOUT_MS: Final = 50
#: Connections of a worker's background work, so that it takes none from sales.
BACKGROUND_CONNECTIONS_MAX: Final = 2
#: Connections of a worker's queue: one listens, others fetch and end jobs.
QUEUE_CONNECTIONS_MAX: Final = 3
#: Longest statement of the service.
STATEMENT_TIMEOUT_MS: Final = 5_000
#: Longest silence inside a transaction: a worker that was stopped must not keep its locks, and
#: whoever wants them waits so long. As long as a batch may take at all (`BATCH_PATIENCE_S`).
IDLE_TRANSACTION_TIMEOUT_MS: Final = 3_000
#: Connections that only batches may use: sales go on while reads have taken all others.
RESERVED_FOR_BATCHES: Final = 2
#: A peer that does not even acknowledge packets is gone after so long.
PEER_TIMEOUT_MS: Final = 5_000
#: Longest wait for a connection to open.
CONNECT_TIMEOUT_S: Final = 5
#: Longest wait for a pool's connections to end. By then nothing that counts is under way.
CLOSED_WITHIN_S: Final = 2.0
#: Longest wait until a statement that was called off has ended. PostgreSQL does so in milliseconds;
#: one that is silent or far must not keep the next reader, so the connection is thrown away.
CALLED_OFF_WITHIN_S: Final = 0.2

#: Connections that are given back while nobody waits for that.
_leaving: Final[set[asyncio.Task[None]]] = set()


async def open_pool(
    dsn: str, *, connections_max: int, application: str, lock_timeout_ms: int | None = None
) -> Pool[Any]:
    """A pool whose connections speak jsonb as Python values and have the timeouts above."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=connections_max,
        max_inactive_connection_lifetime=300,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=STATEMENT_TIMEOUT_MS / 1000 + 1,
        init=_set_up,
        reset=_keep,
        server_settings={
            "application_name": application,
            "lock_timeout": str(lock_timeout_ms or LOCK_TIMEOUT_MS),
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_TIMEOUT_MS),
            "jit": "off",
        },
    )


async def open_queue_pool(dsn: str) -> Pool[Any]:
    """A pool for the queue library, which has its own way with jsonb; one connection listens."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=QUEUE_CONNECTIONS_MAX,
        max_inactive_connection_lifetime=300,
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=STATEMENT_TIMEOUT_MS / 1000 + 1,
        server_settings={
            "application_name": "checkout jobs",
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_TRANSACTION_TIMEOUT_MS),
            # A worker's machine that vanished: without these its locks live for two hours.
            "tcp_user_timeout": str(PEER_TIMEOUT_MS),
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "2",
            "jit": "off",
        },
    )


@asynccontextmanager
async def closed_in_time(pool: Pool[Any]) -> AsyncIterator[Pool[Any]]:
    """The pool; at the end its connections are waited for, but not for ever.

    A database may have fallen silent, and a library's statement that is cancelled may leave a
    connection that nobody gives back.
    """
    try:
        yield pool
    finally:
        # Whoever is cancelled while closing a pool terminates it.
        with suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), CLOSED_WITHIN_S)


def reads_of(connections_max: int) -> asyncio.Semaphore:
    """What all reads of a pool take turns by, so that batches find their connections free."""
    return asyncio.Semaphore(connections_max - RESERVED_FOR_BATCHES)


@asynccontextmanager
async def borrowed(
    pool: Pool[Any], turns: asyncio.Semaphore, patience_s: float
) -> AsyncIterator[Connection[Any]]:
    """A connection for a turn that has been taken; both are given back, the turn last.

    Who calls a statement off does not wait until PostgreSQL has heard of it; who comes next does,
    for a moment: on other connections batches would miss theirs.
    """
    try:
        connection = await pool.acquire(timeout=patience_s)
    except BaseException:
        turns.release()
        raise
    is_called_off = False
    try:
        yield connection
    except (TimeoutError, asyncio.CancelledError):
        is_called_off = True
        raise
    finally:
        if is_called_off:
            leaving = asyncio.create_task(_give_back_unseen(pool, connection, turns))
            _leaving.add(leaving)
            leaving.add_done_callback(_leaving.discard)
        else:
            await _give_back(pool, connection, turns)


async def _give_back(
    pool: Pool[Any], connection: PoolConnectionProxy[Any], turns: asyncio.Semaphore
) -> None:
    try:
        await pool.release(connection, timeout=CALLED_OFF_WITHIN_S)
    finally:
        turns.release()


async def _give_back_unseen(
    pool: Pool[Any], connection: PoolConnectionProxy[Any], turns: asyncio.Semaphore
) -> None:
    """A connection that did not come to rest has been thrown away: nobody has to hear of it."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await _give_back(pool, connection, turns)


async def _set_up(connection: Connection[Any]) -> None:
    _notice_lost_peers(connection)
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
        format="binary",
    )


def _notice_lost_peers(connection: Connection[Any]) -> None:
    """The same on our side: a database's machine that vanished must not keep us waiting."""
    connected = connection._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no other door
    if connected is None or connected.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 5),
        ("TCP_KEEPINTVL", 2),
        ("TCP_KEEPCNT", 2),
        ("TCP_USER_TIMEOUT", PEER_TIMEOUT_MS),
    ):
        if hasattr(socket, name):  # macOS has not all of them
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def _keep(connection: Connection[Any]) -> None:
    """No round trip when a connection comes back, which would come before the caller's answer.

    Nothing that we set outlives its transaction, and asyncpg itself ends one that is still open.
    """
    del connection


def _encode_jsonb(value: object) -> bytes:
    """PostgreSQL's binary jsonb is its text behind a version byte.

    So it also reads inside records.
    """
    return b"\x01" + orjson.dumps(value)


def _decode_jsonb(value: bytes) -> object:
    return orjson.loads(value[1:])
