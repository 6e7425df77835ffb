"""The typed schema of a program: tiers, the point currency, lanes, the discount cap.

Redemption and accrual.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.campaign import Code, Document, Goods
from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP

RateBp = Annotated[
    int, Field(ge=0, le=FULL_RATE_BP, description="Of what may be paid, in basis points")
]


class Tier(Document):
    """A level in the program."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=64, description="Shown to customers")]
    points_multiplier_bp: Annotated[
        int, Field(gt=0, le=1_000_000, description="Points are multiplied by this; 10000 = ×1")
    ] = FULL_RATE_BP


class PointCurrency(Document):
    """What points are and what they are worth when they are spent."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=64, description="Shown to customers")]
    exponent: Annotated[int, Field(ge=0, le=4, description="Decimals: 0 = whole points only")] = 0
    value_minor: Annotated[
        int, Field(gt=0, le=AMOUNT_MAX_MINOR, description="Money for value_points_minor points")
    ] = 1
    value_points_minor: Annotated[
        int, Field(gt=0, le=AMOUNT_MAX_MINOR, description="Points that are worth value_minor")
    ] = 1


class LanePhase(enum.StrEnum):
    """What the rewards of a lane give."""

    DISCOUNT = "discount"
    ACCRUAL = "accrual"


class LanePolicy(enum.StrEnum):
    """How rewards in one lane stand together."""

    ALL = "all"
    FIRST = "first"


class LaneScope(enum.StrEnum):
    """Over what the rewards of a `first` lane compete."""

    LINE = "line"
    RECEIPT = "receipt"


class LaneBase(enum.StrEnum):
    """Where percentages of a lane are taken from."""

    CURRENT = "current"
    ORIGINAL = "original"


class Lane(Document):
    """An ordered place where rewards meet, by falling priority, then campaign code."""

    code: Code
    phase: LanePhase
    policy: LanePolicy = LanePolicy.ALL
    scope: LaneScope = LaneScope.LINE
    base: Annotated[
        LaneBase, Field(description="Current: price after earlier rewards; original: before ours")
    ] = LaneBase.CURRENT


class DiscountCap(Document):
    """Bound of all discounts on one receipt, external ones included.

    The lesser of the two counts.
    """

    rate_bp: Annotated[
        int | None, Field(ge=0, le=FULL_RATE_BP, description="Of the receipt's amount")
    ] = None
    amount_minor: Annotated[
        int | None, Field(ge=0, le=AMOUNT_MAX_MINOR, description="As a sum")
    ] = None


class GoodsCap(Document):
    """How much of chosen goods may be paid with points."""

    goods: Goods
    rate_bp: RateBp


class Redemption(Document):
    """What part of a receipt may be paid with points."""

    rate_bp: Annotated[RateBp, Field(description="Of every line, after discounts")] = FULL_RATE_BP
    goods_caps: Annotated[
        tuple[GoodsCap, ...],
        Field(max_length=50, description="The first that names a line sets its rate; 0 excludes"),
    ] = ()
    min_money_minor: Annotated[
        int, Field(ge=0, le=AMOUNT_MAX_MINOR, description="Money that must remain to be paid")
    ] = 0


class Accrual(Document):
    """What earns points, and how long they live."""

    goods: Annotated[Goods | None, Field(description="Goods that earn; all by default")] = None
    exclude_paid_with_points: Annotated[
        bool, Field(description="The part paid with points earns nothing")
    ] = True
    earn_when_points_spent: Annotated[
        bool, Field(description="A receipt paid in part with points still earns on the rest")
    ] = True
    lifetime_days: Annotated[
        int | None,
        Field(gt=0, le=36_500, description="Points expire at local midnight after so many days"),
    ] = None


class Program(Document):
    """One loyalty program of a partner."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown to customers")]
    time_zone: Annotated[str, Field(description="IANA zone of lot dates")] = "UTC"
    tiers: Annotated[tuple[Tier, ...], Field(max_length=50, description="Lowest first")] = ()
    currency: PointCurrency
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1, max_length=50)]
    discount_cap: DiscountCap = DiscountCap()
    redemption: Redemption = Redemption()
    accrual: Accrual = Accrual()
    slip_footer: Annotated[str, Field(max_length=500, description="Last line of the slip")] = ""
