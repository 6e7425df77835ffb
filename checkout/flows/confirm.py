"""Confirm: make a sale final - spend, earn, claim.

Keep all that is needed to explain and return it.

Ladder, in this order: said before (request, then purchase) → ended otherwise → the hold's
guaranteed price, if one lives → evaluate anew under the locks with the quote's own snapshot and
moment → refused sale or points → changed price. Below the line nothing refuses.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter

from checkout.engine.evaluate import evaluate
from checkout.engine.outcome import Outcome
from checkout.flows.answers import ConfirmAnswer, Status, dump_answer, load_answer
from checkout.flows.debts import pay_debts
from checkout.flows.final_sale import ConfirmIds, Priced, post_points, receipt_row
from checkout.flows.giving import give_issued
from checkout.flows.holding import claims_of_outcome
from checkout.flows.new_certificates import activate_sold, issue_granted, refusal_of_sold
from checkout.flows.operation import Decision
from checkout.flows.pricing import (
    LATE_MAX,
    QUOTE_VALIDITY,
    check_time,
    make_quote,
    member_view,
    quote_of,
    rejection_of,
    slip_of,
)
from checkout.flows.qr_codes import claim_code
from checkout.flows.sale_facts import dump_facts
from checkout.flows.sale_operation import SaleOperation, missing_snapshot
from checkout.flows.sameness import call_hash, paid_hash, priced_hash, sale_hash
from checkout.ledger.book import key_bucket, natural_bucket
from checkout.ledger.claims import use_claims
from checkout.ledger.holds import end_hold, is_live
from checkout.ledger.rows import NaturalKey, PurchaseKey
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.flows.answers import CertificateGiven, QuoteAnswer
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.ports import Snapshots
    from checkout.flows.quote_token import QuoteTerms, TokenSigner
    from checkout.flows.sale import Sale, Settlement
    from checkout.ledger.book import Book, KeyRefs, MemberBook, NaturalRef
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.rows import Hold

_OUTCOME: Final = TypeAdapter(Outcome)


class ConfirmOperation(SaleOperation):
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
    ) -> None:
        self.settlement = settlement
        self.ids = ids
        self.codes = codes
        self.coupon_codes = coupon_codes
        self.refuses_taken_numbers = refuses_taken_numbers
        #: The store's: as the till says, else the date of the receipt.
        self.business_day = settlement.business_day or sale.receipt.local_time.date()
        self.sale_hash = sale_hash(sale, settlement)
        quoted = terms.paid_hash.hex() if terms is not None else ""
        super().__init__(
            sale,
            request_id=request_id,
            content_hash=call_hash(self.sale_hash.hex(), quoted),
            signer=signer,
            terms=terms,
        )

    # ---- keys

    def natural_ref(self) -> NaturalRef | None:
        """The receipt number, if the till gave one."""
        settlement, caller = self.settlement, self.sale.caller
        if not settlement.receipt_number:
            return None
        return (
            self.partner_id,
            caller.store_code,
            caller.terminal_code,
            settlement.shift,
            settlement.receipt_number,
            self.business_day,
        )

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers()
        ref = self.natural_ref()
        if ref is not None:
            keys.add(key_number(b"natural", ref[0].bytes, *(str(p).encode() for p in ref[1:])))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        ref = self.natural_ref()
        if ref is not None:
            refs.naturals.add(ref)

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        sold = {(self.partner_id, each.digest) for each in self.settlement.certificates_sold}
        return super().certificate_refs(book) | sold

    # ---- decision

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        purchase = book.purchases.get((self.partner_id, self.purchase_id))
        if (
            purchase is not None
            and purchase.receipt_id is not None
            and purchase.content_hash == self.sale_hash
        ):
            return Decision(
                load_answer(book.answers[purchase.receipt_id]),
                is_final=True,
                receipt_id=purchase.receipt_id,
                home_bucket=purchase.home_bucket,
                month=purchase.month,
            )
        refusal = self.refusal_of_state(book) or self._refusal_of_number(book)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        priced_content = priced_hash(self.sale)
        if self.terms is not None and self.terms.priced_hash != priced_content:
            return Decision(_differs("quote_token"), is_final=False)
        member, identifier_reason = self.member(book)
        hold = self.hold_of_purchase(book)
        if hold is not None and is_live(hold, book.now):
            if hold.priced_hash != priced_content:
                return Decision(_differs("receipt"), is_final=False)
            priced = self._priced_by_hold(hold, snapshots)
            if priced is None:
                return Decision(missing_snapshot(), is_final=False)
            if hold.member_id is not None:
                # A card that was blocked meanwhile does not undo a guaranteed price.
                member, identifier_reason = book.members[hold.member_id], None
            elif member is not None:
                # Nor does one that became known: what was held for a guest is sold to a guest.
                member, identifier_reason = None, Reason.MEMBER_UNKNOWN
            if self.terms is not None and self.terms.paid_hash != paid_hash(priced.outcome):
                return self._held_price(book, priced, member, identifier_reason)
        else:
            decided = self._price_anew(book, snapshots, member, identifier_reason, hold)
            if isinstance(decided, Decision):
                return decided
            priced = decided
        refusal = refusal_of_sold(
            book,
            self.partner_id,
            priced.compiled(self.sale.receipt.store),
            self.sale.receipt,
            self.settlement.certificates_sold,
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        return self._finish(book, priced, member, identifier_reason, hold)

    def _refusal_of_number(self, book: Book) -> Refusal | None:
        taken = self._number_taken_by(book)
        if not taken or not self.refuses_taken_numbers:
            return None
        return Refusal(
            Reason.RECEIPT_NUMBER_TAKEN,
            "another purchase has this receipt number, shift and day at this terminal",
            "receipt_number",
            {"purchase_id": taken},
        )

    def _number_taken_by(self, book: Book) -> str:
        ref = self.natural_ref()
        known = book.naturals.get(ref) if ref is not None else None
        return known.purchase_id if known is not None else ""

    def _priced_by_hold(self, hold: Hold, snapshots: Snapshots) -> Priced | None:
        snapshot = snapshots.resident(hold.snapshot_id)
        if snapshot is None:
            return None
        outcome = _OUTCOME.validate_json(hold.outcome)
        return Priced(snapshot, hold.evaluated_at, hold.facts, outcome, hold)

    def _price_anew(
        self,
        book: Book,
        snapshots: Snapshots,
        member: MemberBook | None,
        identifier_reason: Reason | None,
        hold: Hold | None,
    ) -> Priced | Decision:
        """Evaluate under the locks: with the quote's snapshot and moment while it is honoured.

        Else with today's.
        """
        current = snapshots.current(self.partner_id)
        if current is None or self.sale.receipt.store not in current.stores:
            return Decision(missing_snapshot(), is_final=False)
        snapshot, evaluated_at = current, book.now
        shown = self._shown_hash(hold)
        late = LATE_MAX if shown is not None else dt.timedelta()
        refusal = check_time(self.sale.receipt, book.now, late)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        if self.terms is not None and book.now <= self.terms.valid_until:
            snapshot = snapshots.resident(self.terms.snapshot_id) or current
            evaluated_at = self.terms.evaluated_at
        freed = hold if hold is not None and hold.state == "pending" else None
        facts = self.facts(book, snapshot, member, evaluated_at, freed)
        outcome = evaluate(snapshot, facts, self.sale.receipt)
        self.check_locked(outcome, snapshot, member)
        rejection = rejection_of(outcome, member, self.sale.identifier)
        if rejection is not None:
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
        if shown is not None and paid_hash(outcome) != shown:
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
        if hold is None or hold.priced_hash != priced_hash(self.sale):
            return None
        return paid_hash(_OUTCOME.validate_json(hold.outcome))

    def _finish(
        self,
        book: Book,
        priced: Priced,
        member: MemberBook | None,
        identifier_reason: Reason | None,
        hold: Hold | None,
    ) -> Decision:
        """After this point the sale must succeed."""
        sale, outcome = self.sale, priced.outcome
        home_bucket = self.home_bucket(member)
        claim_code(book, sale, member)
        if hold is not None and hold.state == "pending":
            owner = book.members[hold.member_id] if hold.member_id is not None else None
            ended = "posted" if priced.guaranteed_by is not None else "expired"
            end_hold(book, owner, hold, ended)
        if member is not None:
            post_points(book, sale, priced, member, self.ids)
            program_code = priced.program(sale.receipt.store).code
            pay_debts(book, member, self.partner_id, program_code, self.ids.posting_id)
            book.count_purchase(member.member, sale.receipt.local_time.date())
        claims = claims_of_outcome(outcome, priced.snapshot, sale, member)
        use_claims(book, self.partner_id, member, self.ids.receipt_id, claims)
        issued = give_issued(
            book,
            outcome.issued,
            self.partner_id,
            self.ids.receipt_id,
            member,
            priced.program(sale.receipt.store).time_zone,
            self.coupon_codes,
        )
        certificates = self._certificates(book, priced)
        taken_by = self._number_taken_by(book)
        natural = self.natural_ref()
        if natural is not None and not taken_by:
            row = NaturalKey(natural_bucket(natural), *natural, self.purchase_id)
            book.naturals[natural] = book.writes.naturals[natural] = row
        view = None
        if member is not None:
            view = member_view(priced.snapshot, sale.receipt.store, member, book.now)
        answer = ConfirmAnswer(
            status=Status.OK,
            purchase_id=self.purchase_id,
            receipt_id=self.ids.receipt_id,
            confirmed_at=book.now,
            snapshot_id=priced.snapshot.snapshot_id,
            outcome=outcome,
            identifier_reason=identifier_reason,
            member=view,
            slip=slip_of(priced.snapshot, sale.receipt, outcome, view),
            receipt_number_taken_by=taken_by if taken_by != self.purchase_id else "",
            coupons_issued=issued,
            certificates=certificates,
        )
        stored = dump_answer(answer)
        book.writes.receipts.append(
            receipt_row(
                book,
                sale,
                self.settlement,
                priced,
                bucket=home_bucket,
                member=member,
                ids=self.ids,
                business_day=self.business_day,
                answer=stored,
            )
        )
        book.answers[self.ids.receipt_id] = stored
        book.save_purchase(
            PurchaseKey(
                key_bucket(self.partner_id, self.purchase_id),
                self.partner_id,
                self.purchase_id,
                "confirmed",
                self.sale_hash,
                home_bucket,
                hold.hold_id if hold is not None else None,
                book.month,
                self.ids.receipt_id,
            )
        )
        return Decision(
            answer,
            is_final=True,
            receipt_id=self.ids.receipt_id,
            home_bucket=home_bucket,
            month=book.month,
        )

    def _certificates(self, book: Book, priced: Priced) -> list[CertificateGiven]:
        """Certificates that the sale brings: its lines sell them, or campaigns issue them."""
        program = priced.compiled(self.sale.receipt.store)
        receipt_id = self.ids.receipt_id
        sold = self.settlement.certificates_sold
        given = activate_sold(book, self.partner_id, program, receipt_id, sold)
        if priced.outcome.issued:
            given += issue_granted(
                book,
                self.partner_id,
                program,
                priced.snapshot.currency.code,
                receipt_id,
                priced.outcome,
                self.codes,
            )
        return given


def _differs(field: str) -> Refusal:
    return Refusal(
        Reason.RECEIPT_DIFFERS,
        "the receipt is not the one that was quoted or held; quote again",
        field,
    )
