"""The typed schema of conditions: a closed union, nested by `all`, `any` and `not`."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.document import (
    Code,
    Comparison,
    CouponCode,
    Document,
    NotNegative,
    ShortWord,
    Whole,
    Word,
)
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.member_conditions import (
    ActivityInWindow,
    Age,
    Birthday,
    CardType,
    Consent,
    DaysSincePurchase,
    FavouriteCategory,
    Gender,
    Identified,
    Lifecycle,
    MemberAttribute,
    MemberList,
    MemberTag,
    PersonalOffer,
    PurchaseNumber,
    Segment,
    SpendInWindow,
    Tier,
    VisitsInWindow,
)
from checkout.engine.schema.schedule import Schedule
from checkout.primitives import QUANTITY_MAX_MILLI


class All(Document):
    """Every one of the conditions holds."""

    kind: Literal["all"] = "all"
    of: Annotated[
        tuple[Condition, ...], Field(min_length=1, max_length=100, description="The conditions")
    ]


class Any(Document):
    """At least one of the conditions holds."""

    kind: Literal["any"] = "any"
    of: Annotated[
        tuple[Condition, ...], Field(min_length=1, max_length=100, description="The conditions")
    ]


class Not(Document):
    """The condition does not hold."""

    kind: Literal["not"] = "not"
    of: Annotated[Condition, Field(description="The condition that must not hold")]


class Moment(enum.StrEnum):
    """Which price of a line a rule looks at."""

    ORIGINAL = "original"
    EARLIER_LANES = "earlier_lanes"


class ReceiptAmount(Document):
    """The receipt's amount, or that of chosen goods, against a bound."""

    kind: Literal["receipt_amount"] = "receipt_amount"
    compare: Comparison
    amount_minor: Annotated[NotNegative, Field(description="Bound")]
    goods: Annotated[Goods | None, Field(description="Goods that count; all by default")] = None
    after: Annotated[
        Moment,
        Field(description="original: before our discounts; earlier_lanes: after those of them"),
    ] = Moment.ORIGINAL


class ReceiptQuantity(Document):
    """The quantity of all or of chosen goods against a bound, in thousandths."""

    kind: Literal["receipt_quantity"] = "receipt_quantity"
    compare: Comparison
    quantity_milli: Annotated[Whole, Field(ge=0, le=QUANTITY_MAX_MILLI, description="Bound")]
    goods: Annotated[Goods | None, Field(description="Goods that count; all by default")] = None


class DistinctGoods(Document):
    """How many different articles there are, of all or of chosen goods."""

    kind: Literal["distinct_goods"] = "distinct_goods"
    compare: Comparison
    count: Annotated[Whole, Field(ge=0, le=1_000, description="Bound")]
    goods: Annotated[Goods | None, Field(description="Goods that count; all by default")] = None


class ContainsGoods(Document):
    """At least one line is of the goods."""

    kind: Literal["contains_goods"] = "contains_goods"
    goods: Goods


class Terminal(Document):
    """One till of one store."""

    store: Code
    terminal: Annotated[Word, Field(description="Code of the till in its store")]


class Place(Document):
    """The store is one of the named, or of a named chain, format or region; or the till is."""

    kind: Literal["place"] = "place"
    stores: Annotated[tuple[Code, ...], Field(max_length=10_000, description="Store codes")] = ()
    chains: Annotated[tuple[Code, ...], Field(max_length=1_000, description="Chain codes")] = ()
    formats: Annotated[tuple[Word, ...], Field(max_length=1_000, description="Store formats")] = ()
    regions: Annotated[tuple[Word, ...], Field(max_length=1_000, description="Store regions")] = ()
    terminals: Annotated[
        tuple[Terminal, ...], Field(max_length=10_000, description="Single tills")
    ] = ()


class InSchedule(Document):
    """The moment of the sale lies in a schedule: for use inside `any` and `not`."""

    kind: Literal["schedule"] = "schedule"
    schedule: Schedule


class Tender(Document):
    """The customer means to pay so: every part that is given must hold for one planned tender."""

    kind: Literal["tender"] = "tender"
    kinds: Annotated[
        tuple[ShortWord, ...], Field(max_length=100, description="cash, card …; any when absent")
    ] = ()
    bins: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\d{1,8}$")], ...],
        Field(max_length=10_000, description="First digits of payment cards, at most 8"),
    ] = ()
    tokens: Annotated[
        tuple[Word, ...], Field(max_length=10_000, description="Tokens of payment cards")
    ] = ()


class Channel(Document):
    """The sale is made through one of the channels: till, app, self_checkout."""

    kind: Literal["channel"] = "channel"
    channels: Annotated[
        tuple[ShortWord, ...], Field(min_length=1, max_length=100, description="Any of them")
    ]


class Coupon(Document):
    """The receipt carries the coupon code."""

    kind: Literal["coupon"] = "coupon"
    code: CouponCode


class CouponSeries(Document):
    """The receipt carries a valid code of a series of unique coupons."""

    kind: Literal["coupon_series"] = "coupon_series"
    series: Code


class CampaignApplied(Document):
    """One of the campaigns has granted something in a lane before this one."""

    kind: Literal["campaign_applied"] = "campaign_applied"
    campaigns: Annotated[
        tuple[Code, ...], Field(min_length=1, max_length=1_000, description="Any of them")
    ]


Condition = Annotated[
    All
    | Any
    | Not
    | ReceiptAmount
    | ReceiptQuantity
    | DistinctGoods
    | ContainsGoods
    | Place
    | InSchedule
    | Tender
    | Channel
    | Coupon
    | CouponSeries
    | CampaignApplied
    | Identified
    | Tier
    | MemberList
    | Segment
    | MemberTag
    | MemberAttribute
    | Gender
    | Age
    | Birthday
    | PurchaseNumber
    | DaysSincePurchase
    | SpendInWindow
    | VisitsInWindow
    | ActivityInWindow
    | FavouriteCategory
    | CardType
    | Consent
    | Lifecycle
    | PersonalOffer,
    Field(discriminator="kind"),
]

All.model_rebuild()
Any.model_rebuild()
Not.model_rebuild()
