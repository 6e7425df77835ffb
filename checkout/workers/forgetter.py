"""Forgets what nobody asks for any more: answers of old calls, and delivered months of the outbox.

Both may be run twice, killed half-way, or by two at once: a call's row goes or stays, and a month
goes whole, in one transaction that says so (`outbox_forgotten`), or not at all.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

import structlog

from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from checkout.store.forgetting import QueueStore

REQUESTS_EVERY: Final = "* * * * *"
MONTHS_EVERY: Final = "15 * * * *"
#: Calls that are forgotten in one statement: it takes milliseconds.
REQUESTS_MAX: Final = 1_000

_log = structlog.get_logger(__name__)


class Forgetter:
    """Removes what is older than an installation keeps it."""

    def __init__(
        self,
        queues: QueueStore,
        clock: Callable[[], dt.datetime],
        *,
        requests_kept: dt.timedelta,
        outbox_kept: dt.timedelta,
    ) -> None:
        self._queues = queues
        self._clock = clock
        self._requests_kept = requests_kept
        self._outbox_kept = outbox_kept

    async def requests(self) -> None:
        """Forget calls that are too old to be repeated; rest as long as it worked."""
        before = self._clock() - self._requests_kept
        while True:
            began = time.monotonic()
            if await self._queues.forget_requests(before, REQUESTS_MAX) < REQUESTS_MAX:
                return
            await asyncio.sleep(time.monotonic() - began)

    async def months(self) -> None:
        """Forget months of the outbox, one after the other, until one is kept.

        A month goes under a lock of the table that sales write to, which is waited for 50 ms; if it
        is not to be had, the next run tries again.
        """
        before = (self._clock() - self._outbox_kept).date().replace(day=1)
        try:
            while month := await self._queues.forget_outbox_month(before):
                _log.info("outbox.month_forgotten", month=month.isoformat())
        except StoreError as error:
            if error.failure is not Failure.RETRYABLE:
                raise
            _log.info("outbox.busy")
