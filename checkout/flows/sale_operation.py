"""What hold and confirm have in common as operations.

Whose sale it is, what to lock, and facts under the locks.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from checkout.engine.contested import contested
from checkout.engine.facts import BudgetUse
from checkout.flows.coupon_facts import add_coupons, unique_codes
from checkout.flows.limit_slots import Subjects, limit_uses, slots_of
from checkout.flows.operation import Operation, member_of_identifier, who_takes_part
from checkout.flows.qr_codes import may_spend, member_of_code, qr_key_number
from checkout.flows.sale_facts import budget_uses, sale_facts, stopped_in
from checkout.flows.sale_gifts import gift_claims, gifts_left
from checkout.flows.sameness import priced_hash
from checkout.flows.shown_certificates import certificate_states, shown_refs
from checkout.ledger.book import ContestedRefs
from checkout.ledger.coupons import coupons_of
from checkout.ledger.holds import certificates_of, contested_by, is_live, owners_of
from checkout.ledger.merged_view import ids_of
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.flows.ports import Snapshots
    from checkout.flows.quote_token import QuoteTerms
    from checkout.flows.sale import Sale
    from checkout.ledger.book import Book, KeyRefs, LimitRef, MemberBook
    from checkout.ledger.certificates import CertificateRef
    from checkout.ledger.coupon_rows import CouponRef
    from checkout.ledger.rows import Hold


class SaleOperation(Operation):
    """A call that carries the whole sale."""

    def __init__(
        self,
        sale: Sale,
        *,
        request_id: str,
        content_hash: bytes,
        terms: QuoteTerms | None,
    ) -> None:
        super().__init__(sale.caller.partner_id, request_id, content_hash)
        self.sale = sale
        self.terms = terms
        self.purchase_id = sale.purchase_id
        #: Campaigns whose budgets this sale may draw on: its facts hold no others, so that they do
        #: not depend on the batch it runs in.
        self.budgeted: set[str] = set()
        #: Limits of stores, partners and campaigns that it may draw on, for the same reason.
        self.shared: set[LimitRef] = set()
        #: Counted gifts that its campaigns may give, for the same reason.
        self.gifts: set[str] = set()
        #: Why the till is told of nobody, whoever has what it shows.
        self.untold: Reason | None = None

    @cached_property
    def priced_hash(self) -> bytes:
        """Of the content that is priced; asked for often, and the sale does not change."""
        return priced_hash(self.sale)

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.stop_lists.add(self.partner_id)
        shown = self.sale.identifier
        if shown is not None and shown.kind == "qr":
            if shown.qr is not None:
                refs.qr_codes.add((self.partner_id, shown.qr.token_id))
        elif shown is not None:
            refs.identifiers.add(shown.ref(self.partner_id))

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers()
        shown = self.sale.identifier
        if shown is not None and shown.qr is not None:
            keys.add(qr_key_number(self.partner_id, shown.qr.token_id))
        return keys

    def member_ids(self, book: Book) -> set[UUID]:
        ids = set()
        if self.sale.identifier is not None:
            identifier = book.identifiers.get(self.sale.identifier.ref(self.partner_id))
            if identifier is not None:
                ids.add(identifier.member_id)
            if self.sale.identifier.qr is not None:
                ids.add(self.sale.identifier.qr.member_id)
        hold = self.hold_of_purchase(book)
        return ids | owners_of(hold) if hold is not None else ids

    def bucket(self, book: Book) -> int:
        return super().bucket(book) if self.member_ids(book) else self.home_bucket(None)

    def certificate_refs(self, book: Book) -> set[CertificateRef]:
        refs = shown_refs(self.partner_id, self.sale.receipt)
        hold = self.hold_of_purchase(book)
        if hold is not None and hold.state == "pending":
            refs |= certificates_of(hold)
        return refs

    def snapshot_ids(self, book: Book) -> set[str]:
        ids = set()
        if self.terms is not None and book.now <= self.terms.valid_until:
            ids.add(self.terms.snapshot_id)
        hold = self.hold_of_purchase(book)
        if hold is not None and is_live(hold, book.now):
            ids.add(hold.snapshot_id)
        return ids

    def coupon_refs(self, book: Book, snapshots: Snapshots) -> set[CouponRef]:
        """Those that the receipt may carry under any snapshot that may count, and its hold's."""
        refs: set[CouponRef] = set()
        hold = self.hold_of_purchase(book)
        if hold is not None and hold.state == "pending":
            refs |= coupons_of(hold)
        if self.sale.coupons:
            for snapshot in self.snapshots_that_count(book, snapshots):
                store = snapshot.stores.get(self.sale.receipt.store)
                if store is not None:
                    codes = unique_codes(self.sale, snapshot.programs[store.program])
                    refs |= {(self.partner_id, digest) for digest in codes.values()}
        return refs

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        """What the basket reaches under any snapshot that may count, and what its hold keeps."""
        refs = ContestedRefs()
        hold = self.hold_of_purchase(book)
        if hold is not None and hold.state == "pending":
            refs.add(contested_by(hold))
        for snapshot in self.snapshots_that_count(book, snapshots):
            if self.sale.receipt.store in snapshot.stores and snapshot.is_contested:
                member, _ = self.member(book, snapshot)
                facts = self._facts_to_lock_by(book, snapshot, member)
                self.reach(refs, snapshot, member, facts, self.sale.receipt)
        return refs

    def _facts_to_lock_by(
        self, book: Book, snapshot: CompiledSnapshot, member: MemberBook | None
    ) -> Facts:
        """Facts with every coupon: one that its own hold keeps, or that a quote saw, may count."""
        facts = self.facts(book, snapshot, member, book.now, None)
        program = snapshot.programs[snapshot.stores[self.sale.receipt.store].program]
        for code, digest in unique_codes(self.sale, program).items():
            coupon = book.coupons.get((self.partner_id, digest))
            if coupon is not None:
                facts.coupon_series[code] = coupon.series_code
        return facts

    def reach(
        self,
        refs: ContestedRefs,
        snapshot: CompiledSnapshot,
        member: MemberBook | None,
        facts: Facts,
        receipt: Receipt,
    ) -> None:
        """Add what the basket reaches under one snapshot, by the facts that it may be priced by."""
        found = contested(snapshot, facts, receipt)
        subjects = Subjects.of(self.sale, member)
        self.budgeted.update(found.budgets)
        self.shared.update(map(subjects.limit_ref, found.limits))
        self.gifts.update(found.gifts)
        refs.gifts |= {(self.partner_id, gift) for gift in self.gifts}
        refs.budgets |= {(self.partner_id, campaign) for campaign in self.budgeted}
        refs.limits |= self.shared

    def snapshots_that_count(self, book: Book, snapshots: Snapshots) -> list[CompiledSnapshot]:
        """The snapshot in force and the one of the quote, which mostly is the same."""
        del book
        current = snapshots.current(self.partner_id)
        quoted = snapshots.resident(self.terms.snapshot_id) if self.terms is not None else None
        found = [current] if quoted is current else [current, quoted]
        return [snapshot for snapshot in found if snapshot is not None]

    def hold_of_purchase(self, book: Book) -> Hold | None:
        """The newest hold of the purchase, whatever its state."""
        purchase = book.purchases.get((self.partner_id, self.purchase_id))
        if purchase is None or purchase.hold_id is None:
            return None
        return book.holds.get(purchase.hold_id)

    def member(
        self, book: Book, snapshot: CompiledSnapshot
    ) -> tuple[MemberBook | None, Reason | None]:
        """The member, exactly as of the lock, or why there is none.

        The program that a member may have left is the one of the rules that price the sale: the
        store's row may name another one already.
        """
        member, reason = self._presented(book, snapshot)
        if self.untold is None or self._is_held_for(book, member):
            return member, reason
        return None, self.untold

    def _is_held_for(self, book: Book, member: MemberBook | None) -> bool:
        """Whether the purchase has a hold of that member: then the till was told before."""
        hold = self.hold_of_purchase(book)
        held_for = hold.member_id if hold is not None and is_live(hold, book.now) else None
        return member is not None and member.member.member_id == held_for

    def _presented(
        self, book: Book, snapshot: CompiledSnapshot
    ) -> tuple[MemberBook | None, Reason | None]:
        program_code = snapshot.stores[self.sale.receipt.store].program
        identifier = self.sale.identifier
        if identifier is not None and identifier.kind == "qr":
            # What was quoted in time may be confirmed as long as the quote is honoured.
            quoted = self.terms is not None and book.now <= self.terms.valid_until
            shown_at = self.terms.evaluated_at if self.terms is not None and quoted else book.now
            found = member_of_code(book, self.sale, identifier, shown_at)
            return who_takes_part(*found, program_code)
        member, reason = member_of_identifier(book, self.partner_id, identifier)
        return who_takes_part(member, reason, program_code)

    def home_bucket(self, member: MemberBook | None) -> int:
        """Where the sale's rows live: with the member's points, or with the store."""
        if member is not None:
            return member.purse.member.bucket
        return bucket_of_uuid(self.sale.caller.store_id)

    def facts(
        self,
        book: Book,
        snapshot: CompiledSnapshot,
        member: MemberBook | None,
        valid_at: dt.datetime,
        freed: Hold | None,
        purse: MemberBook | None = None,
    ) -> Facts:
        """Facts under the locks; what `freed` sets aside counts as free.

        Limits per household are those of the household of now, or of another `purse`.
        """
        receipt = self.sale.receipt
        locked = {}
        for campaign in self.budgeted:
            budget = book.budgets.get((self.partner_id, campaign))
            if budget is not None:
                locked[campaign] = BudgetUse(
                    discount_minor=budget.discount_used + budget.discount_held,
                    uses=budget.uses_used + budget.uses_held,
                )
        seen = budget_uses(locked, freed)
        program = snapshot.programs[snapshot.stores[receipt.store].program]
        slots = slots_of(member, purse)
        purse_id = purse.member.member_id if purse is not None else None
        subjects = Subjects.of(self.sale, member, purse_id)
        for ref in sorted(self.shared & book.limits.keys()):
            slots += book.limits[ref].slots.values()
        facts = sale_facts(
            member,
            {campaign: use for campaign, use in seen.items() if campaign in self.budgeted},
            limit_uses(slots, program, subjects, receipt, freed),
            stopped_in(program, book.stopped(self.partner_id)),
            certificate_states(
                book.certificates,
                self.partner_id,
                receipt,
                program,
                now=book.now,
                valid_at=valid_at,
                freed=freed,
            ),
            program=program.document,
            today=receipt.local_time.date(),
            now=book.now,
            valid_at=valid_at,
            identified_by=self.sale.identified_by,
            card_type=self.sale.card_type,
            freed=freed,
            spends=may_spend(self.sale.identifier),
        )
        facts.gifts_left = gifts_left(book.gift_stocks, self.partner_id, self.gifts, freed)
        add_coupons(
            facts,
            self.sale,
            book.coupons,
            program,
            member_ids=ids_of(member),
            valid_at=valid_at,
            freed=freed,
        )
        return facts

    def check_locked(
        self, outcome: Outcome, snapshot: CompiledSnapshot, member: MemberBook | None
    ) -> None:
        """Assert that the sale draws on what it has locked itself, so that it saw what is left.

        A member who was enrolled earlier in the same batch reaches other campaigns; then the batch
        fails and is run again one operation at a time.
        """
        program = snapshot.programs[snapshot.stores[self.sale.receipt.store].program]
        budgets = {claim.campaign for claim in outcome.budget_claims}
        assert budgets <= self.budgeted, "a budget is locked before it is claimed"
        claimed = (program.limits_by_ref[c.campaign, c.limit] for c in outcome.limit_claims)
        shared = [limit for limit in claimed if limit.is_shared]
        if shared:
            limits = set(map(Subjects.of(self.sale, member).limit_ref, shared))
            assert limits <= self.shared, "a shared limit is locked before it is claimed"
        gifts = {claim.gift for claim in gift_claims(outcome.issued, program) if claim.is_counted}
        assert gifts <= self.gifts, "a gift's stock is locked before it is claimed"

    def refusal_of_state(self, book: Book) -> Refusal | None:
        """A purchase that has ended takes no other call."""
        purchase = book.purchases.get((self.partner_id, self.purchase_id))
        if purchase is None or purchase.state == "held":
            return None
        if purchase.state == "cancelled":
            return Refusal(
                Reason.PURCHASE_CANCELLED,
                "this purchase was cancelled; a new sale needs a new purchase id",
                "purchase_id",
            )
        return Refusal(
            Reason.PURCHASE_CONFIRMED,
            "this purchase is confirmed with other content; a new sale needs a new purchase id",
            "purchase_id",
        )


def missing_snapshot() -> Refusal:
    """Nothing can be priced before the first publication."""
    return Refusal(
        Reason.SNAPSHOT_MISSING, "no rules have been published for this partner and store yet"
    )
