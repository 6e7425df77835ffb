"""CreditLater: the forgotten card - a guest's receipt earns for the member who it was.

Ladder, in this order: said before (request, then purchase) → no such receipt → has a member already
→ something has come back → too late → nobody's card. Below the line nothing refuses.

The price stays as it was paid. What the receipt earns is found under its own snapshot, with what is
known of the member, limits and budgets now. From then on it is the member's: a return takes the
points back.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from checkout.engine.contested import contested
from checkout.engine.facts import BudgetUse, Facts
from checkout.engine.receipt import Receipt
from checkout.engine.schema.limits import Measure
from checkout.engine.sold import evaluate_credit
from checkout.flows.answers import ConfirmAnswer, CreditAnswer, dump_answer, load_answer
from checkout.flows.as_sold import as_given
from checkout.flows.cancel import PurchaseOperation
from checkout.flows.debts import pay_debts
from checkout.flows.earning import earned_lots
from checkout.flows.limit_slots import Subjects, limit_uses, slot_claims, slots_of
from checkout.flows.operation import Decision, member_of_identifier, who_takes_part
from checkout.flows.pricing import member_view
from checkout.flows.sale import load_content
from checkout.flows.sale_facts import dump_facts, load_facts, sale_facts, stopped_in
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash, paid_hash
from checkout.ledger.book import ContestedRefs
from checkout.ledger.claims import Claims, SpendClaim, use_claims
from checkout.ledger.credit_rows import Credit
from checkout.ledger.postings import Movement, post_sale
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.outcome import LimitClaim, Outcome
    from checkout.engine.sold import SoldDiscount
    from checkout.engine.taken_certificate import TakenCertificate
    from checkout.flows.final_sale import ConfirmIds
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs, LimitRef, MemberBook
    from checkout.ledger.rows import LimitSlot, LimitUse, PurchaseKey
    from checkout.ledger.sale_book import SaleBook

#: A program credits no later than so many days after a sale.
CREDIT_DAYS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class _Sold:
    """A receipt as it was evaluated."""

    receipt: Receipt
    facts: Facts
    #: What the till gave by itself; none: the rules gave the discounts.
    given: list[SoldDiscount] | None
    taken: list[TakenCertificate]
    outcome: Outcome


class CreditLaterOperation(PurchaseOperation):
    """Let a member earn on a receipt that was made without one."""

    method = "CreditLater"

    def __init__(
        self,
        caller: Caller,
        *,
        request_id: str,
        purchase_id: str,
        identifier: PresentedIdentifier,
        ids: ConfirmIds,
    ) -> None:
        content = call_hash(purchase_id, identifier.kind, identifier.digest.hex())
        super().__init__(caller.partner_id, request_id, content, purchase_id)
        self.caller = caller
        self.identifier = identifier
        #: Of the credit (in place of a receipt), its posting and its lots.
        self.ids = ids
        self.budgeted: set[str] = set()
        self.shared: set[LimitRef] = set()

    # ---- keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.sales.add((self.partner_id, self.purchase_id))
        refs.identifiers.add(self.identifier.ref(self.partner_id))
        refs.stop_lists.add(self.partner_id)
        refs.looks_back = max(refs.looks_back, dt.timedelta(days=CREDIT_DAYS_MAX))

    def _sale(self, book: Book) -> SaleBook | None:
        purchase = self.purchase(book)
        if purchase is None or purchase.receipt_id is None:
            return None
        return book.sales.get(purchase.receipt_id)

    def _member(self, book: Book, sale: SaleBook) -> tuple[MemberBook | None, Reason | None]:
        """Who is to have the points; nobody who has left the program of the sale."""
        found = member_of_identifier(book, self.partner_id, self.identifier)
        return who_takes_part(*found, sale.program_code)

    def member_ids(self, book: Book) -> set[UUID]:
        identifier = book.identifiers.get(self.identifier.ref(self.partner_id))
        ids = {identifier.member_id} if identifier is not None else set()
        sale = self._sale(book)
        # What a credited sale moved is read with it.
        return ids | sale.owner_ids if sale is not None else ids

    def snapshot_ids(self, book: Book) -> set[str]:
        sale = self._sale(book)
        return {sale.snapshot_id} if sale is not None else set()

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        sale = self._sale(book)
        snapshot = snapshots.resident(sale.snapshot_id) if sale is not None else None
        refs = ContestedRefs()
        if sale is None or snapshot is None:
            return refs
        member, _ = self._member(book, sale)
        if member is None:
            return refs
        refs.limits |= sale.shared
        refs.budgets |= {(use.partner_id, use.campaign_code) for use in sale.budget_uses}
        if not snapshot.is_contested:
            return refs
        sold = self._sold(book, snapshot, sale)
        subjects = self._subjects(book, sale, member)
        facts = self._facts(book, snapshot, sale, sold.receipt, member)
        found = contested(snapshot, facts, sold.receipt)
        self.budgeted.update(found.budgets)
        self.shared.update(map(subjects.limit_ref, found.limits))
        refs.limits |= self.shared
        refs.budgets |= {(self.partner_id, campaign) for campaign in self.budgeted}
        return refs

    # ---- decision

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        purchase, sale = self.purchase(book), self._sale(book)
        if purchase is None or sale is None:
            return self._never_confirmed(purchase)
        if sale.member_id is not None:
            member, _ = member_of_identifier(book, self.partner_id, self.identifier)
            if purchase.credit_id is not None and member is book.members[sale.member_id].survivor:
                return Decision(load_answer(book.answers[purchase.credit_id]), is_final=True)
            return _refused(
                Reason.PURCHASE_HAS_MEMBER, "the purchase is a member's already", "purchase_id"
            )
        snapshot = snapshots.resident(sale.snapshot_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        program = snapshot.programs[sale.program_code]
        refusal = self._refusal(book, purchase, sale, program)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        member, reason = self._member(book, sale)
        if member is None:
            return _refused(
                reason or Reason.MEMBER_UNKNOWN, "this identifier brings no member", "identifier"
            )
        sold = self._sold(book, snapshot, sale)
        facts = self._facts(book, snapshot, sale, sold.receipt, member)
        outcome = evaluate_credit(snapshot, sold.facts, facts, sold.receipt, sold.given, sold.taken)
        assert paid_hash(outcome) == paid_hash(sold.outcome), "a receipt costs what it has cost"
        return self._finish(book, purchase, sale, snapshot, member, sold, facts, outcome)

    def _never_confirmed(self, purchase: PurchaseKey | None) -> Decision:
        if purchase is None:
            return _refused(Reason.PURCHASE_UNKNOWN, "there is no such purchase", "purchase_id")
        if purchase.state == "cancelled":
            return _refused(Reason.PURCHASE_CANCELLED, "this purchase was cancelled", "purchase_id")
        # One that was confirmed or credited in this batch: then the batch is run again one by one.
        assert purchase.state == "held", "a sale is read before it is credited"
        return _refused(
            Reason.PURCHASE_NOT_CONFIRMED,
            "this purchase is held, not confirmed: confirm it with the card",
            "purchase_id",
        )

    def _refusal(
        self, book: Book, purchase: PurchaseKey, sale: SaleBook, program: CompiledProgram
    ) -> Refusal | None:
        if purchase.returned:
            return Refusal(
                Reason.PURCHASE_RETURNED,
                "something of this purchase has come back already",
                "purchase_id",
            )
        days_max = program.document.accrual.credit_later_days
        zone = zoneinfo.ZoneInfo(program.document.time_zone)
        days = (book.now.astimezone(zone).date() - sale.confirmed_at.astimezone(zone).date()).days
        if days > days_max or not days_max:
            return Refusal(
                Reason.CREDIT_TOO_LATE,
                "the sale is too long ago for points to be credited",
                "purchase_id",
                {"days": days, "days_max": days_max},
            )
        return None

    def _finish(
        self,
        book: Book,
        purchase: PurchaseKey,
        sale: SaleBook,
        snapshot: CompiledSnapshot,
        member: MemberBook,
        sold: _Sold,
        facts: Facts,
        outcome: Outcome,
    ) -> Decision:
        """After this point the credit must succeed."""
        row, program = member.member, snapshot.programs[sale.program_code].document
        home_bucket = member.purse.member.bucket
        self._claim(book, snapshot, sale, member, sold, outcome)
        if outcome.earned:
            post_sale(
                book,
                member.purse,
                Movement(
                    self.ids.posting_id,
                    self.partner_id,
                    program.code,
                    "credit",
                    receipt_id=self.ids.receipt_id,
                ),
                {},
                earned_lots(outcome.earned, program.time_zone, self.ids.lot_ids(), book.now),
            )
            pay_debts(book, member.purse, self.partner_id, program.code, self.ids.posting_id)
        book.count_purchase(row, sold.receipt.local_time.date())
        answer = CreditAnswer(
            purchase_id=self.purchase_id,
            credit_id=self.ids.receipt_id,
            credited_at=book.now,
            outcome=outcome,
            member=member_view(snapshot, sale.store_code, member, book.now),
        )
        stored = dump_answer(answer)
        book.writes.credits.append(
            Credit(
                bucket=home_bucket,
                month=book.month,
                credit_id=self.ids.receipt_id,
                partner_id=self.partner_id,
                purchase_id=self.purchase_id,
                receipt_id=sale.receipt_id,
                member_id=row.member_id,
                store_code=self.caller.store_code,
                terminal_code=self.caller.terminal_code,
                credited_at=book.now,
                facts=dump_facts(facts),
                answer=stored,
                household_id=row.household_id,
            )
        )
        book.answers[self.ids.receipt_id] = stored
        purchase.credit_bucket, purchase.credit_month = home_bucket, book.month
        purchase.credit_id = self.ids.receipt_id
        book.save_purchase(purchase)
        # Another call about it in this batch has read less than there is now: they are run again.
        del book.sales[sale.receipt_id]
        return Decision(answer, is_final=True)

    def _claim(
        self,
        book: Book,
        snapshot: CompiledSnapshot,
        sale: SaleBook,
        member: MemberBook,
        sold: _Sold,
        outcome: Outcome,
    ) -> None:
        """Use up what the sale has not used up: of campaigns that gave nothing then, and points."""
        program = snapshot.programs[sale.program_code]
        applied = {campaign.code for campaign in sold.outcome.applied}

        def is_new(claim: LimitClaim) -> bool:
            if claim.campaign and claim.campaign not in applied:
                return True
            limit = program.limits_by_ref[claim.campaign, claim.limit]
            return limit.measure is Measure.POINTS

        subjects = self._subjects(book, sale, member)
        limits = filter(is_new, outcome.limit_claims)
        claims = Claims(
            slots=slot_claims(limits, program, subjects, sold.receipt),
            budgets=tuple(
                SpendClaim(claim.campaign, claim.discount_minor, claim.uses)
                for claim in outcome.budget_claims
                if claim.campaign not in applied
            ),
        )
        budgets = {claim.campaign for claim in claims.budgets}
        assert budgets <= self.budgeted, "a budget is locked before it is claimed"
        shared = {claim.limit_ref for claim in claims.slots if claim.shared}
        assert shared <= self.shared, "a shared limit is locked before it is claimed"
        use_claims(book, self.partner_id, member, self.ids.receipt_id, claims)

    # ---- parts of the decision

    def _sold(self, book: Book, snapshot: CompiledSnapshot, sale: SaleBook) -> _Sold:
        stored = book.contents[sale.receipt_id]
        receipt, paid = load_content(stored.content)
        answer = load_answer(book.answers[sale.receipt_id])
        assert isinstance(answer, ConfirmAnswer), "a receipt's answer is that of its confirm"
        assert answer.outcome is not None, "a confirmed sale has an outcome"
        facts = load_facts(stored.facts)
        given, taken = None, []
        if paid is not None:
            program = snapshot.programs[sale.program_code]
            terms = as_given(program, receipt, paid, facts)
            receipt, given, taken = terms.receipt, terms.known, terms.certificates
        return _Sold(receipt, facts, given, taken, answer.outcome)

    def _subjects(self, book: Book, sale: SaleBook, member: MemberBook) -> Subjects:
        member_id = member.member.member_id
        card_id = self.identifier.card_id() or member_id
        store_id = book.contents[sale.receipt_id].store_id
        assert store_id is not None, "points are credited for sales of stores that are there"
        household_id = member.purse.member.member_id
        return Subjects(self.partner_id, store_id, member_id, card_id, household_id)

    def _facts(
        self,
        book: Book,
        snapshot: CompiledSnapshot,
        sale: SaleBook,
        receipt: Receipt,
        member: MemberBook,
    ) -> Facts:
        """What is known of the member, limits and budgets now; dates are those of the sale.

        What the sale itself has used is not held against it.
        """
        program = snapshot.programs[sale.program_code]
        slots = slots_of(member)
        for ref in sorted(self.shared & book.limits.keys()):
            slots += book.limits[ref].slots.values()
        own = {(use.owner_id, *_place(use)): use.uses for use in sale.limit_uses}
        slots = [
            replace(slot, used=slot.used - own.get((slot.owner_id, *_place(slot)), 0))
            for slot in slots
        ]
        spent = {use.campaign_code: use for use in sale.budget_uses}
        budgets = {}
        for (partner_id, campaign), budget in book.budgets.items():
            if partner_id == self.partner_id and campaign in self.budgeted:
                mine = spent.get(campaign)
                budgets[campaign] = BudgetUse(
                    discount_minor=budget.discount_used
                    + budget.discount_held
                    - (mine.discount_minor if mine is not None else 0),
                    uses=budget.uses_used
                    + budget.uses_held
                    - (mine.uses if mine is not None else 0),
                )
        return sale_facts(
            member,
            budgets,
            limit_uses(slots, program, self._subjects(book, sale, member), receipt),
            stopped_in(program, book.stopped(self.partner_id)),
            {},
            program=program.document,
            today=receipt.local_time.date(),
            now=book.now,
            valid_at=book.now,
            identified_by=self.identifier.kind,
            card_type=self.identifier.type_shown,
        )


def _place(use: LimitUse | LimitSlot) -> tuple[object, ...]:
    return (use.subject_id, use.campaign_code, use.limit_code, use.sku, use.slot_start)


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
