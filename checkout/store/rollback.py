"""How a transaction that failed is given up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from checkout.store.errors import DRIVER_ERRORS

if TYPE_CHECKING:
    from asyncpg import Connection
    from asyncpg.transaction import Transaction

#: Longest wait for the answer to a rollback.
ROLLBACK_PATIENCE_S: Final = 0.5


async def give_up(
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
