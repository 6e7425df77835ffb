"""ExpireHold: the sweep's operation. It races confirms safely.

Since it takes the same locks and looks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.background_answers import ExpireAnswer
from checkout.flows.cancel import PurchaseOperation
from checkout.flows.operation import Decision
from checkout.ledger.holds import is_live

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


class ExpireHoldOperation(PurchaseOperation):
    """End one overdue hold."""

    method = "ExpireHold"

    def __init__(self, partner_id: UUID, purchase_id: str) -> None:
        super().__init__(partner_id, "", b"", purchase_id)

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        hold = self.pending_hold(book)
        if hold is None or is_live(hold, book.now):
            return Decision(ExpireAnswer(ended=False), is_final=False)
        self.end_pending_hold(book, "expired")
        return Decision(ExpireAnswer(ended=True), is_final=False)
