"""Connections that verify: each reads, and all of them see the same moment.

The first one exports its snapshot, the others take it over (so `pg_dump` works with several jobs):
what is committed between two of them is seen by both or by neither. It needs no right but to read,
writes nothing, and works on a standby.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.verifier.role import CONNECT_TIMEOUT_S, take_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Connection

#: Longest single check: five million receipts take minutes, no check takes an hour.
CHECK_TIMEOUT_MS: Final = 3_600_000
#: Memory of one sort; a hash may take twice that. Those over all entries should not go to disk on
#: a usual machine.
SORT_MEMORY_MB: Final = 128
#: Beyond it the disk is what they wait for, and the service has no core left.
CONNECTIONS_MAX: Final = 16

#: As many processes work as there are connections, whatever the server would allow: whoever says
#: how many cores the verifier may take is not to be surprised. A connection that has nothing left
#: to do waits for the others, and that is no reason to end it.
#:
#: Every table is read as a whole, so nothing is gained by looking rows up one by one, and much is
#: lost where statistics are of yesterday: tables that were empty then would be read once for each
#: row of another one. And nothing is gained by remembering what a document says by the document.
_SETTINGS: Final = f"""
set local statement_timeout = {CHECK_TIMEOUT_MS};
set local idle_in_transaction_session_timeout = 0;
set local work_mem = '{SORT_MEMORY_MB}MB';
set local hash_mem_multiplier = 2;
set local max_parallel_workers_per_gather = 0;
set local enable_nestloop = off;
set local enable_memoize = off;
set local jit = off
"""


@asynccontextmanager
async def verifier_connection(dsn: str, moment: str = "") -> AsyncIterator[Connection[Any]]:
    """A connection in a transaction that reads one moment: that of now, or an exported one."""
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": "checkout verify"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            if moment:
                await connection.execute(f"set transaction snapshot '{moment}'")
            await become_verifier(connection)
            yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def connections_of_one_moment(dsn: str, count: int) -> AsyncIterator[list[Connection[Any]]]:
    """So many connections, all of which read the same moment."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(verifier_connection(dsn))]
        if count > 1:
            moment = await opened[0].fetchval("select pg_export_snapshot()")
            for _ in range(count - 1):
                another = verifier_connection(dsn, moment)
                opened.append(await stack.enter_async_context(another))
        yield opened


async def become_verifier(connection: Connection[Any]) -> None:
    """Give the open transaction the role and the settings of the verifier."""
    await connection.execute(_SETTINGS)
    await take_role(connection)
