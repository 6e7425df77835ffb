"""Gifts of a story: the tables that `checkout.store.gift_store` reads and writes."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkout.ledger.gifts import GivenBook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.gift_rows import (
        GiftEntry,
        GiftGiven,
        GiftRef,
        GiftsHadRef,
        GiftStock,
        GiftWrites,
    )
    from checkout.ledger.rows import LotMovement
    from checkout.ledger.sale_book import SaleBook


@dataclass
class MemoryGifts:
    """The tables as dicts and lists."""

    stocks: dict[GiftRef, GiftStock] = field(default_factory=dict)
    entries: list[GiftEntry] = field(default_factory=list)
    given: dict[UUID, GiftGiven] = field(default_factory=dict)

    def load_stocks(self, book: Book, refs: Iterable[GiftRef]) -> None:
        """Read the stocks that there are of these."""
        for ref in set(refs) & self.stocks.keys():
            book.gift_stocks[ref] = copy.copy(self.stocks[ref])

    def load_given(
        self, book: Book, refs: Iterable[tuple[UUID, UUID]], movements: Iterable[LotMovement]
    ) -> None:
        """Read what partners gave, with what its posting moved."""
        for partner_id, given_id in refs:
            given = self.given.get(given_id)
            if given is not None and given.partner_id == partner_id:
                moved = {m.lot_id: m.amount for m in movements if m.posting_id == given_id}
                book.gifts_given[given_id] = GivenBook(copy.copy(given), moved)

    def load_had(self, book: Book, refs: Iterable[GiftsHadRef]) -> None:
        """Read what operators gave members since some moments, and what did not come back."""
        for member_id, gift, since in refs:
            book.gifts_had[member_id, gift] = {
                given_id: given.count
                for given_id, given in self.given.items()
                if (given.member_id, given.gift_code) == (member_id, gift)
                and given.taken_back_at is None
                and given.given_at >= since
            }

    def fill_sale(self, sale: SaleBook) -> None:
        """What the campaigns of a sale gave."""
        sale.gifts = [
            copy.copy(entry)
            for entry in self.entries
            if entry.moved_by == sale.receipt_id and entry.campaign_code
        ]

    def apply(self, writes: GiftWrites) -> None:
        """Write everything that a batch changed."""
        self.stocks |= copy.deepcopy(writes.stocks)
        self.entries += copy.deepcopy(writes.entries)
        for given_id, given in writes.new_given.items():
            assert given_id not in self.given, "a new gift has the id of an old one"
            self.given[given_id] = copy.copy(given)
        for given_id, given in writes.taken_back.items():
            known = self.given[given_id]
            known.taken_back_at, known.taken_back_by = given.taken_back_at, given.taken_back_by
            known.taken_back_reason = given.taken_back_reason
