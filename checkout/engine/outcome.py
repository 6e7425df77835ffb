"""The engine's answer: what applied per line and why the rest did not.

Lines are canonical lines with the positions they stand for; `checkout.engine.tilllines` renders
them per till line. Amounts are minor units. An outcome is complete in itself: it can be stored,
printed and returned against without the snapshot that made it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class CutBy(enum.StrEnum):
    """What granted less than was wanted."""

    FLOOR = "floor"
    BUDGET = "budget"
    CAP = "cap"


@dataclass(slots=True)
class LineDiscount:
    """One reward on one line: the base it was taken from, wanted beside granted."""

    campaign: str
    lane: str
    base_minor: int
    rate_bp: int
    wanted_minor: int
    granted_minor: int


@dataclass(slots=True)
class LinePoints:
    """Points that one reward earned on one line."""

    campaign: str
    lane: str
    base_minor: int
    rate_bp: int
    points_minor: int


@dataclass(slots=True)
class TillShare:
    """The part of a canonical line that belongs to one till line."""

    position: int
    amount_minor: int
    external_discount_minor: int
    discount_minor: int
    points_value_minor: int


@dataclass(slots=True)
class OutcomeLine:
    """A canonical line after everything."""

    sku: str
    quantity_milli: int
    amount_minor: int
    external_discount_minor: int
    discount_minor: int
    points_value_minor: int
    points_spent_minor: int
    points_earned_minor: int
    discounts: list[LineDiscount]
    points: list[LinePoints]
    shares: list[TillShare]

    @property
    def payable_minor(self) -> int:
        """Money that remains to be paid for the line."""
        return (
            self.amount_minor
            - self.external_discount_minor
            - self.discount_minor
            - self.points_value_minor
        )


@dataclass(slots=True)
class AppliedCampaign:
    """A campaign that granted something."""

    code: str
    name: str
    discount_minor: int
    points_minor: int


@dataclass(slots=True)
class Cut:
    """A reward that granted less than it wanted, and what stopped it."""

    campaign: str
    lane: str
    by: CutBy
    wanted_minor: int
    granted_minor: int


@dataclass(slots=True)
class Unmet:
    """The one condition that a nearly applied campaign failed: what it needs and what it saw."""

    campaign: str
    name: str
    condition: str
    needed: str
    seen: str


class CouponStatus(enum.StrEnum):
    """What became of a coupon code."""

    APPLIED = "applied"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"
    NOT_APPLICABLE = "not_applicable"


@dataclass(slots=True)
class CouponResult:
    """One code of the receipt."""

    code: str
    status: CouponStatus


@dataclass(slots=True)
class Redemption:
    """Paying with points: what the rules allow, what was asked, what is granted."""

    currency: str
    max_points_minor: int
    max_value_minor: int
    wanted_points_minor: int
    points_minor: int
    value_minor: int
    refused: str


@dataclass(slots=True)
class LimitClaim:
    """One use of a limit per member that this receipt takes."""

    campaign: str
    limit: str
    slot: str
    uses: int
    bound: int


@dataclass(slots=True)
class BudgetClaim:
    """What this receipt takes of a campaign's budget."""

    campaign: str
    discount_minor: int
    uses: int


@dataclass(slots=True)
class ShownMessage:
    """A campaign's text with its variables filled in."""

    place: str
    campaign: str
    text: str


@dataclass(slots=True)
class Outcome:
    """Everything that follows from a receipt."""

    amount_minor: int
    external_discount_minor: int
    discount_minor: int
    points_value_minor: int
    payable_minor: int
    points_earned_minor: int
    currency: str
    redemption: Redemption
    lines: list[OutcomeLine]
    applied: list[AppliedCampaign]
    cuts: list[Cut]
    nearly: list[Unmet]
    coupons: list[CouponResult]
    messages: list[ShownMessage]
    limit_claims: list[LimitClaim]
    budget_claims: list[BudgetClaim]
