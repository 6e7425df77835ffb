"""The emergency-stop lists, in a worker's memory: for quotes only.

Confirms and holds read the list in their transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.book import Book, CampaignRef

_NONE: Final[frozenset[str]] = frozenset()


class Stops:
    """Codes of stopped campaigns by partner."""

    def __init__(self) -> None:
        self._by_partner: dict[UUID, frozenset[str]] = {}

    def of(self, partner_id: UUID) -> frozenset[str]:
        """A partner's stopped campaigns."""
        return self._by_partner.get(partner_id, _NONE)

    def replace(self, stopped: Iterable[CampaignRef]) -> None:
        """Take the lists that were read."""
        fresh: dict[UUID, set[str]] = {}
        for partner_id, campaign in stopped:
            fresh.setdefault(partner_id, set()).add(campaign)
        self._by_partner = {partner: frozenset(codes) for partner, codes in fresh.items()}

    async def after_commit(self, book: Book) -> None:
        """Take what a batch of this worker has just committed."""
        for (partner_id, campaign), stop in book.writes.stops.items():
            known = self.of(partner_id) - {campaign}
            self._by_partner[partner_id] = known | {campaign} if stop.is_stopped else known
