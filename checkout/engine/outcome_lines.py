"""What an outcome says of each line: its price in the end, rewards granted, shares of till lines.

A receipt has many of these, so they have an `__init__` of their own, as some parts of
`checkout.engine.outcome` do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, init=False)
class LineDiscount:
    """One reward on one line: the base it was taken from, wanted beside granted."""

    campaign: str
    lane: str
    base_minor: int
    rate_bp: int
    wanted_minor: int
    granted_minor: int

    def __init__(
        self,
        campaign: str,
        lane: str,
        base_minor: int,
        rate_bp: int,
        wanted_minor: int,
        granted_minor: int,
    ) -> None:
        """Keep all."""
        self.campaign = campaign
        self.lane = lane
        self.base_minor = base_minor
        self.rate_bp = rate_bp
        self.wanted_minor = wanted_minor
        self.granted_minor = granted_minor


@dataclass(slots=True, init=False)
class LinePoints:
    """Points that one reward earned on one line, in the minor units of a currency."""

    campaign: str
    lane: str
    currency: str
    base_minor: int
    rate_bp: int
    points_minor: int

    def __init__(
        self,
        campaign: str,
        lane: str,
        currency: str,
        base_minor: int,
        rate_bp: int,
        points_minor: int,
    ) -> None:
        """Keep all."""
        self.campaign = campaign
        self.lane = lane
        self.currency = currency
        self.base_minor = base_minor
        self.rate_bp = rate_bp
        self.points_minor = points_minor


@dataclass(slots=True, init=False)
class TillShare:
    """The part of a canonical line that belongs to one till line."""

    position: int
    quantity_milli: int
    amount_minor: int
    external_discount_minor: int
    manual_discount_minor: int
    discount_minor: int
    points_value_minor: int
    certificates_minor: int

    def __init__(
        self,
        position: int,
        quantity_milli: int,
        amount_minor: int,
        external_discount_minor: int,
        manual_discount_minor: int,
        discount_minor: int,
        points_value_minor: int,
        certificates_minor: int = 0,
    ) -> None:
        """Keep all."""
        self.position = position
        self.quantity_milli = quantity_milli
        self.amount_minor = amount_minor
        self.external_discount_minor = external_discount_minor
        self.manual_discount_minor = manual_discount_minor
        self.discount_minor = discount_minor
        self.points_value_minor = points_value_minor
        self.certificates_minor = certificates_minor


@dataclass(slots=True, init=False)
class OutcomeLine:
    """A canonical line after everything."""

    sku: str
    quantity_milli: int
    amount_minor: int
    external_discount_minor: int
    manual_discount_minor: int
    discount_minor: int
    points_value_minor: int
    points_spent_minor: int
    points_earned_minor: int
    discounts: list[LineDiscount]
    points: list[LinePoints]
    shares: list[TillShare]
    certificates_minor: int

    def __init__(  # noqa: PLR0917 - in the order in which they stand above
        self,
        sku: str,
        quantity_milli: int,
        amount_minor: int,
        external_discount_minor: int,
        manual_discount_minor: int,
        discount_minor: int,
        points_value_minor: int,
        points_spent_minor: int,
        points_earned_minor: int,
        discounts: list[LineDiscount],
        points: list[LinePoints],
        shares: list[TillShare],
        certificates_minor: int = 0,
    ) -> None:
        """Keep all."""
        self.sku = sku
        self.quantity_milli = quantity_milli
        self.amount_minor = amount_minor
        self.external_discount_minor = external_discount_minor
        self.manual_discount_minor = manual_discount_minor
        self.discount_minor = discount_minor
        self.points_value_minor = points_value_minor
        self.points_spent_minor = points_spent_minor
        self.points_earned_minor = points_earned_minor
        self.discounts = discounts
        self.points = points
        self.shares = shares
        self.certificates_minor = certificates_minor

    @property
    def payable_minor(self) -> int:
        """Money that remains to be paid for the line."""
        return (
            self.amount_minor
            - self.external_discount_minor
            - self.manual_discount_minor
            - self.discount_minor
            - self.points_value_minor
            - self.certificates_minor
        )
