"""ExtendHold: let a live hold live longer, within its total bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import ExtendAnswer
from checkout.flows.cancel import PurchaseOperation
from checkout.flows.operation import Decision
from checkout.flows.sameness import call_hash
from checkout.flows.views import HoldView
from checkout.ledger.holds import is_live
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book


class ExtendHoldOperation(PurchaseOperation):
    """Move the end of one hold to `ttl` from now, at most to its total bound."""

    method = "ExtendHold"

    def __init__(
        self, partner_id: UUID, request_id: str, purchase_id: str, ttl: dt.timedelta
    ) -> None:
        content = call_hash(purchase_id, int(ttl.total_seconds()))
        super().__init__(partner_id, request_id, content, purchase_id)
        self.ttl = ttl

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        purchase = self.purchase(book)
        if purchase is None or purchase.hold_id is None:
            return Decision(
                Refusal(Reason.HOLD_UNKNOWN, "this purchase has no hold", "purchase_id"),
                is_final=False,
            )
        if purchase.state != "held":
            ended = (
                Reason.PURCHASE_CANCELLED
                if purchase.state == "cancelled"
                else Reason.PURCHASE_CONFIRMED
            )
            return Decision(
                Refusal(ended, "the purchase has ended, and its hold with it", "purchase_id"),
                is_final=False,
            )
        hold = self.pending_hold(book)
        if hold is None or not is_live(hold, book.now):
            return Decision(
                Refusal(
                    Reason.HOLD_EXPIRED, "the hold's time was over; quote again", "purchase_id"
                ),
                is_final=False,
            )
        until = min(book.now + self.ttl, hold.extensible_to)
        if until <= hold.expires_at:
            return Decision(
                Refusal(
                    Reason.HOLD_EXTENSION_EXHAUSTED,
                    "the hold already lives so long, or may not live longer",
                    "ttl_s",
                    {
                        "expires_at": hold.expires_at.isoformat(),
                        "extensible_to": hold.extensible_to.isoformat(),
                    },
                ),
                is_final=False,
            )
        hold.expires_at = until
        book.save_hold(hold)
        return Decision(
            ExtendAnswer(
                purchase_id=self.purchase_id,
                hold=HoldView(
                    hold_id=hold.hold_id,
                    points_minor=hold.points_minor,
                    expires_at=hold.expires_at,
                ),
            ),
            is_final=True,
        )
