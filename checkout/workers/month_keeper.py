"""Keeps the months ahead: receipts and entries are partitioned by month, and find theirs made."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Final

import structlog

from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.store.reference import ReferenceStore

EVERY: Final = "0 * * * *"
#: Partitions exist so long ahead: two months of workers that cannot make one harm nobody.
AHEAD: Final = dt.timedelta(days=62)
#: While another worker makes months, or somebody is at a table, it is tried so often, so long
#: apart: workers that start together after a standstill all need the months before they sell.
ATTEMPTS_MAX: Final = 20
PAUSE_S: Final = 0.25

_log = structlog.get_logger(__name__)


class MonthKeeper:
    """Makes partitions ahead of time."""

    def __init__(self, reference: ReferenceStore, clock: Callable[[], dt.datetime]) -> None:
        self._reference = reference
        self._clock = clock

    async def step(self) -> None:
        """Look once; what is missing is made whole, or nothing is.

        Raises:
            StoreError: the tables were busy all the time (`Failure.RETRYABLE`), or the database
                cannot be asked.
        """
        today = self._clock().date()
        for attempts_left in reversed(range(ATTEMPTS_MAX)):
            try:
                made = await self._reference.create_months(today, today + AHEAD)
            except StoreError as error:
                if error.failure is not Failure.RETRYABLE or not attempts_left:
                    raise
                await asyncio.sleep(PAUSE_S)
            else:
                if made:
                    _log.info("months.created", partitions=made)
                return
