"""Hold: price a sale and set aside what it spends and claims; Quote with `hold` is the same call.

One open hold per purchase: a new one replaces the old in the same transaction. While it lives its
price is guaranteed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.holding import set_aside
from checkout.flows.operation import Decision
from checkout.flows.pricing import check_time, make_quote, member_view
from checkout.flows.qr_codes import claim_code
from checkout.flows.sale_operation import SaleOperation, missing_snapshot
from checkout.flows.sameness import call_hash, paid_hash
from checkout.flows.views import HoldView, Status
from checkout.ledger.book import key_bucket
from checkout.ledger.holds import end_hold
from checkout.ledger.rows import PurchaseKey
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.flows.quote_token import QuoteTerms, TokenSigner
    from checkout.flows.sale import Sale
    from checkout.ledger.book import Book


class HoldOperation(SaleOperation):
    """Set aside for one purchase. With terms, only at the price that was quoted."""

    def __init__(
        self,
        sale: Sale,
        *,
        method: str,
        request_id: str,
        signer: TokenSigner,
        terms: QuoteTerms | None,
        hold_id: UUID,
        ttl: dt.timedelta,
    ) -> None:
        self.method = method
        self.hold_id = hold_id
        self.ttl = ttl
        self.sale = sale  # the hash of what is priced is a part of the content's
        quoted = terms.paid_hash.hex() if terms is not None else ""
        content = call_hash(self.priced_hash.hex(), int(ttl.total_seconds()), quoted)
        super().__init__(sale, request_id=request_id, content_hash=content, terms=terms)
        self.signer = signer

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        refusal = self.refusal_of_state(book)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        if self.terms is not None and self.terms.priced_hash != self.priced_hash:
            return Decision(
                Refusal(
                    Reason.RECEIPT_DIFFERS,
                    "the receipt is not the one that was quoted; quote again",
                    "quote_token",
                ),
                is_final=False,
            )
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None or self.sale.receipt.store not in snapshot.stores:
            return Decision(missing_snapshot(), is_final=False)
        valid_until = None
        if self.terms is not None and book.now <= self.terms.valid_until:
            snapshot = snapshots.resident(self.terms.snapshot_id) or snapshot
            valid_until = self.terms.valid_until
        else:
            refusal = check_time(self.sale.receipt, book.now)
            if refusal is not None:
                return Decision(refusal, is_final=False)
        member, identifier_reason = self.member(book, snapshot)
        before = self.hold_of_purchase(book)
        freed = before if before is not None and before.state == "pending" else None
        facts = self.facts(book, snapshot, member, book.now, freed)
        answer = make_quote(
            snapshot,
            self.signer,
            self.sale,
            facts,
            book.now,
            member=member,
            identifier_reason=identifier_reason,
            valid_until=valid_until,
        )
        self.check_locked(answer.outcome, snapshot, member)
        if answer.status is Status.REJECTED:
            return Decision(answer, is_final=True)
        if self.terms is not None and paid_hash(answer.outcome) != self.terms.paid_hash:
            answer.status = Status.PRICE_CHANGED
            return Decision(answer, is_final=False)
        # After this point the hold must succeed.
        if freed is not None:
            end_hold(book, freed, "voided")
        home_bucket = self.home_bucket(member)
        claim_code(book, self.sale, member)
        hold = set_aside(
            book,
            hold_id=self.hold_id,
            sale=self.sale,
            home_bucket=home_bucket,
            member=member,
            facts=facts,
            outcome=answer.outcome,
            snapshot=snapshot,
            priced_hash=self.priced_hash,
            ttl=self.ttl,
        )
        book.save_purchase(
            PurchaseKey(
                key_bucket(self.partner_id, self.purchase_id),
                self.partner_id,
                self.purchase_id,
                "held",
                self.priced_hash,
                home_bucket,
                hold.hold_id,
                None,
                None,
            )
        )
        answer.hold = HoldView(
            hold_id=hold.hold_id, points_minor=hold.points_minor, expires_at=hold.expires_at
        )
        if member is not None:
            answer.member = member_view(snapshot, self.sale.receipt.store, member, book.now)
        return Decision(answer, is_final=True)
