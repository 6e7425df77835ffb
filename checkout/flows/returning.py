"""Returns: goods of a confirmed receipt come back, with what was paid for them and what they gave.

Ladder, in this order: said before (request, then return) → purchase that was never confirmed →
business day far off → too late → positions and quantities that are not there → another sum than the
till showed → points that are spent already and must not be owed. Below the line nothing refuses.

What goods are worth follows from the receipt and the quantities that have come back in all: by its
stored shares (`checkout.flows.returned_shares`), or by what its rest comes to when it is evaluated
anew (`checkout.flows.recomputed_shares`). ``QuoteReturn`` is the same decision without its effects.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from uuid_utils.compat import uuid7

from checkout.flows.answers import (
    ConfirmAnswer,
    CreditAnswer,
    dump_answer,
    load_answer,
)
from checkout.flows.business_day import check_business_day, date_in
from checkout.flows.cancel import PurchaseOperation
from checkout.flows.giving import take_back_given
from checkout.flows.operation import Decision, merged_among
from checkout.flows.pricing import member_view
from checkout.flows.recomputed_shares import receipt_of, settled_of
from checkout.flows.returned_answer import answer_of_return
from checkout.flows.returned_certificates import certificate_refs_of, pay_back, undo
from checkout.flows.returned_certificates import undone as undone_certificates
from checkout.flows.returned_points import points_of_return
from checkout.flows.sale_gifts import gifts_back, give_back_gifts
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.settling import judged_by, settle
from checkout.flows.views import Status
from checkout.ledger.book import ContestedRefs, key_bucket
from checkout.ledger.claims import give_back_budget, give_back_limit
from checkout.ledger.postings import Movement, post_return
from checkout.ledger.return_rows import ReturnKey, ReturnLine, ReturnReceipt
from checkout.primitives import key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt

    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.flows.answers import ReturnAnswer
    from checkout.flows.ports import Snapshots
    from checkout.flows.returned_shares import Returned, SoldReceipt
    from checkout.flows.sale import Caller
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.postings import ReturnedPoints
    from checkout.ledger.rows import PurchaseKey
    from checkout.ledger.sale_book import SaleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCall:
    """What a till asks: which positions, in thousandths; without any, all that is left."""

    caller: Caller
    purchase_id: str
    return_id: str
    quantities: dict[int, int]
    shift: str = ""
    receipt_number: str = ""
    cashier: str = ""
    business_day: dt.date | None = None
    #: The money that the till has shown; none: whatever it is.
    shown_money_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ReturnIds:
    """Ids of what a return makes, chosen before."""

    return_receipt_id: UUID
    posting_id: UUID

    @classmethod
    def new(cls) -> ReturnIds:
        """Fresh ids, rising with time."""
        return cls(uuid7(), uuid7())


class ReturnOperation(PurchaseOperation):
    """Take goods back; with `changes` absent only say what would follow."""

    method = "ConfirmReturn"
    follows_certificates = True

    def __init__(self, call: ReturnCall, request_id: str, ids: ReturnIds, *, changes: bool) -> None:
        caller = call.caller
        content = call_hash(
            call.purchase_id,
            call.return_id,
            sorted(call.quantities.items()),
            [call.shift, call.receipt_number, call.cashier, str(call.business_day or "")],
        )
        super().__init__(caller.partner_id, request_id, content, call.purchase_id)
        self.call = call
        self.ids = ids
        self.changes = changes
        self.return_ref = (caller.partner_id, call.return_id)

    # ---- keys

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers()
        if self.changes:
            partner_id, return_id = self.return_ref
            keys.add(key_number(b"return", partner_id.bytes, return_id.encode()))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.sales.add((self.partner_id, self.purchase_id))
        if self.changes:
            refs.returns.add(self.return_ref)

    def _sale(self, book: Book) -> SaleBook | None:
        purchase = self.purchase(book)
        if purchase is None or purchase.receipt_id is None:
            return None
        return book.sales.get(purchase.receipt_id)

    def member_ids(self, book: Book) -> set[UUID]:
        sale = self._sale(book)
        return sale.owner_ids if sale is not None else set()

    def settled_ids(self, book: Book) -> set[UUID]:
        return merged_among(book, self.member_ids(book))

    def _confirmed(self, book: Book) -> ConfirmAnswer | None:
        """What the sale was answered."""
        sale = self._sale(book)
        if sale is None:
            return None
        answer = load_answer(book.answers[sale.receipt_id])
        assert isinstance(answer, ConfirmAnswer), "a receipt's answer is that of its confirm"
        purchase = self.purchase(book)
        if purchase is not None and purchase.credit_id is not None:
            credit = load_answer(book.answers[purchase.credit_id])
            assert isinstance(credit, CreditAnswer), "a credit has its answer"
            answer.outcome = credit.outcome
        return answer

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        answer = self._confirmed(book)
        return certificate_refs_of(self.partner_id, answer) if answer is not None else set()

    def snapshot_ids(self, book: Book) -> set[str]:
        sale = self._sale(book)
        return {sale.snapshot_id} if sale is not None else set()

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        del snapshots
        sale = self._sale(book)
        if sale is None:
            return set()
        used = {(use.partner_id, use.digest) for use in sale.coupon_uses}
        return used | sale.coupons_issued

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del snapshots
        sale = self._sale(book)
        return sale.contested if sale is not None else ContestedRefs()

    # ---- decision

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        known = book.returns.get(self.return_ref)
        if known is not None:
            if known.content_hash == self.content_hash:
                return Decision(load_answer(book.answers[known.return_receipt_id]), is_final=True)
            return _refused(
                Reason.RETURN_CONFIRMED, "the return id was used for another return", "return_id"
            )
        purchase, sale = self.purchase(book), self._sale(book)
        if purchase is None or sale is None:
            return self._never_confirmed(purchase)
        snapshot = snapshots.resident(sale.snapshot_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        answer = self._confirmed(book)
        assert answer is not None, "it is a confirmed sale"
        assert answer.outcome is not None, "a confirmed sale has an outcome"
        program = snapshot.programs[sale.program_code]
        sold = receipt_of(
            snapshot,
            program.document.returns.policy,
            purchase,
            book.contents[sale.receipt_id],
            answer.outcome,
            as_paid=answer.already_paid,
        )
        before = {int(position): quantity for position, quantity in purchase.returned.items()}
        asked = self.call.quantities or {
            position: quantity - before.get(position, 0)
            for position, quantity in sold.sold.items()
            if quantity > before.get(position, 0)
        }
        refusal = self._refusal(book, snapshot, sale, sold, before, asked)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        after = before | {p: before.get(p, 0) + quantity for p, quantity in asked.items()}
        had, has = sold.between(before, after, purchase.settled)
        member = book.members[sale.member_id] if sale.member_id is not None else None
        purse = book.purse(sale.purse_id)
        seen, payer = judged_by(book, purse) if purse is not None else (None, None)
        points = points_of_return(
            book, sale, seen, program.document, had, has, self.ids.posting_id, payer
        )
        if isinstance(points, Refusal):
            return Decision(points, is_final=False)
        undone = undone_certificates(book, self.partner_id, answer, sale.receipt_id, sold.sold, has)
        if isinstance(undone, Refusal):
            return Decision(undone, is_final=False)
        told = answer_of_return(self.call.return_id, answer, sold, had, has, points)
        told.gifts_back = gifts_back(sale, had, has)
        shown = self.call.shown_money_minor
        if shown is not None and shown != told.money_minor:
            told.status = Status.PRICE_CHANGED
            return Decision(told, is_final=False)
        if not self.changes:
            return Decision(told, is_final=False)
        self._book(book, sale, member, program, sold, had, has, points)
        by = self.ids.return_receipt_id
        pay_back(book, self.partner_id, program.document, answer, had, has, by)
        told.certificates_undone = undo(book, self.partner_id, answer, undone, had, has, by)
        purchase.returned = {str(position): quantity for position, quantity in after.items()}
        purchase.settled = settled_of(has)
        return self._finish(book, purchase, sale, snapshot, member, told)

    def _never_confirmed(self, purchase: PurchaseKey | None) -> Decision:
        if purchase is None:
            return _refused(Reason.PURCHASE_UNKNOWN, "there is no such purchase", "purchase_id")
        if purchase.state == "cancelled":
            return _refused(Reason.PURCHASE_CANCELLED, "this purchase was cancelled", "purchase_id")
        # One that was confirmed or credited in this batch: then the batch is run again one by one.
        assert purchase.state == "held", "a sale is read before it is returned"
        return _refused(
            Reason.PURCHASE_NOT_CONFIRMED,
            "this purchase is held, not confirmed: cancel it instead",
            "purchase_id",
        )

    def _refusal(
        self,
        book: Book,
        snapshot: CompiledSnapshot,
        sale: SaleBook,
        sold: SoldReceipt,
        before: dict[int, int],
        asked: dict[int, int],
    ) -> Refusal | None:
        today = date_in(self.call.caller.time_zone, book.now)
        refusal = check_business_day(self.call.business_day, today, "business_day")
        if refusal is not None:
            return refusal
        program = snapshot.programs[sale.program_code].document
        window = program.returns.window_days
        if window is not None:
            zone = zoneinfo.ZoneInfo(program.time_zone)
            age = book.now.astimezone(zone).date() - sale.confirmed_at.astimezone(zone).date()
            if age.days > window:
                return Refusal(
                    Reason.RETURN_TOO_LATE,
                    "the sale is too long ago",
                    "purchase_id",
                    {"days": age.days, "days_max": window},
                )
        for position, quantity in sorted(asked.items()):
            if position not in sold.sold:
                return Refusal(
                    Reason.RETURN_POSITION_UNKNOWN,
                    "the receipt has no such position",
                    "lines",
                    {"position": position},
                )
            left = sold.sold[position] - before.get(position, 0)
            if quantity > left:
                return _above_sold(position, quantity, left, sold.sold[position])
        if not asked:
            return _above_sold(0, 0, 0, sum(sold.sold.values()))
        return None

    def _book(
        self,
        book: Book,
        sale: SaleBook,
        member: MemberBook | None,
        program: CompiledProgram,
        sold: SoldReceipt,
        had: Returned,
        has: Returned,
        points: ReturnedPoints,
    ) -> None:
        """After this point the return must succeed."""
        by = self.ids.return_receipt_id
        purse = book.purse(sale.purse_id)
        if purse is not None and not points.is_empty:
            movement = Movement(
                self.ids.posting_id, self.partner_id, sale.program_code, "return", receipt_id=by
            )
            settle(
                *(book, purse, movement, points),
                lambda: post_return(book, purse, movement, points),
            )
        for use in sale.limit_uses:
            limit = program.limits_by_ref.get((use.campaign_code, use.limit_code))
            uses = sold.limit_uses(use, limit, has) - sold.limit_uses(use, limit, had)
            if uses:
                ref = (use.owner_id, use.campaign_code, use.limit_code)
                give_back_limit(book, use, shared=ref in sale.shared, by=by, uses=uses)
        for spent in sale.budget_uses:
            (money, times), (money_before, times_before) = (
                sold.budget_uses(spent, each) for each in (has, had)
            )
            if money > money_before or times > times_before:
                give_back_budget(book, spent, by, money - money_before, times - times_before)
        if member is not None and has.is_all:
            book.uncount_purchase(member.member)
        if program.document.returns.coupons_back:
            take_back_given(book, sale, member, had, has, by)
        give_back_gifts(book, sale, had, has, by)

    def _finish(
        self,
        book: Book,
        purchase: PurchaseKey,
        sale: SaleBook,
        snapshot: CompiledSnapshot,
        member: MemberBook | None,
        told: ReturnAnswer,
    ) -> Decision:
        """Keep the return, its answer, and what has come back so far."""
        call, by = self.call, self.ids.return_receipt_id
        told.return_receipt_id, told.returned_at = by, book.now
        if member is not None:
            told.member = member_view(snapshot, sale.store_code, member.survivor, book.now)
        stored = dump_answer(told)
        book.save_purchase(purchase)
        book.writes.returns.append(
            ReturnReceipt(
                bucket=sale.bucket,
                month=book.month,
                return_receipt_id=by,
                partner_id=self.partner_id,
                return_id=call.return_id,
                purchase_id=self.purchase_id,
                receipt_id=sale.receipt_id,
                member_id=sale.member_id,
                store_code=call.caller.store_code,
                terminal_code=call.caller.terminal_code,
                returned_at=book.now,
                business_day=call.business_day or date_in(call.caller.time_zone, book.now),
                shift=call.shift,
                receipt_number=call.receipt_number,
                cashier=call.cashier,
                money_minor=told.money_minor,
                points_value_minor=told.points_value_minor,
                certificates_minor=told.certificates_minor,
                points_back_minor=told.points_back_minor,
                answer=stored,
                household_id=sale.household_id,
            )
        )
        book.writes.return_lines += [
            ReturnLine(
                sale.bucket,
                book.month,
                by,
                sale.receipt_id,
                line.position,
                line.quantity_milli,
                line.money_minor,
                line.points_value_minor,
                line.certificates_minor,
            )
            for line in told.lines
        ]
        key = ReturnKey(
            key_bucket(*self.return_ref),
            *self.return_ref,
            self.content_hash,
            sale.bucket,
            book.month,
            by,
        )
        book.returns[self.return_ref] = book.writes.return_keys[self.return_ref] = key
        book.answers[by] = stored
        return Decision(told, is_final=True)


def _above_sold(position: int, wanted: int, left: int, sold: int) -> Refusal:
    return Refusal(
        Reason.RETURN_ABOVE_SOLD,
        "more is to be returned than is left of what was sold",
        "lines",
        {"position": position, "wanted_milli": wanted, "left_milli": left, "sold_milli": sold},
    )


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
