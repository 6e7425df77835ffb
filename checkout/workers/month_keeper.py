"""Keeps the months ahead: receipts and entries are partitioned by month, and find theirs made."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.store.reference import ReferenceStore

EVERY: Final = "0 * * * *"
#: Partitions exist so long ahead: two months of workers that cannot make one harm nobody.
AHEAD: Final = dt.timedelta(days=62)

_log = structlog.get_logger(__name__)


class MonthKeeper:
    """Makes partitions ahead of time."""

    def __init__(self, reference: ReferenceStore, clock: Callable[[], dt.datetime]) -> None:
        self._reference = reference
        self._clock = clock

    async def step(self) -> None:
        """Look once."""
        today = self._clock().date()
        made = await self._reference.create_months(today, today + AHEAD)
        if made:
            _log.info("months.created", partitions=made)
