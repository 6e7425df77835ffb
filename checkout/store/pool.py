"""The connection pool: every option is passed on purpose.

Lock waits end after `LOCK_TIMEOUT_MS`, so that a batch which meets a stuck one fails and is run
again one receipt at a time; a transaction that its worker forgot (a stopped process) is ended by
the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

if TYPE_CHECKING:
    from asyncpg import Connection, Pool

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
#: Longest silence inside a transaction: a worker that was stopped must not keep its locks.
IDLE_TRANSACTION_TIMEOUT_MS: Final = 5_000
#: Longest wait for a connection to open.
CONNECT_TIMEOUT_S: Final = 5


async def open_pool(
    dsn: str, *, connections_max: int, application: str, lock_timeout_ms: int = LOCK_TIMEOUT_MS
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
            "lock_timeout": str(lock_timeout_ms),
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
            "jit": "off",
        },
    )


async def _set_up(connection: Connection[Any]) -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
        format="binary",
    )


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
