"""SubmitOffline: a receipt that was sold without the service, with the till's own time.

Also purchases that an operator adds by hand. Ladder, in this order: said before → ended otherwise →
number taken → time outside of the window → business day far off → more points than there was to
pay → the allowance. Below the line nothing refuses: what was sold has been sold.

What the till charged is accepted. What the sale earns is found by the rules that were in force
then, with what is known of the member, limits and budgets now. The purchase id makes a repetition
safe; there is no request id.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from checkout.engine.facts import CertificateProblem, CouponFault
from checkout.engine.redemption import points_value_minor
from checkout.engine.sold import evaluate_sold
from checkout.flows.as_sold import (
    allowance_ref,
    as_given,
    as_sold,
    left_to_pay,
    spend_allowance,
)
from checkout.flows.final_operation import FinalSaleOperation
from checkout.flows.final_sale import Priced
from checkout.flows.limit_slots import Subjects
from checkout.flows.operation import Decision, why_out_of_use
from checkout.flows.pricing import check_time
from checkout.flows.sale_facts import dump_facts
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash, sale_hash
from checkout.flows.shown_certificates import digest_of
from checkout.ledger.certificates import UNITS
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.receipt import Receipt
    from checkout.flows.as_sold import OfflineTerms
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.final_sale import ConfirmIds
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import AlreadyPaid, Sale, Settlement
    from checkout.ledger.book import Book, ContestedRefs, KeyRefs, MemberBook, PublicationRef
    from checkout.ledger.rows import Hold, Identifier


class OfflineOperation(FinalSaleOperation):
    """Take over one receipt as it was sold."""

    method = "SubmitOffline"

    def __init__(
        self,
        sale: Sale,
        settlement: Settlement,
        paid: AlreadyPaid,
        *,
        ids: ConfirmIds,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        terms: OfflineTerms,
        refuses_taken_numbers: bool,
        mode: str = "offline",
        request_id: str = "",
    ) -> None:
        taken = [[c.code, c.amount_minor, c.position, c.units] for c in paid.certificates]
        said = call_hash(
            sale_hash(sale, settlement).hex(),
            mode,
            [[d.position, d.campaign, d.amount_minor] for d in paid.discounts],
            paid.points_minor,
            # Without any the hash is what it was before they could be told.
            *([taken] if taken else []),
        )
        # So they are locked, and known to the facts, as those are that a sale on line shows.
        sale = replace(sale, receipt=replace(sale.receipt, certificates=paid.presented()))
        super().__init__(
            sale,
            settlement,
            request_id=request_id,
            content_hash=said,
            sale_hash=said,
            terms=None,
            ids=ids,
            codes=codes,
            coupon_codes=coupon_codes,
            refuses_taken_numbers=refuses_taken_numbers,
            paid=paid,
        )
        self.given = paid
        self.offline_terms = terms
        self.mode = mode
        self.sold_at = moment_of(sale.receipt)
        if mode == "offline":
            # Receipts that came together are judged in their order.
            self.line = sale.caller.terminal_id

    # ---- keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.publications.add(self._publication())
        refs.looks_back = max(refs.looks_back, self.offline_terms.late)

    def _publication(self) -> PublicationRef:
        return self.partner_id, self.sold_at

    def snapshot_ids(self, book: Book) -> set[str]:
        found = book.publications.get(self._publication())
        return {found} if found is not None else set()

    def _snapshot(self, book: Book, snapshots: Snapshots) -> CompiledSnapshot | None:
        """What was in force then, as far as it knows the store; else what is now."""
        found = book.publications.get(self._publication())
        snapshot = snapshots.resident(found) if found is not None else None
        if snapshot is None or self.sale.receipt.store not in snapshot.stores:
            snapshot = snapshots.current(self.partner_id)
        if snapshot is None or self.sale.receipt.store not in snapshot.stores:
            return None
        return snapshot

    def snapshots_that_count(self, book: Book, snapshots: Snapshots) -> list[CompiledSnapshot]:
        """The one whose rules the sale is judged by."""
        snapshot = self._snapshot(book, snapshots)
        return [snapshot] if snapshot is not None else []

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        refs = super().contested_refs(book, snapshots)
        snapshot = self._snapshot(book, snapshots)
        if snapshot is not None:
            program = snapshot.programs[snapshot.stores[self.sale.receipt.store].program]
            subjects = Subjects.of(self.sale, self.member(book, snapshot)[0])
            for code in {d.campaign for d in self.given.discounts} & program.by_code.keys():
                campaign = program.by_code[code]
                if campaign.budget is not None:
                    self.budgeted.add(code)
                    refs.budgets.add((self.partner_id, code))
                shared = [limit for limit in campaign.limits if limit.is_shared]
                self.shared.update(map(subjects.limit_ref, shared))
            refs.limits |= self.shared
        if self.given.points_minor or self.given.certificates:
            refs.limits.add(allowance_ref(self.sale.caller))
        return refs

    def facts(
        self,
        book: Book,
        snapshot: CompiledSnapshot,
        member: MemberBook | None,
        valid_at: dt.datetime,
        freed: Hold | None,
        purse: MemberBook | None = None,
    ) -> Facts:
        """Facts by which a coupon that was used meanwhile is what the till took it for.

        Of certificates they know those that can be charged.
        """
        facts = super().facts(book, snapshot, member, valid_at, freed, purse)
        program = snapshot.programs[snapshot.stores[self.sale.receipt.store].program]
        given = {each.campaign for each in self.given.discounts} & program.by_code.keys()
        series = {each for code in given for each in program.by_code[code].coupon_series}
        for code, fault in [*facts.coupons_refused.items()]:
            coupon = book.coupons.get((self.partner_id, self.sale.coupons[code]))
            if fault is CouponFault.ALREADY_USED and coupon and coupon.series_code in series:
                del facts.coupons_refused[code]
                facts.coupon_series[code] = coupon.series_code
        counted = {taken.code: bool(taken.units) for taken in self.given.certificates}
        for name, state in [*facts.certificates.items()]:
            certificate = book.certificate((self.partner_id, digest_of(name)))
            is_pass = certificate.unit == UNITS
            if state.problem is CertificateProblem.NOT_ACTIVE or is_pass is not counted[name]:
                del facts.certificates[name]
        return facts

    # ---- decision

    def member(
        self, book: Book, snapshot: CompiledSnapshot
    ) -> tuple[MemberBook | None, Reason | None]:
        """Whose card it was: what was blocked, or left, later could be used then."""
        if self.sale.identifier is None:
            return None, None
        identifier = book.identifiers.get(self.sale.identifier.ref(self.partner_id))
        if identifier is None:
            return None, self.sale.identifier.reason_if_unknown
        member = book.members[identifier.member_id].survivor
        return self.who_took_part(member, snapshot, identifier)

    def who_took_part(
        self,
        member: MemberBook,
        snapshot: CompiledSnapshot,
        identifier: Identifier | None = None,
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member, unless blocked or gone already when the sale was made, or erased since."""
        if member.member.erased_at is not None:
            return None, Reason.MEMBER_BLOCKED
        part = member.part_in(snapshot.stores[self.sale.receipt.store].program)
        blocked_at = identifier.blocked_at if identifier is not None else None
        blocked_for = why_out_of_use(identifier) if identifier is not None else Reason.CARD_BLOCKED
        for ended_at, reason in (
            (member.member.blocked_at, Reason.MEMBER_BLOCKED),
            (blocked_at, blocked_for),
            (part.left_at if part is not None else None, Reason.PROGRAM_LEFT),
        ):
            if ended_at is not None and ended_at <= self.sold_at:
                return None, reason
        return member, None

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        said = self.said_before(book)
        if said is not None:
            return said
        refusal = (
            self.refusal_of_state(book)
            or self.refusal_of_number(book)
            or check_time(self.sale.receipt, book.now, self.offline_terms.late)
            or self.refusal_of_day()
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        snapshot = self._snapshot(book, snapshots)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        member, identifier_reason = self.member(book, snapshot)
        priced = self._priced(book, snapshot, member)
        if isinstance(priced, Refusal):
            return Decision(priced, is_final=False)
        return self.finish(book, priced, member, identifier_reason, self.hold_of_purchase(book))

    def _priced(
        self, book: Book, snapshot: CompiledSnapshot, member: MemberBook | None
    ) -> Priced | Refusal:
        program = snapshot.programs[snapshot.stores[self.sale.receipt.store].program]
        points = self.given.points_minor
        currency = program.redemption_currency
        value = points_value_minor(currency, points)
        of_receipt = sum(c.amount_minor for c in self.given.certificates if not c.position)
        left = sum(left_to_pay(self.sale.receipt, self.given).values()) - of_receipt
        if value > left:
            return Refusal(
                Reason.POINTS_ABOVE_MAXIMUM,
                "more points were paid than there was to pay",
                "already_paid.points_minor",
                {"value_minor": value, "payable_minor": left},
            )
        allowance = spend_allowance(
            book,
            self.offline_terms,
            self.sale,
            Subjects.of(self.sale, member),
            member,
            value + self.given.certificates_minor,
        )
        if isinstance(allowance, Refusal):
            return allowance
        evaluated_at = min(self.sold_at, book.now)
        hold = self.hold_of_purchase(book)
        freed = hold if hold is not None and hold.state == "pending" else None
        facts = self.facts(book, snapshot, member, evaluated_at, freed)
        terms = as_given(program, self.sale.receipt, self.given, facts)
        outcome = evaluate_sold(
            snapshot,
            facts,
            terms.receipt,
            terms.known,
            terms.points_minor,
            terms.certificates,
            hands_out=self.mode != "manual",
        )
        self.check_locked(outcome, snapshot, member)
        sold = as_sold(
            snapshot,
            facts,
            self.sale,
            outcome,
            self.mode,
            already_paid=bool(self.given),
            allowance=allowance,
        )
        sold.flags += terms.flags
        return Priced(snapshot, evaluated_at, dump_facts(facts), outcome, None, sold)


def moment_of(receipt: Receipt) -> dt.datetime:
    """When a receipt was made, by the till's clock."""
    zone = dt.timezone(dt.timedelta(minutes=receipt.utc_offset_minutes))
    try:
        return receipt.local_time.replace(tzinfo=zone).astimezone(dt.UTC)
    except OverflowError:
        # At an end of time; it is refused later.
        return receipt.local_time.replace(tzinfo=dt.UTC)
