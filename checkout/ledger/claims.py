"""Claims of a receipt on limits, budgets, codes: decided by the engine, booked here.

Held claims count like used ones for everybody else; the confirm of a hold turns its own from held
into used.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.ledger.certificates import hold_certificate, spend_certificate
from checkout.ledger.coupons import move_held_uses, use_coupons
from checkout.ledger.gifts import move_held_gifts, use_gifts
from checkout.ledger.rows import BudgetUse, LimitUse
from checkout.ledger.totals import check_total

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.book import Book, LimitRef, MemberBook, SlotRef
    from checkout.ledger.certificates import CertificateClaim
    from checkout.ledger.coupons import CouponClaim
    from checkout.ledger.gifts import GiftClaim
    from checkout.ledger.rows import Budget, LimitSlot


@dataclass(frozen=True, slots=True)
class SlotClaim:
    """What is taken of a limit in one slot of time, in what the limit counts.

    The owner is the member or household, or of a `shared` limit a store or partner; see
    `LimitSlot`. Without campaign it is one of the program. `bound` is what the rule allowed then.
    """

    owner_id: UUID
    subject_id: UUID
    shared: bool
    campaign: str
    limit: str
    sku: str
    slot_start: dt.datetime
    uses: int
    bound: int
    #: What of the uses goes beyond the bound; only of what has been sold already.
    overrun: int = 0

    @property
    def slot_ref(self) -> SlotRef:
        """Under which key its slot stands with the owner."""
        return (self.subject_id, self.campaign, self.limit, self.sku, self.slot_start)

    @property
    def limit_ref(self) -> LimitRef:
        """The shared limit."""
        return (self.owner_id, self.campaign, self.limit)


@dataclass(frozen=True, slots=True)
class SpendClaim:
    """Money and uses out of a campaign's budget."""

    campaign: str
    discount_minor: int
    uses: int
    #: What of both goes beyond the budget; only of what has been sold already.
    overrun_minor: int = 0
    overrun_uses: int = 0


@dataclass(frozen=True, slots=True)
class Claims:
    """All that one receipt takes of limits, budgets, certificates, coupons and gifts."""

    slots: tuple[SlotClaim, ...] = ()
    budgets: tuple[SpendClaim, ...] = ()
    certificates: tuple[CertificateClaim, ...] = ()
    coupons: tuple[CouponClaim, ...] = ()
    gifts: tuple[GiftClaim, ...] = ()


def hold_claims(book: Book, partner_id: UUID, claims: Claims) -> None:
    """Set room aside."""
    _move_held(book, partner_id, claims, +1)


def release_claims(book: Book, partner_id: UUID, claims: Claims) -> None:
    """Give set-aside room back."""
    _move_held(book, partner_id, claims, -1)


def use_claims(
    book: Book, partner_id: UUID, member: MemberBook | None, receipt_id: UUID, claims: Claims
) -> None:
    """Use room up for a receipt: counters and their use rows; spend certificates, give gifts."""
    for claim in claims.slots:
        slot = _slot_of(book, claim)
        slot.used += claim.uses
        check_total(slot.used + slot.held, "what a limit has counted")
        book.save_slot(slot)
        book.writes.limit_uses.append(
            LimitUse(
                slot.bucket,
                book.month,
                receipt_id,
                claim.owner_id,
                *claim.slot_ref,
                claim.uses,
                claim.bound,
                claim.overrun,
            )
        )
    for spend in claims.budgets:
        budget = book.budget((partner_id, spend.campaign))
        budget.discount_used += spend.discount_minor
        budget.uses_used += spend.uses
        _check_budget(budget)
        book.save_budget(budget)
        book.writes.budget_uses.append(
            BudgetUse(
                budget.bucket,
                book.month,
                receipt_id,
                partner_id,
                spend.campaign,
                spend.discount_minor,
                spend.uses,
                spend.overrun_minor,
                spend.overrun_uses,
            )
        )
    use_coupons(book, partner_id, receipt_id, claims.coupons)
    use_gifts(book, partner_id, member, receipt_id, claims.gifts)
    for paid in claims.certificates:
        spend_certificate(book, partner_id, receipt_id, paid)


def give_back_limit(book: Book, use: LimitUse, *, shared: bool, by: UUID, uses: int) -> None:
    """Free so much of what a receipt used of a limit, in its own slot; `by` is the return."""
    claim = SlotClaim(
        use.owner_id,
        use.subject_id,
        shared,
        use.campaign_code,
        use.limit_code,
        use.sku,
        use.slot_start,
        use.uses,
        use.bound,
    )
    slot = _slot_of(book, claim)
    slot.used -= uses
    assert slot.used >= 0, "no more room is given back than was used"
    book.save_slot(slot)
    book.writes.limit_uses.append(
        dataclasses.replace(use, month=book.month, receipt_id=by, uses=-uses, overrun=0)
    )


def give_back_budget(book: Book, use: BudgetUse, by: UUID, discount_minor: int, uses: int) -> None:
    """Free so much of what a receipt took of a budget; `by` is the return."""
    budget = book.budget((use.partner_id, use.campaign_code))
    budget.discount_used -= discount_minor
    budget.uses_used -= uses
    assert budget.discount_used >= 0, "no more money is given back than was used"
    assert budget.uses_used >= 0, "no more uses are given back than were used"
    book.save_budget(budget)
    book.writes.budget_uses.append(
        dataclasses.replace(
            use,
            month=book.month,
            receipt_id=by,
            discount_minor=-discount_minor,
            uses=-uses,
            overrun_minor=0,
            overrun_uses=0,
        )
    )


def _check_budget(budget: Budget) -> None:
    check_total(budget.discount_used + budget.discount_held, "what a budget has given")


def _slot_of(book: Book, claim: SlotClaim) -> LimitSlot:
    """The slot with its owner, which has changed then: the locked limit, member or household."""
    if claim.shared:
        return book.limit(claim.limit_ref).slot(claim.slot_ref)
    owner = book.members[claim.owner_id]
    book.touch(owner.member)
    return owner.slot(claim.slot_ref)


def _move_held(book: Book, partner_id: UUID, claims: Claims, sign: int) -> None:
    for paid in claims.certificates:
        hold_certificate(book, partner_id, paid, sign)
    for claim in claims.slots:
        slot = _slot_of(book, claim)
        slot.held += sign * claim.uses
        assert slot.held >= 0, "no more room is given back than was set aside"
        check_total(slot.used + slot.held, "what a limit has counted")
        book.save_slot(slot)
    for spend in claims.budgets:
        budget = book.budget((partner_id, spend.campaign))
        budget.discount_held += sign * spend.discount_minor
        budget.uses_held += sign * spend.uses
        assert budget.discount_held >= 0, "no more money is given back than was set aside"
        assert budget.uses_held >= 0, "no more uses are given back than were set aside"
        _check_budget(budget)
        book.save_budget(budget)
    move_held_uses(book, partner_id, claims.coupons, sign)
    move_held_gifts(book, partner_id, claims.gifts, sign)
