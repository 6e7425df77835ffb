"""The typed schema of a program: point currencies, lanes, caps, redemption, accrual."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.certificates import CertificateSeries
from checkout.engine.schema.document import (
    Code,
    Document,
    NotNegative,
    Positive,
    RateBp,
    Readable,
    Whole,
    Word,
    YesNo,
)
from checkout.engine.schema.gifts import ProgramGift
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.limits import ProgramLimit
from checkout.engine.schema.points import PointDates
from checkout.engine.schema.returns import Returns
from checkout.engine.schema.rewards import Part
from checkout.engine.schema.tiers import LifecycleRule, Tier
from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP


class PointCurrency(Document):
    """What points are and what they are worth when they are spent."""

    code: Code
    name: Annotated[
        str, Field(min_length=1, max_length=64, description="Shown to customers"), Readable
    ]
    exponent: Annotated[Whole, Field(ge=0, le=4, description="Decimals: 0 = whole points only")] = 0
    value_minor: Annotated[
        Whole, Field(gt=0, le=AMOUNT_MAX_MINOR, description="Money for value_points_minor points")
    ] = 1
    value_points_minor: Annotated[
        Whole, Field(gt=0, le=AMOUNT_MAX_MINOR, description="Points that are worth value_minor")
    ] = 1


class LanePhase(enum.StrEnum):
    """What the rewards of a lane give."""

    DISCOUNT = "discount"
    ACCRUAL = "accrual"


class LanePolicy(enum.StrEnum):
    """How rewards in one lane stand together."""

    ALL = "all"
    FIRST = "first"
    BEST = "best"
    BEST_COMBINATION = "best_combination"


class LaneScope(enum.StrEnum):
    """Over what the rewards of a lane compete."""

    UNIT = "unit"
    LINE = "line"
    RECEIPT = "receipt"


class LaneBase(enum.StrEnum):
    """Where percentages of a lane are taken from."""

    CURRENT = "current"
    ORIGINAL = "original"
    ADDED_UP = "added_up"


class Lane(Document):
    """An ordered place where rewards meet, by falling priority, then campaign code."""

    code: Code
    phase: LanePhase
    policy: LanePolicy = LanePolicy.ALL
    scope: LaneScope = LaneScope.LINE
    base: Annotated[
        LaneBase,
        Field(
            description="current: price after earlier rewards; original: before ours; "
            "added_up: original, and the percentages of a line are added before rounding"
        ),
    ] = LaneBase.CURRENT
    work_steps: Annotated[
        Whole,
        Field(ge=1, le=1_000_000, description="With best_combination: how much is tried at most"),
    ] = 500


class DiscountCap(Document):
    """Bound of all discounts on one receipt, external ones included.

    The lesser of the two counts.
    """

    rate_bp: Annotated[RateBp | None, Field(description="Of the receipt's amount")] = None
    amount_minor: Annotated[NotNegative | None, Field(description="As a sum")] = None
    above: Annotated[
        Part, Field(description="Where the cap cuts a reward: the part that fits, or nothing")
    ] = Part.PART


class ManualPermission(Document):
    """A permission to give a discount by hand at the till, up to a rate of the line."""

    code: Word
    rate_bp: Annotated[RateBp, Field(description="Of the line, at most")]


class ManualDiscounts(Document):
    """Discounts that cashiers give by hand: who may how much, and whether the cap counts them."""

    permissions: Annotated[
        tuple[ManualPermission, ...],
        Field(max_length=50, description="By the code that the till sends; none: none given"),
    ] = ()
    in_cap: Annotated[YesNo, Field(description="The receipt's cap bounds them, too")] = True


class CashRounding(Document):
    """The sum to pay in cash as a multiple of a coin."""

    to_minor: Annotated[Positive, Field(description="100 = whole units of money")]
    nearest: Annotated[
        YesNo, Field(description="To the nearest multiple, half down; otherwise always down")
    ] = False
    always: Annotated[YesNo, Field(description="Also when other tenders are planned")] = False


class CouponRules(Document):
    """How codes are read and what becomes of them."""

    case_matters: Annotated[YesNo, Field(description="SAVE and save are two codes")] = False
    repeated_refused: Annotated[
        YesNo,
        Field(description="A code that stands twice on a receipt is rejected, not taken once"),
    ] = False
    unused_used_up: Annotated[
        YesNo, Field(description="A code whose campaign granted nothing is used up all the same")
    ] = False


class GoodsCap(Document):
    """How much of chosen goods may be paid with points."""

    goods: Goods
    rate_bp: Annotated[RateBp, Field(description="Of what may be paid")]


class IdentifiedBy(enum.StrEnum):
    """How a member is identified at the till."""

    CARD = "card"
    PHONE = "phone"
    EXTERNAL_ID = "external_id"


class TooManyPoints(enum.StrEnum):
    """What becomes of a number of points that cannot be spent."""

    REFUSE = "refuse"
    CLAMP = "clamp"


class LotOrder(enum.StrEnum):
    """Which points are spent first."""

    EXPIRING_FIRST = "expiring_first"
    EARNED_FIRST = "earned_first"


class Redemption(Document):
    """What part of a receipt may be paid with points, and which points go first."""

    currency: Annotated[Code | None, Field(description="The first currency when absent")] = None
    rate_bp: Annotated[RateBp, Field(description="Of every line, after discounts")] = FULL_RATE_BP
    goods_caps: Annotated[
        tuple[GoodsCap, ...],
        Field(max_length=50, description="The first that names a line sets its rate; 0 excludes"),
    ] = ()
    min_money_minor: Annotated[
        NotNegative, Field(description="Money that must remain to be paid")
    ] = 0
    earn_only: Annotated[
        tuple[IdentifiedBy, ...],
        Field(max_length=3, description="Members who are identified so earn, and pay no points"),
    ] = ()
    step_points_minor: Annotated[
        Positive, Field(description="Points are spent in multiples of this")
    ] = 1
    min_points_minor: Annotated[NotNegative, Field(description="Fewer are not spent at all")] = 0
    too_many: Annotated[
        TooManyPoints,
        Field(
            description="Asked for more than may be spent, or for points between two steps: "
            "refused, or as many as may be spent"
        ),
    ] = TooManyPoints.REFUSE
    lots: Annotated[
        LotOrder,
        Field(
            description="expiring_first: those that never expire last; earned_first: those that "
            "could be spent the earliest"
        ),
    ] = LotOrder.EXPIRING_FIRST


class AccrualBase(enum.StrEnum):
    """Of which price points are earned."""

    AFTER_DISCOUNTS = "after_discounts"
    BEFORE_DISCOUNTS = "before_discounts"
    WITHOUT_RECEIPT_DISCOUNTS = "without_receipt_discounts"


class PointsRounding(enum.StrEnum):
    """How points are rounded to a minor unit."""

    DOWN = "down"
    NEAREST = "nearest"
    UP = "up"


class PointsLevel(enum.StrEnum):
    """What is rounded: all rewards of a receipt together, each reward, or each line of each."""

    RECEIPT = "receipt"
    REWARD = "reward"
    LINE = "line"


class Accrual(Document):
    """What earns points, and how long they live."""

    goods: Annotated[Goods | None, Field(description="Goods that earn; all by default")] = None
    base: Annotated[
        AccrualBase,
        Field(
            description="without_receipt_discounts: the line's share of discounts that are "
            "spread over several lines is not taken off"
        ),
    ] = AccrualBase.AFTER_DISCOUNTS
    exclude_paid_with_points: Annotated[
        YesNo, Field(description="The part paid with points earns nothing")
    ] = True
    exclude_paid_with_certificates: Annotated[
        YesNo, Field(description="The part paid with certificates and passes earns nothing")
    ] = False
    earn_when_points_spent: Annotated[
        YesNo, Field(description="A receipt paid in part with points still earns on the rest")
    ] = True
    rounding: PointsRounding = PointsRounding.DOWN
    level: PointsLevel = PointsLevel.RECEIPT
    dates: PointDates = PointDates()
    credit_later_days: Annotated[
        Whole,
        Field(
            ge=0,
            le=60,
            description="Until so many days after the sale whoever forgot the card gets the points;"
            " 0: not at all",
        ),
    ] = 14


class PointsAfterLeaving(enum.StrEnum):
    """What becomes of the points of a member who leaves the program."""

    KEPT = "kept"
    WRITTEN_OFF = "written_off"


class Program(Document):
    """One loyalty program of a partner."""

    code: Code
    name: Annotated[
        str, Field(min_length=1, max_length=128, description="Shown to customers"), Readable
    ]
    time_zone: Annotated[str, Field(description="IANA zone of lot dates")] = "UTC"
    tiers: Annotated[tuple[Tier, ...], Field(max_length=50, description="Lowest first")] = ()
    lifecycle: Annotated[
        LifecycleRule | None,
        Field(description="When members are new, active, sleeping or lost; absent: not told"),
    ] = None
    currencies: Annotated[
        tuple[PointCurrency, ...], Field(min_length=1, max_length=10, description="Main one first")
    ]
    lanes: Annotated[tuple[Lane, ...], Field(min_length=1, max_length=50)]
    discount_cap: DiscountCap = DiscountCap()
    limits: Annotated[
        tuple[ProgramLimit, ...], Field(max_length=100, description="Beside those of campaigns")
    ] = ()
    manual_discounts: ManualDiscounts = ManualDiscounts()
    coupons: CouponRules = CouponRules()
    redemption: Redemption = Redemption()
    certificates: Annotated[
        tuple[CertificateSeries, ...],
        Field(max_length=1_000, description="Series of certificates and passes that it takes"),
    ] = ()
    gifts: Annotated[
        tuple[ProgramGift, ...], Field(max_length=1_000, description="What can be handed out")
    ] = ()
    accrual: Accrual = Accrual()
    returns: Returns = Returns()
    points_after_leaving: Annotated[
        PointsAfterLeaving,
        Field(
            description="kept: out of reach until the member joins again; written_off: all but what"
            " holds and freezes keep"
        ),
    ] = PointsAfterLeaving.KEPT
    cash_rounding: CashRounding | None = None
    fiscal_lines: Annotated[
        YesNo, Field(description="Each line is also given as price × quantity for a fiscal printer")
    ] = False
    slip_footer: Annotated[str, Field(max_length=500, description="Last line of the slip")] = ""
