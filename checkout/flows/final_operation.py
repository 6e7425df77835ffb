"""What makes a sale final, whoever decided on its price: points, claims, receipt, answer, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import ConfirmAnswer, dump_answer, load_answer
from checkout.flows.as_sold import with_overruns, with_what_is_missing
from checkout.flows.business_day import check_business_day
from checkout.flows.debts import pay_debts
from checkout.flows.final_sale import post_points, receipt_row
from checkout.flows.giving import give_issued
from checkout.flows.holding import claims_of_outcome
from checkout.flows.households import pool_points
from checkout.flows.new_certificates import activate_sold, for_sale, issue_granted
from checkout.flows.operation import Decision
from checkout.flows.pricing import member_view, slip_of
from checkout.flows.qr_codes import claim_code
from checkout.flows.sale_operation import SaleOperation
from checkout.flows.views import Status
from checkout.ledger.book import key_bucket, natural_bucket
from checkout.ledger.claims import use_claims
from checkout.ledger.holds import end_hold, is_live
from checkout.ledger.rows import NaturalKey, PurchaseKey
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.flows.answers import CertificateGiven
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.final_sale import ConfirmIds, Priced
    from checkout.flows.quote_token import QuoteTerms
    from checkout.flows.sale import AlreadyPaid, Sale, Settlement, SoldCertificate
    from checkout.ledger.book import Book, KeyRefs, MemberBook, NaturalRef, StoreNumberRef
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.rows import Hold


class FinalSaleOperation(SaleOperation):
    """A call that makes one purchase final."""

    def __init__(
        self,
        sale: Sale,
        settlement: Settlement,
        *,
        request_id: str,
        content_hash: bytes,
        sale_hash: bytes,
        terms: QuoteTerms | None,
        ids: ConfirmIds,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        refuses_taken_numbers: bool,
        paid: AlreadyPaid | None = None,
    ) -> None:
        super().__init__(sale, request_id=request_id, content_hash=content_hash, terms=terms)
        self.settlement = settlement
        self.sale_hash = sale_hash
        self.ids = ids
        self.codes = codes
        self.coupon_codes = coupon_codes
        self.refuses_taken_numbers = refuses_taken_numbers
        #: What the till gave and took by itself, if it sold without the service.
        self.paid = paid
        #: The store's: as the till says, else the date of the receipt.
        self.business_day = settlement.business_day or sale.receipt.local_time.date()

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

    def store_number_refs(self) -> set[StoreNumberRef]:
        """The receipt number in the whole store, if the till gave one.

        Of the business day, and of the date that stands on the paper: at night they may differ.
        """
        number = self.settlement.receipt_number
        if not number:
            return set()
        days = {self.business_day, self.sale.receipt.local_time.date()}
        return {(self.partner_id, self.sale.caller.store_code, day, number) for day in days}

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers()
        for partner_id, *place in self.store_number_refs():
            # Terminal and shift aside: what is added by hand looks for the number in the whole
            # store, and must not pass a till that sells it at that moment.
            keys.add(key_number(b"natural", partner_id.bytes, *(str(p).encode() for p in place)))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        ref = self.natural_ref()
        if ref is not None:
            refs.naturals.add(ref)

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        sold = {(self.partner_id, each.digest) for each in self.settlement.certificates_sold}
        return super().certificate_refs(book) | sold

    # ---- parts of the decision

    def said_before(self, book: Book) -> Decision | None:
        """The first answer, if the same purchase is final already."""
        purchase = book.purchases.get((self.partner_id, self.purchase_id))
        if (
            purchase is None
            or purchase.receipt_id is None
            or purchase.content_hash != self.sale_hash
        ):
            return None
        return Decision(
            load_answer(book.answers[purchase.receipt_id]),
            is_final=True,
            receipt_id=purchase.receipt_id,
            home_bucket=purchase.home_bucket,
            month=purchase.month,
        )

    def refusal_of_day(self) -> Refusal | None:
        """By the date of the receipt, whose own time is looked at elsewhere."""
        date = self.sale.receipt.local_time.date()
        return check_business_day(self.settlement.business_day, date, "settlement.business_day")

    def refusal_of_number(self, book: Book) -> Refusal | None:
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

    def finish(
        self,
        book: Book,
        priced: Priced,
        member: MemberBook | None,
        identifier_reason: Reason | None,
        hold: Hold | None,
    ) -> Decision:
        """Make it final, unless a certificate that it sells is not for sale.

        Of what has been sold already only the certificate goes without, and a flag says so.
        """
        sale, outcome = self.sale, priced.outcome
        sells = for_sale(
            book,
            self.partner_id,
            priced.compiled(sale.receipt.store),
            sale.receipt,
            self.settlement.certificates_sold,
        )
        if priced.as_sold is not None:
            priced.as_sold.flags += sells.flags
        elif sells.refusals:
            return Decision(sells.refusals[0], is_final=False)
        # After this point the sale must succeed.
        purse = book.purse(priced.household_id(member)) or member
        home_bucket = purse.member.bucket if purse is not None else self.home_bucket(None)
        claim_code(book, sale, member)
        if hold is not None and hold.state == "pending":
            ended = "voided" if is_live(hold, book.now) else "expired"
            if priced.guaranteed_by is not None:
                ended = "posted"
            end_hold(book, hold, ended)
        if member is not None and purse is not None:
            post_points(book, sale, priced, purse, self.ids)
            program_code = priced.program(sale.receipt.store).code
            by = self.ids.posting_id
            purse = pool_points(book, purse, self.partner_id, program_code, by)
            pay_debts(book, purse, self.partner_id, program_code, by)
            book.count_purchase(member.member, sale.receipt.local_time.date())
        sold = priced.as_sold
        claims = claims_of_outcome(outcome, priced.snapshot, sale, member, priced.guaranteed_by)
        if sold is not None:
            claims = with_overruns(claims, sold)
            claims = with_what_is_missing(
                book,
                self.partner_id,
                claims,
                sold,
                priced.program(sale.receipt.store).returns.debt,
                member=member,
                valid_at=priced.evaluated_at,
            )
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
        certificates = self._certificates(book, priced, sells.good)
        taken_by = self._number_taken_by(book)
        natural = self.natural_ref()
        if natural is not None and not taken_by:
            row = NaturalKey(natural_bucket(natural), *natural, self.purchase_id)
            book.naturals[natural] = book.writes.naturals[natural] = row
        for number in self.store_number_refs():
            book.store_numbers.setdefault(number, self.purchase_id)
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
        if sale.is_training:
            answer.mode = "training"
        if sold is not None:
            answer.mode, answer.already_paid, answer.flags = (
                sold.mode,
                sold.already_paid,
                sold.flags,
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
                paid=self.paid,
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

    def _certificates(
        self, book: Book, priced: Priced, sold: list[SoldCertificate]
    ) -> list[CertificateGiven]:
        """Certificates that the sale brings: its lines sell them, or campaigns issue them.

        A sold one can be spent, and ends, as one sold at the sale's own time, as points do; the
        code of an issued one is told only now.
        """
        program = priced.compiled(self.sale.receipt.store)
        receipt_id = self.ids.receipt_id
        sold_at = book.now if priced.as_sold is None else priced.evaluated_at
        given = activate_sold(book, self.partner_id, program, receipt_id, sold, sold_at)
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
