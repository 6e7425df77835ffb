"""Transactions that are bounded in time, whatever becomes of the database meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from checkout import failpoints
from checkout.store.errors import DRIVER_ERRORS, Failure, StoreError, failure_of
from checkout.store.reference import CONNECT_PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Connection, Pool
    from asyncpg.transaction import Transaction

#: Longest batch. Locks are waited for 200 ms at most, and tills for a second: one that takes longer
#: has lost its database, and others wait behind it.
BATCH_PATIENCE_S: Final = 3.0
#: Longest wait for the answer to a rollback.
ROLLBACK_PATIENCE_S: Final = 0.5


@asynccontextmanager
async def open_transaction(pool: Pool[Any]) -> AsyncIterator[Connection[Any]]:
    """A transaction on a connection of the pool; it commits when the block ends well.

    Raises:
        StoreError: it did not happen, or (`Failure.UNKNOWN`) nobody knows.
    """
    begun = committing = False
    bound = asyncio.timeout(BATCH_PATIENCE_S)
    try:
        async with bound, pool.acquire(timeout=CONNECT_PATIENCE_S) as connection:
            transaction = connection.transaction()
            try:
                await transaction.start()
                begun = True
                yield connection
                await failpoints.reach("before_commit")
            except BaseException as error:
                await _give_up(connection, transaction, error)
                raise
            committing = True
            try:
                await transaction.commit()
            except (OSError, TimeoutError, asyncio.CancelledError):
                connection.terminate()
                raise
            await failpoints.reach("after_commit")
    except DRIVER_ERRORS as error:
        failure = failure_of(error, committing=committing)
        # Where not even the beginning was answered nobody is there: each operation by itself would
        # wait as long, once for every idle connection.
        if begun and bound.expired() and failure is Failure.UNAVAILABLE:
            failure = Failure.TOO_LONG
        raise StoreError(failure) from error


async def _give_up(
    connection: Connection[Any], transaction: Transaction, error: BaseException
) -> None:
    """Roll back; a connection that does not answer is thrown away instead.

    On one that is silent, rolling back would wait for as long again, with a batch behind it.
    """
    if isinstance(error, OSError | TimeoutError | asyncio.CancelledError):
        connection.terminate()
        return
    try:
        async with asyncio.timeout(ROLLBACK_PATIENCE_S):
            await transaction.rollback()
    except DRIVER_ERRORS:
        connection.terminate()
