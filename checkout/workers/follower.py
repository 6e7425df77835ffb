"""Follows what happens elsewhere: the time, publications, stops, places, budgets, limits, gifts.

Twice a second, four small statements.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Final

from checkout.store.book_store import SLOT_AGE

if TYPE_CHECKING:
    from checkout.cache.snapshots import SnapshotLibrary
    from checkout.flows.budgets import Budgets
    from checkout.flows.clock import DatabaseClock
    from checkout.flows.directory import Directory
    from checkout.flows.gift_stocks import GiftStocks
    from checkout.flows.shared_limits import SharedLimits
    from checkout.flows.stops import Stops
    from checkout.store.reference import ReferenceStore

#: A quarter of the two seconds in which a publication or a revoked token must be known everywhere.
EVERY_S: Final = 0.5
#: A publication that could not be put in force is tried again so often: what stood in its way may
#: have gone. Each time it is logged.
RETRY_S: Final = 10.0
#: A row is dated by the beginning of its transaction, and seen at its end: longer than any lasts.
_UNDER_WAY: Final = dt.timedelta(seconds=30)
_EVER: Final = dt.timedelta(days=36_500)


class Follower:
    """Keeps a worker's memory up to date."""

    def __init__(
        self,
        reference: ReferenceStore,
        library: SnapshotLibrary,
        directory: Directory,
        budgets: Budgets,
        shared_limits: SharedLimits,
        stops: Stops,
        gift_stocks: GiftStocks,
        clock: DatabaseClock,
    ) -> None:
        self._reference = reference
        self._library = library
        self._directory = directory
        self._budgets = budgets
        self._shared_limits = shared_limits
        self._stops = stops
        self._gift_stocks = gift_stocks
        self._limits_read_at: float | None = None
        self._clock = clock
        self._publication_seq = -1
        self._retry_at: float | None = None
        self._directory_version = -1

    async def step(self) -> None:
        """Look once."""
        sent_at = self._clock.begin()
        seen = await self._reference.poll()
        self._clock.set_by(seen.now, sent_at)
        self._stops.replace(seen.stopped)
        if seen.directory_version != self._directory_version:
            await self._directory.reload()
            self._directory_version = seen.directory_version
        is_due = self._retry_at is not None and time.monotonic() >= self._retry_at
        if seen.publication_seq != self._publication_seq or is_due:
            await self._follow_publications()
            self._publication_seq = seen.publication_seq
        self._budgets.replace(await self._reference.read_budgets())
        self._gift_stocks.replace(await self._reference.read_gift_stocks())
        await self._follow_limits(seen.now)

    async def _follow_publications(self) -> None:
        """Put the newest one of each partner in force."""
        are_in_force = [
            await self._library.put_in_force(publication.partner_id, publication.snapshot_id)
            for publication in await self._reference.read_publications()
        ]
        self._retry_at = None if all(are_in_force) else time.monotonic() + RETRY_S

    async def _follow_limits(self, now: dt.datetime) -> None:
        """Read what has changed since the last time, with room for transactions under way."""
        reads_at = time.monotonic()
        within = _EVER
        if self._limits_read_at is not None:
            within = dt.timedelta(seconds=reads_at - self._limits_read_at) + _UNDER_WAY
        since = now.replace(tzinfo=None) - SLOT_AGE
        self._shared_limits.take(await self._reference.read_shared_slots(within, since))
        self._shared_limits.forget(since)
        self._limits_read_at = reads_at
