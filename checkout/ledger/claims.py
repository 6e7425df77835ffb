"""Claims of a receipt on limits and budgets: the engine decides on them, the ledger books them.

Held claims count like used ones for everybody else; the confirm of a hold turns its own from held
into used.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.ledger.rows import BudgetUse, LimitUse

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.book import Book, MemberBook


@dataclass(frozen=True, slots=True)
class SlotClaim:
    """What is taken of a limit per member in one calendar slot, in what the limit counts.

    Without campaign it is one of the program. `bound` is what the rule allowed then.
    """

    campaign: str
    limit: str
    slot_start: dt.date
    uses: int
    bound: int


@dataclass(frozen=True, slots=True)
class SpendClaim:
    """Money and uses out of a campaign's budget."""

    campaign: str
    discount_minor: int
    uses: int


@dataclass(frozen=True, slots=True)
class Claims:
    """All that one receipt takes of limits and budgets."""

    slots: tuple[SlotClaim, ...] = ()
    budgets: tuple[SpendClaim, ...] = ()


def hold_claims(book: Book, partner_id: UUID, member: MemberBook | None, claims: Claims) -> None:
    """Set room aside."""
    _move_held(book, partner_id, member, claims, +1)


def release_claims(book: Book, partner_id: UUID, member: MemberBook | None, claims: Claims) -> None:
    """Give set-aside room back."""
    _move_held(book, partner_id, member, claims, -1)


def use_claims(
    book: Book, partner_id: UUID, member: MemberBook | None, receipt_id: UUID, claims: Claims
) -> None:
    """Use room up for a receipt: counters and their use rows."""
    for claim in claims.slots:
        assert member is not None, "limits per member need one"
        slot = member.slot((claim.campaign, claim.limit, claim.slot_start))
        slot.used += claim.uses
        book.save_slot(slot)
        book.writes.limit_uses.append(
            LimitUse(
                member.member.bucket,
                book.month,
                receipt_id,
                member.member.member_id,
                claim.campaign,
                claim.limit,
                claim.slot_start,
                claim.uses,
                claim.bound,
            )
        )
    for spend in claims.budgets:
        budget = book.budget((partner_id, spend.campaign))
        budget.discount_used += spend.discount_minor
        budget.uses_used += spend.uses
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
            )
        )
    if member is not None and claims.slots:
        book.touch(member.member)


def _move_held(
    book: Book, partner_id: UUID, member: MemberBook | None, claims: Claims, sign: int
) -> None:
    for claim in claims.slots:
        assert member is not None, "limits per member need one"
        slot = member.slot((claim.campaign, claim.limit, claim.slot_start))
        slot.held += sign * claim.uses
        assert slot.held >= 0, "no more room is given back than was set aside"
        book.save_slot(slot)
        book.touch(member.member)
    for spend in claims.budgets:
        budget = book.budget((partner_id, spend.campaign))
        budget.discount_held += sign * spend.discount_minor
        budget.uses_held += sign * spend.uses
        assert budget.discount_held >= 0, "no more money is given back than was set aside"
        assert budget.uses_held >= 0, "no more uses are given back than were set aside"
        book.save_budget(budget)
