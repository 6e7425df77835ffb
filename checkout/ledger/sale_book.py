"""Sales that were confirmed earlier, as returns, credits and corrections of them need them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkout.ledger.book import ContestedRefs

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger import coupon_rows, gift_rows, rows
    from checkout.ledger.book import LimitRef
    from checkout.ledger.coupon_rows import CouponRef


@dataclass(slots=True)
class SaleBook:
    """A confirmed sale as a return needs it: what never changes of it, and what it moved.

    Of one that was credited to a member later, bucket and member are those of the credit, and what
    that moved belongs to it.
    """

    bucket: int
    month: dt.date
    receipt_id: UUID
    program_code: str
    store_code: str
    member_id: UUID | None
    snapshot_id: str
    confirmed_at: dt.datetime
    household_id: UUID | None = None
    #: The posting of its points, if there was one, and what it moved of which lot.
    posting_id: UUID | None = None
    movements: dict[UUID, int] = field(default_factory=dict)
    #: Points that it spent without taking them from a lot, by currency: owed since, or written off.
    owed: dict[str, int] = field(default_factory=dict)
    written_off: dict[str, int] = field(default_factory=dict)
    limit_uses: list[rows.LimitUse] = field(default_factory=list)
    shared: set[LimitRef] = field(default_factory=set)
    budget_uses: list[rows.BudgetUse] = field(default_factory=list)
    coupon_uses: list[coupon_rows.CouponUse] = field(default_factory=list)
    #: Coupons and tags that its campaigns gave.
    coupons_issued: set[CouponRef] = field(default_factory=set)
    tags_given: set[str] = field(default_factory=set)
    #: Gifts that its campaigns gave.
    gifts: list[gift_rows.GiftEntry] = field(default_factory=list)

    @property
    def purse_id(self) -> UUID | None:
        """Whose account it moved."""
        return self.household_id or self.member_id

    @property
    def contested(self) -> ContestedRefs:
        """Of what many sales draw on, that which it moved."""
        budgets = {(use.partner_id, use.campaign_code) for use in self.budget_uses}
        gifts = {given.ref for given in self.gifts if given.is_counted}
        return ContestedRefs(set(self.shared), budgets, gifts)

    @property
    def owner_ids(self) -> set[UUID]:
        """Members and households whose points and limits it moved."""
        limits = {
            use.owner_id
            for use in self.limit_uses
            if (use.owner_id, use.campaign_code, use.limit_code) not in self.shared
        }
        return limits | {i for i in (self.member_id, self.household_id) if i is not None}


@dataclass(frozen=True, slots=True)
class SoldContent:
    """A confirmed sale as it was evaluated: what was sent, and the facts."""

    #: None of a store that is no more.
    store_id: UUID | None
    content: bytes
    facts: bytes
