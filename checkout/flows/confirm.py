"""Confirm: make a sale final - spend, earn, claim.

Keep all that is needed to explain and return it.

Ladder, in this order: said before (request, then purchase) → ended otherwise → number taken →
business day far off → the hold's guaranteed price, if one lives (with fewer points, too:
`checkout.flows.less_spent`) → evaluate anew under the locks with the quote's own snapshot and
moment → refused sale or points → changed price. Below the line nothing refuses.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from checkout.engine.evaluate import evaluate
from checkout.engine.stored_outcome import outcome_of_document
from checkout.flows.answers import ConfirmAnswer
from checkout.flows.as_sold import OfflineTerms, allowance_ref, as_sold, spend_allowance
from checkout.flows.final_operation import FinalSaleOperation
from checkout.flows.final_sale import Priced
from checkout.flows.less_spent import price_less, spends_less
from checkout.flows.limit_slots import Subjects
from checkout.flows.operation import Decision
from checkout.flows.pricing import (
    LATE_MAX,
    QUOTE_VALIDITY,
    check_time,
    make_quote,
    quote_of,
    rejection_of,
)
from checkout.flows.sale_facts import dump_facts, load_facts
from checkout.flows.sale_gifts import as_gifts_last
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash, paid_hash, sale_hashes
from checkout.flows.tender_plan import is_outside_plan
from checkout.flows.views import Status
from checkout.ledger.coupons import coupons_of
from checkout.ledger.holds import certificates_of, contested_by, is_live
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.answers import QuoteAnswer
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.final_sale import ConfirmIds
    from checkout.flows.ports import Snapshots
    from checkout.flows.quote_token import QuoteTerms, TokenSigner
    from checkout.flows.sale import Sale, Settlement
    from checkout.ledger.book import Book, ContestedRefs, MemberBook
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.rows import Hold


class ConfirmOperation(FinalSaleOperation):
    """Make one purchase final."""

    method = "Confirm"

    def __init__(
        self,
        sale: Sale,
        settlement: Settlement,
        *,
        request_id: str,
        signer: TokenSigner,
        terms: QuoteTerms | None,
        ids: ConfirmIds,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        refuses_taken_numbers: bool,
        already_paid: bool = False,
        offline_terms: OfflineTerms | None = None,
    ) -> None:
        said, priced = sale_hashes(sale, settlement)
        quoted = terms.paid_hash.hex() if terms is not None else ""
        super().__init__(
            sale,
            settlement,
            request_id=request_id,
            content_hash=call_hash(said.hex(), quoted, *(["paid"] if already_paid else [])),
            sale_hash=said,
            terms=terms,
            ids=ids,
            codes=codes,
            coupon_codes=coupon_codes,
            refuses_taken_numbers=refuses_taken_numbers,
        )
        # Nearly every confirm is asked for it.
        self.priced_hash = priced
        self.signer = signer
        self.already_paid = already_paid
        self.offline_terms = offline_terms or OfflineTerms()

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        refs = super().contested_refs(book, snapshots)
        hold = self.hold_of_purchase(book)
        if self.already_paid and hold is not None:
            kept = contested_by(hold)
            refs.add(kept)
            self.budgeted.update(campaign for _, campaign in kept.budgets)
            self.shared |= kept.limits
            self.gifts.update(gift for _, gift in kept.gifts)
            if hold.points_minor or certificates_of(hold):
                refs.limits.add(allowance_ref(self.sale.caller))
        if hold is not None and self._spends_less(book):
            snapshot = snapshots.resident(hold.snapshot_id)
            if snapshot is not None:
                member = self._holder(book, hold)
                receipt = replace(self.sale.receipt, terminal=hold.terminal_code)
                self.reach(refs, snapshot, member, load_facts(hold.facts), receipt)
        return refs

    def snapshot_ids(self, book: Book) -> set[str]:
        ids = super().snapshot_ids(book)
        hold = self.hold_of_purchase(book)
        if self.already_paid and hold is not None:
            ids.add(hold.snapshot_id)
        return ids

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        refs = super().coupon_refs(book, snapshots)
        hold = self.hold_of_purchase(book)
        if self.already_paid and hold is not None:
            refs |= coupons_of(hold)
        return refs

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        refs = super().certificate_refs(book)
        hold = self.hold_of_purchase(book)
        if self.already_paid and hold is not None:
            refs |= certificates_of(hold)
        return refs

    # ---- decision

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        said = self.said_before(book)
        if said is not None:
            return said
        hold = self.hold_of_purchase(book)
        refusal = (
            self.refusal_of_state(book)
            or self.refusal_of_number(book)
            or self.refusal_of_day()
            or self._refusal_of_token(book, hold)
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        lives = hold is not None and is_live(hold, book.now)
        snapshot = self._snapshot(book, snapshots, hold)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        member, identifier_reason = self.member(book, snapshot)
        if hold is not None and (lives or self.already_paid):
            member, identifier_reason = self._held_for(book, hold, member, identifier_reason)
        if hold is not None and lives:
            priced = self._price_held(book, snapshots, hold, member, identifier_reason)
        elif self.already_paid:
            priced = self._paid_at_the_held_price(book, snapshots, hold)
        else:
            priced = self._price_anew(book, snapshots, snapshot, member, identifier_reason, hold)
        if isinstance(priced, Refusal):
            return Decision(priced, is_final=False)
        if isinstance(priced, Decision):
            return priced
        if not self.already_paid and self._is_outside_plan(priced):
            return Decision(_differs("settlement.tenders"), is_final=False)
        return self.finish(book, priced, member, identifier_reason, hold)

    def _is_outside_plan(self, priced: Priced) -> bool:
        program = priced.compiled(self.sale.receipt.store)
        return is_outside_plan(program, priced.outcome, self.sale, self.settlement)

    def _snapshot(
        self, book: Book, snapshots: Snapshots, hold: Hold | None
    ) -> CompiledSnapshot | None:
        """The rules of its price: the hold's, the quote's while it is honoured, or today's."""
        if hold is not None and (self.already_paid or is_live(hold, book.now)):
            return snapshots.resident(hold.snapshot_id)
        current = snapshots.current(self.partner_id)
        if current is None or self.sale.receipt.store not in current.stores:
            return None
        if self.terms is not None and book.now <= self.terms.valid_until:
            return snapshots.resident(self.terms.snapshot_id) or current
        return current

    def _price_held(
        self,
        book: Book,
        snapshots: Snapshots,
        hold: Hold,
        member: MemberBook | None,
        identifier_reason: Reason | None,
    ) -> Priced | Decision | Refusal:
        """The price that the hold guarantees, also if fewer points are spent than it keeps."""
        less = self._spends_less(book)
        if hold.priced_hash != self.priced_hash and not less:
            return _differs("receipt")
        priced = self._priced_by_hold(hold, snapshots)
        if priced is None:
            return missing_snapshot()
        shown = priced.outcome
        if less:
            decided = price_less(self, book, priced, hold, member)
            if isinstance(decided, Refusal):
                return self._rejected(decided, identifier_reason)
            if decided is None:
                return _differs("receipt")
            priced = decided
            if self.terms is not None and self.terms.priced_hash == self.priced_hash:
                shown = priced.outcome
        if self.terms is not None and self.terms.paid_hash != paid_hash(shown):
            return self._held_price(book, priced, member, identifier_reason)
        return priced

    def _refusal_of_token(self, book: Book, hold: Hold | None) -> Refusal | None:
        """The token is of another receipt, and not of one that is held for more points."""
        if self.terms is None or self.terms.priced_hash == self.priced_hash:
            return None
        is_of_hold = hold is not None and self.terms.priced_hash == hold.priced_hash
        return None if is_of_hold and self._spends_less(book) else _differs("quote_token")

    def _held_for(
        self, book: Book, hold: Hold, member: MemberBook | None, reason: Reason | None
    ) -> tuple[MemberBook | None, Reason | None]:
        """To whom the price of a hold is sold, whatever has become of the card."""
        if hold.member_id is not None:
            # A card that was blocked meanwhile does not undo a guaranteed price.
            return self._holder(book, hold), None
        if member is not None:
            # Nor does one that became known: what was held for a guest is sold to a guest.
            return None, Reason.MEMBER_UNKNOWN
        return None, reason

    @staticmethod
    def _holder(book: Book, hold: Hold) -> MemberBook | None:
        """Whom a hold was made for; who has been merged since is the one that survived."""
        return book.members[hold.member_id].survivor if hold.member_id is not None else None

    def _spends_less(self, book: Book) -> bool:
        hold = self.hold_of_purchase(book)
        return hold is not None and is_live(hold, book.now) and spends_less(self.sale, hold)

    def _rejected(self, rejection: Refusal, identifier_reason: Reason | None) -> Decision:
        return Decision(
            ConfirmAnswer(
                status=Status.REJECTED,
                purchase_id=self.purchase_id,
                reason=rejection.reason,
                numbers=rejection.numbers,
                identifier_reason=identifier_reason,
            ),
            is_final=True,
        )

    def _priced_by_hold(self, hold: Hold, snapshots: Snapshots) -> Priced | None:
        snapshot = snapshots.resident(hold.snapshot_id)
        if snapshot is None:
            return None
        outcome = outcome_of_document(orjson.loads(hold.outcome))
        at = hold.terminal_code
        return Priced(snapshot, hold.evaluated_at, hold.facts, outcome, hold, terminal_code=at)

    def _paid_at_the_held_price(
        self, book: Book, snapshots: Snapshots, hold: Hold | None
    ) -> Priced | Refusal:
        """The price of the hold that has ended: the money was taken before it did, or off line."""
        if hold is None:
            return Refusal(
                Reason.HOLD_UNKNOWN,
                "only the price of a hold that has ended is accepted as paid; this purchase has"
                " none",
                "already_paid",
            )
        if hold.priced_hash != self.priced_hash:
            return _differs("receipt")
        refusal = check_time(self.sale.receipt, book.now, self.offline_terms.late)
        if refusal is not None:
            return refusal
        priced = self._priced_by_hold(hold, snapshots)
        if priced is None:
            return missing_snapshot()
        owner = self._holder(book, hold)
        allowance = spend_allowance(
            book,
            self.offline_terms,
            self.sale,
            Subjects.of(self.sale, owner),
            owner,
            priced.outcome.points_value_minor + priced.outcome.certificates_minor,
        )
        if isinstance(allowance, Refusal):
            return allowance
        freed = hold if hold.state == "pending" else None
        facts = self.facts(book, priced.snapshot, owner, priced.evaluated_at, freed)
        priced = as_gifts_last(priced, priced.receipt(self.sale), facts.gifts_left)
        sold = as_sold(
            priced.snapshot,
            facts,
            self.sale,
            priced.outcome,
            "online",
            already_paid=True,
            allowance=allowance,
        )
        return replace(priced, guaranteed_by=None, as_sold=sold)

    def _price_anew(
        self,
        book: Book,
        snapshots: Snapshots,
        snapshot: CompiledSnapshot,
        member: MemberBook | None,
        identifier_reason: Reason | None,
        hold: Hold | None,
    ) -> Priced | Decision:
        """Evaluate under the locks: with the quote's snapshot and moment while it is honoured.

        Else with today's.
        """
        evaluated_at = book.now
        shown = self._shown_hash(hold)
        late = LATE_MAX if shown is not None else dt.timedelta()
        refusal = check_time(self.sale.receipt, book.now, late)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        if self.terms is not None and book.now <= self.terms.valid_until:
            evaluated_at = self.terms.evaluated_at
        freed = hold if hold is not None and hold.state == "pending" else None
        facts = self.facts(book, snapshot, member, evaluated_at, freed)
        outcome = evaluate(snapshot, facts, self.sale.receipt)
        self.check_locked(outcome, snapshot, member)
        rejection = rejection_of(outcome, member, self.sale.identifier)
        if rejection is not None:
            return self._rejected(rejection, identifier_reason)
        if shown is not None and paid_hash(outcome) != shown:
            current = snapshots.current(self.partner_id)
            assert current is not None, "what is priced anew has rules in force"
            # The store may have another program by now, which the member may have left.
            member, identifier_reason = self.member(book, current)
            fresh = make_quote(
                current,
                self.signer,
                self.sale,
                self.facts(book, current, member, book.now, freed),
                book.now,
                member=member,
                identifier_reason=identifier_reason,
            )
            self.check_locked(fresh.outcome, current, member)
            return self._price_changed(fresh)
        return Priced(snapshot, evaluated_at, dump_facts(facts), outcome, None)

    def _held_price(
        self, book: Book, priced: Priced, member: MemberBook | None, reason: Reason | None
    ) -> Decision:
        """Another price was shown than the one that is held: that one is shown first."""
        assert priced.guaranteed_by is not None, "only a hold has a held price"
        ends = min(priced.guaranteed_by.expires_at, book.now + QUOTE_VALIDITY)
        return self._price_changed(
            quote_of(
                priced.outcome,
                priced.snapshot,
                self.signer,
                self.sale,
                book.now,
                member=member,
                identifier_reason=reason,
                valid_until=ends,
            )
        )

    def _price_changed(self, fresh: QuoteAnswer) -> Decision:
        answer = ConfirmAnswer(
            status=Status.PRICE_CHANGED,
            purchase_id=self.purchase_id,
            identifier_reason=fresh.identifier_reason,
            quote=fresh,
        )
        return Decision(answer, is_final=False)

    def _shown_hash(self, hold: Hold | None) -> bytes | None:
        """What the customer was shown: the quote's price, else that of the hold that ran out."""
        if self.terms is not None:
            return self.terms.paid_hash
        if hold is None or hold.priced_hash != self.priced_hash:
            return None
        return paid_hash(outcome_of_document(orjson.loads(hold.outcome)))


def _differs(field: str) -> Refusal:
    return Refusal(
        Reason.RECEIPT_DIFFERS,
        "the receipt is not the one that was quoted or held; quote again",
        field,
    )
