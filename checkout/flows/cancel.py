"""Cancel: drop what a purchase holds, and never let it be confirmed.

Also before the confirm arrived.

A cancelled purchase id is a tombstone for ever. A confirmed one is not cancelled but returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import CancelAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.sameness import call_hash
from checkout.ledger.book import ContestedRefs, key_bucket
from checkout.ledger.coupons import coupons_of
from checkout.ledger.holds import certificates_of, contested_by, end_hold, owners_of
from checkout.ledger.rows import PurchaseKey
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.rows import Hold


class PurchaseOperation(Operation):
    """A call that names a purchase and nothing of its content."""

    def __init__(
        self, partner_id: UUID, request_id: str, content_hash: bytes, purchase_id: str
    ) -> None:
        super().__init__(partner_id, request_id, content_hash)
        self.purchase_id = purchase_id

    def purchase(self, book: Book) -> PurchaseKey | None:
        """What is known of the purchase."""
        return book.purchases.get((self.partner_id, self.purchase_id))

    def pending_hold(self, book: Book) -> Hold | None:
        """Its pending hold, live or overdue."""
        purchase = self.purchase(book)
        if purchase is None or purchase.hold_id is None:
            return None
        hold = book.holds.get(purchase.hold_id)
        return hold if hold is not None and hold.state == "pending" else None

    def member_ids(self, book: Book) -> set[UUID]:
        hold = self.pending_hold(book)
        return owners_of(hold) if hold is not None else set()

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        del snapshots
        hold = self.pending_hold(book)
        return coupons_of(hold) if hold is not None else set()

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        hold = self.pending_hold(book)
        return certificates_of(hold) if hold is not None else set()

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del snapshots
        hold = self.pending_hold(book)
        return contested_by(hold) if hold is not None else ContestedRefs()

    def end_pending_hold(self, book: Book, state: str) -> int:
        """End the pending hold, if there is one; the points that it gave back."""
        hold = self.pending_hold(book)
        if hold is None:
            return 0
        end_hold(book, hold, state)
        return hold.points_minor


class CancelOperation(PurchaseOperation):
    """Cancel one purchase."""

    method = "Cancel"

    def __init__(self, partner_id: UUID, request_id: str, purchase_id: str) -> None:
        super().__init__(partner_id, request_id, call_hash(purchase_id), purchase_id)

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        purchase = self.purchase(book)
        if purchase is not None and purchase.state == "confirmed":
            return Decision(
                Refusal(
                    Reason.PURCHASE_CONFIRMED,
                    "a confirmed purchase is not cancelled but returned",
                    "purchase_id",
                ),
                is_final=True,
            )
        released = self.end_pending_hold(book, "voided")
        bucket = key_bucket(self.partner_id, self.purchase_id)
        if purchase is None or purchase.state != "cancelled":
            book.save_purchase(
                PurchaseKey(
                    bucket,
                    self.partner_id,
                    self.purchase_id,
                    "cancelled",
                    purchase.content_hash if purchase is not None else b"",
                    purchase.home_bucket if purchase is not None else bucket,
                    purchase.hold_id if purchase is not None else None,
                    None,
                    None,
                )
            )
        return Decision(
            CancelAnswer(purchase_id=self.purchase_id, released_points_minor=released),
            is_final=True,
        )
