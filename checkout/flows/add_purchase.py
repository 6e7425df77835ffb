"""AddPurchase: an operator adds a member's purchase by hand, past or present (P14).

Ladder, in this order: said before (request, then purchase) → ended otherwise → receipt number taken
→ time outside of the window → nobody may, or the author has added too much today → no member who
could have it. Below the line nothing refuses: the purchase was made.

It is a receipt like one from off line: what was paid stands, what it earns is found by the rules
that were in force then. Nobody pays with points or certificates on it, and nobody is handed a gift:
the goods left the store long ago. What bounds the risk is money per author and day, counted under a
lock as the offline allowance is. Round trips: those of a receipt from off line, the allowance (lock
and read), and one that keeps who added it; a receipt number costs one more, which looks for it in
the whole store once it is locked there.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from checkout.flows.as_sold import OfflineTerms, left_to_pay
from checkout.flows.authors import known_as
from checkout.flows.offline import OfflineOperation
from checkout.flows.operation import Decision, member_of_partner
from checkout.flows.pricing import check_time
from checkout.flows.sale import AlreadyPaid
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.claims import SlotClaim
from checkout.ledger.gifts import gifts_of
from checkout.ledger.interventions import record_purchase
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.flows.as_sold import ManualTerms
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.final_sale import ConfirmIds
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Sale, Settlement
    from checkout.ledger.book import Book, ContestedRefs, KeyRefs, LimitRef, MemberBook
    from checkout.ledger.interventions import Cause

#: The article of a purchase of which only the sum is known: no catalogue has it.
WHOLE: Final = "*"
#: Code of the allowance's slots: no limit of the rules can have one with a colon.
AUTHOR_ALLOWANCE: Final = "allowance:author"


class AddPurchaseOperation(OfflineOperation):
    """Add one purchase to a member, whom the sale's identifier or `member_id` names."""

    method = "AddPurchase"

    def __init__(
        self,
        sale: Sale,
        settlement: Settlement,
        *,
        request_id: str,
        member_id: UUID | None,
        cause: Cause,
        ids: ConfirmIds,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        terms: ManualTerms,
    ) -> None:
        super().__init__(
            sale,
            settlement,
            AlreadyPaid(),
            ids=ids,
            codes=codes,
            coupon_codes=coupon_codes,
            terms=OfflineTerms(terms.late_days),
            refuses_taken_numbers=True,
            mode="manual",
            request_id=request_id,
        )
        self.sale_hash = call_hash(self.sale_hash.hex(), str(member_id or ""))
        self.content_hash = call_hash(self.sale_hash.hex(), cause.reason, cause.author)
        self.member_id = member_id
        self.cause = cause
        self.author_minor = terms.author_minor
        self.author_id = uuid5(self.partner_id, known_as(cause.author))

    # ---- keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.store_numbers |= self.store_number_refs()

    def member_ids(self, book: Book) -> set[UUID]:
        named = {self.member_id} if self.member_id is not None else set()
        return super().member_ids(book) | named

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        refs = super().contested_refs(book, snapshots)
        # Nobody is handed a gift: of what is not locked nothing is left. What a hold of the
        # purchase keeps is given back.
        self.gifts.clear()
        hold = self.hold_of_purchase(book)
        refs.gifts.clear()
        if hold is not None and hold.state == "pending":
            refs.gifts |= gifts_of(hold)
        refs.limits.add(self._allowance_ref())
        return refs

    def _allowance_ref(self) -> LimitRef:
        return self.author_id, "", AUTHOR_ALLOWANCE

    # ---- decision

    def member(
        self, book: Book, snapshot: CompiledSnapshot
    ) -> tuple[MemberBook | None, Reason | None]:
        if self.member_id is None:
            return super().member(book, snapshot)
        member = member_of_partner(book, self.partner_id, self.member_id)
        if isinstance(member, Refusal):
            return None, member.reason
        return self.who_took_part(member, snapshot)

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        said = self.said_before(book)
        if said is not None:
            return said
        refusal = (
            self.refusal_of_state(book)
            or self.refusal_of_number(book)
            or self._refusal_of_number_elsewhere(book)
            or check_time(self.sale.receipt, book.now, self.offline_terms.late)
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        snapshot = self._snapshot(book, snapshots)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        claim = self._claim(book)
        if isinstance(claim, Refusal):
            return Decision(claim, is_final=False)
        member, reason = self.member(book, snapshot)
        if member is None:
            return Decision(
                Refusal(
                    reason or Reason.MEMBER_UNKNOWN,
                    "there was no such member in the program when the purchase was made",
                    "identifier" if self.member_id is None else "member_id",
                ),
                is_final=False,
            )
        priced = self._priced(book, snapshot, member)
        if isinstance(priced, Refusal):
            return Decision(priced, is_final=False)
        assert priced.as_sold is not None, "what an operator adds has been sold"
        sold = replace(priced.as_sold, allowance=(*priced.as_sold.allowance, claim))
        priced, hold = replace(priced, as_sold=sold), self.hold_of_purchase(book)
        decision = self.finish(book, priced, member, None, hold)
        # After this point the purchase is added.
        record_purchase(book, member.member, self.ids.receipt_id, self.cause)
        return decision

    def _refusal_of_number_elsewhere(self, book: Book) -> Refusal | None:
        """An operator may not know terminal and shift: the number counts in the whole store."""
        found = (book.store_numbers.get(number, "") for number in self.store_number_refs())
        taken_by = next(filter(None, found), "")
        if not taken_by or taken_by == self.purchase_id:
            return None
        return Refusal(
            Reason.RECEIPT_NUMBER_TAKEN,
            "another purchase of this store and day has this receipt number",
            "receipt_number",
            {"purchase_id": taken_by},
        )

    def _claim(self, book: Book) -> SlotClaim | Refusal:
        """What it takes of the author's allowance for today, wherever today is the store's."""
        if self.author_minor is None:
            return Refusal(
                Reason.NOT_PERMITTED,
                "the partner lets nobody add purchases by hand: see manual_purchases in its"
                " settings",
            )
        zone = zoneinfo.ZoneInfo(self.sale.caller.time_zone)
        claim = SlotClaim(
            self.author_id,
            self.author_id,
            shared=True,
            campaign="",
            limit=AUTHOR_ALLOWANCE,
            sku="",
            slot_start=dt.datetime.combine(book.now.astimezone(zone).date(), dt.time()),
            uses=sum(left_to_pay(self.sale.receipt, self.given).values()),
            bound=self.author_minor,
        )
        slot = book.limit(claim.limit_ref).slots.get(claim.slot_ref)
        left = max(claim.bound - (slot.used if slot is not None else 0), 0)
        if claim.uses > left:
            return Refusal(
                Reason.PURCHASE_ALLOWANCE_EXCEEDED,
                "one author may not add so much by hand in a day",
                "amount_minor",
                {"wanted_minor": claim.uses, "left_minor": left},
            )
        return claim
