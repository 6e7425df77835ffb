"""What has been used of limits that many members share, in a worker's memory: for quotes only.

Confirms read the locked rows.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.periods import LIFETIME_SLOT
from checkout.ledger.book import slot_ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.ledger.book import Book, LimitRef, SlotRef
    from checkout.ledger.rows import LimitSlot


_LIFETIME: Final = dt.datetime.fromisoformat(LIFETIME_SLOT)


class SharedLimits:
    """Slots by the limit that they are of."""

    def __init__(self) -> None:
        self._by_limit: dict[LimitRef, dict[SlotRef, LimitSlot]] = {}

    def of(self, ref: LimitRef) -> Iterable[LimitSlot]:
        """The slots of one limit that are known."""
        return self._by_limit.get(ref, {}).values()

    def take(self, slots: Iterable[LimitSlot]) -> None:
        """Take rows as they were read."""
        for slot in slots:
            ref = (slot.owner_id, slot.campaign_code, slot.limit_code)
            self._by_limit.setdefault(ref, {})[slot_ref(slot)] = slot

    def forget(self, before: dt.datetime) -> None:
        """Drop slots that began before a moment, but for those that never begin anew."""
        for slots in self._by_limit.values():
            for ref in [r for r, s in slots.items() if _LIFETIME != s.slot_start < before]:
                del slots[ref]

    async def after_commit(self, book: Book) -> None:
        """Take what a batch of this worker has just committed."""
        self.take(slot for slot in book.writes.slots.values() if slot.shared)
