"""What is left of counted gifts, in a worker's memory: for quotes and lists only.

Confirms read the locked rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.book import Book
    from checkout.ledger.gift_rows import GiftStock

_NOTHING: Final[dict[str, int]] = {}


class GiftStocks:
    """How many of each gift can be given, by partner and code."""

    def __init__(self) -> None:
        self._by_partner: dict[UUID, dict[str, int]] = {}

    def of(self, partner_id: UUID) -> dict[str, int]:
        """The stocks of a partner's gifts, less what is held; none: it was never stocked."""
        return self._by_partner.get(partner_id, _NOTHING)

    def replace(self, stocks: Iterable[GiftStock]) -> None:
        """Take the state that was read."""
        fresh: dict[UUID, dict[str, int]] = {}
        for stock in stocks:
            fresh.setdefault(stock.partner_id, {})[stock.gift_code] = stock.left
        self._by_partner = fresh

    async def after_commit(self, book: Book) -> None:
        """Take what a batch of this worker has just committed."""
        for (partner_id, gift), stock in book.writes.gifts.stocks.items():
            self._by_partner.setdefault(partner_id, {})[gift] = stock.left
