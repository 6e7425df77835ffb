"""What goes when nobody asks for it any more: answers of old calls, delivered months of events.

And jobs that their worker does not work at any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.store.errors import DRIVER_ERRORS, StoreError, failure_of
from checkout.store.queries import QUERIES

if TYPE_CHECKING:
    import datetime as dt

    from asyncpg import Pool

#: A month is counted before it goes, which takes longer than anything a sale waits for.
MONTH_PATIENCE_S: Final = 600


class QueueStore:
    """Removes rows of queues and keys; history it cannot touch."""

    def __init__(self, pool: Pool[Any]) -> None:
        self._pool = pool

    async def forget_requests(self, before: dt.datetime, limit: int) -> int:
        """Remove some of the calls that were made before a moment; how many.

        Raises:
            StoreError: the database cannot be asked; nothing was removed.
        """
        try:
            done: str = await self._pool.execute(QUERIES["forget_requests"], before, limit)
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
        return int(done.rpartition(" ")[2])

    async def release_silent_jobs(self, silent: dt.timedelta) -> None:
        """Let others take the periodic jobs of workers that have been silent for so long.

        Raises:
            StoreError: the database cannot be asked; nothing was released.
        """
        try:
            await self._pool.execute(QUERIES["release_silent_jobs"], silent)
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error

    async def forget_outbox_month(self, before: dt.date) -> dt.date | None:
        """Drop the oldest month of the outbox, if it ended before a day and is delivered; which.

        Raises:
            StoreError: sales were at the table (`Failure.RETRYABLE`), or the database cannot be
                asked; nothing was dropped.
        """
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute("set local statement_timeout = '10min'")
                month: dt.date | None = await connection.fetchval(
                    QUERIES["forget_outbox_month"], before, timeout=MONTH_PATIENCE_S
                )
        except DRIVER_ERRORS as error:
            raise StoreError(failure_of(error, committing=False)) from error
        return month
