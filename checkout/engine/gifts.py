"""A program's gifts, compiled: where, when and as long as there are some one can be given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import GiftFault
from checkout.engine.periods import CompiledSchedule

if TYPE_CHECKING:
    from checkout.engine.periods import LocalMoment
    from checkout.engine.schema.gifts import ProgramGift


class CompiledGift:
    """One entry of a program's list."""

    __slots__ = ("code", "document", "is_counted", "schedule", "stores")

    def __init__(self, document: ProgramGift) -> None:
        """Keep what is asked often."""
        self.document = document
        self.code = document.code
        self.is_counted = document.counted
        self.stores = frozenset(document.stores)
        self.schedule = CompiledSchedule(document.schedule)

    def fault(self, store: str, moment: LocalMoment, count: int, left: int) -> GiftFault | None:
        """Why so many cannot be given, the first that holds; what is left matters if counted."""
        if self.stores and store not in self.stores:
            return GiftFault.WRONG_STORE
        if not self.schedule.holds(moment):
            return GiftFault.WRONG_TIME
        if self.is_counted and count > left:
            return GiftFault.OUT_OF_STOCK
        return None
