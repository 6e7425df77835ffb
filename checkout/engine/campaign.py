"""The typed schema of a campaign: when → what → how far → beside whom → what is said.

These are the documents that managers write and that snapshots hold; the compiler turns them into
what `checkout.engine.evaluate` runs. Unknown fields, kinds and operators are refused here,
references and impossible rules in `checkout.engine.compiler`: at run time a broken rule cannot
exist.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP, QUANTITY_MAX_MILLI

Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s/|]+$",
        description="Code: no blanks, / or |",
    ),
]
CouponCode = Annotated[
    str,
    Field(min_length=1, max_length=64, pattern=r"^\S+$", description="Code that a customer shows"),
]
Positive = Annotated[int, Field(gt=0, le=AMOUNT_MAX_MINOR, description="In minor units")]


class Document(BaseModel):
    """An immutable part of a snapshot; a field that is not in the schema is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Goods(Document):
    """A choice of goods: a line is meant if one of the lists names it and `but_not` does not.

    With no list at all every line of goods and services is meant. A delivery charge is never meant.
    """

    skus: Annotated[tuple[str, ...], Field(description="Article codes")] = ()
    categories: Annotated[
        tuple[Code, ...], Field(description="Category codes, each with everything below it")
    ] = ()
    brands: Annotated[tuple[str, ...], Field(description="Brand names as in the catalogue")] = ()
    but_not: Annotated[Goods | None, Field(description="Goods left out")] = None


class Comparison(enum.StrEnum):
    """How a value is compared with a bound."""

    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    EQUAL = "equal"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"


class All(Document):
    """Every one of the conditions holds."""

    kind: Literal["all"] = "all"
    of: Annotated[tuple[Condition, ...], Field(min_length=1, description="The conditions")]


class Any(Document):
    """At least one of the conditions holds."""

    kind: Literal["any"] = "any"
    of: Annotated[tuple[Condition, ...], Field(min_length=1, description="The conditions")]


class Not(Document):
    """The condition does not hold."""

    kind: Literal["not"] = "not"
    of: Annotated[Condition, Field(description="The condition that must not hold")]


class ReceiptAmount(Document):
    """The receipt's amount, or that of chosen goods, against a bound.

    Looked at before our discounts and after external ones.
    """

    kind: Literal["receipt_amount"] = "receipt_amount"
    compare: Comparison
    amount_minor: Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR, description="Bound")]
    goods: Annotated[Goods | None, Field(description="Goods that count; all by default")] = None


class ReceiptQuantity(Document):
    """The quantity of all or of chosen goods against a bound, in thousandths."""

    kind: Literal["receipt_quantity"] = "receipt_quantity"
    compare: Comparison
    quantity_milli: Annotated[int, Field(ge=0, le=QUANTITY_MAX_MILLI, description="Bound")]
    goods: Annotated[Goods | None, Field(description="Goods that count; all by default")] = None


class ContainsGoods(Document):
    """At least one line is of the goods."""

    kind: Literal["contains_goods"] = "contains_goods"
    goods: Goods


class Place(Document):
    """The store is one of the named, or of a named chain, format or region."""

    kind: Literal["place"] = "place"
    stores: Annotated[tuple[Code, ...], Field(description="Store codes")] = ()
    chains: Annotated[tuple[Code, ...], Field(description="Chain codes")] = ()
    formats: Annotated[tuple[str, ...], Field(description="Store formats")] = ()
    regions: Annotated[tuple[str, ...], Field(description="Store regions")] = ()


class Identified(Document):
    """The sale has a member."""

    kind: Literal["identified"] = "identified"


class Tier(Document):
    """The member's tier is one of the named."""

    kind: Literal["tier"] = "tier"
    tiers: Annotated[tuple[Code, ...], Field(min_length=1, description="Tier codes")]


class MemberList(Document):
    """The member stands in the explicit list."""

    kind: Literal["member_list"] = "member_list"
    list: Code


class Coupon(Document):
    """The receipt carries the coupon code."""

    kind: Literal["coupon"] = "coupon"
    code: CouponCode


Condition = Annotated[
    All
    | Any
    | Not
    | ReceiptAmount
    | ReceiptQuantity
    | ContainsGoods
    | Place
    | Identified
    | Tier
    | MemberList
    | Coupon,
    Field(discriminator="kind"),
]


class Schedule(Document):
    """When, in the till's local time. Every part that is given must hold."""

    starts_at: Annotated[
        dt.datetime | None, Field(description="First moment, local, without zone")
    ] = None
    ends_at: Annotated[
        dt.datetime | None, Field(description="First moment after the end; open when absent")
    ] = None
    weekdays: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(description="1 Monday … 7 Sunday")
    ] = ()
    time_from: Annotated[dt.time | None, Field(description="Daily from, inclusive")] = None
    time_until: Annotated[
        dt.time | None,
        Field(description="Daily until, exclusive; earlier than time_from means across midnight"),
    ] = None


class Percent(Document):
    """A percentage off each line of the goods, half up per line."""

    kind: Literal["percent"] = "percent"
    lane: Annotated[Code, Field(description="Discount lane of the program")]
    rate_bp: Annotated[int, Field(gt=0, le=FULL_RATE_BP, description="Basis points: 1000 = 10 %")]
    goods: Goods | None = None


class AmountPerUnit(Document):
    """An amount off each unit of the goods."""

    kind: Literal["amount_per_unit"] = "amount_per_unit"
    lane: Annotated[Code, Field(description="Discount lane of the program")]
    amount_minor: Positive
    goods: Goods | None = None


class ReceiptAmountOff(Document):
    """One amount off the receipt, spread over the goods by their value."""

    kind: Literal["receipt_amount_off"] = "receipt_amount_off"
    lane: Annotated[Code, Field(description="Discount lane of the program")]
    amount_minor: Positive
    goods: Goods | None = None


class PointsPercent(Document):
    """Points as a percentage of the goods' accrual base, down to a minor unit once per receipt."""

    kind: Literal["points_percent"] = "points_percent"
    lane: Annotated[Code, Field(description="Accrual lane of the program")]
    rate_bp: Annotated[
        int, Field(gt=0, le=100 * FULL_RATE_BP, description="100 = one point per 100 of money")
    ]
    goods: Goods | None = None


class PointsPerUnit(Document):
    """A fixed number of points for each unit of the goods."""

    kind: Literal["points_per_unit"] = "points_per_unit"
    lane: Annotated[Code, Field(description="Accrual lane of the program")]
    points_minor: Positive
    goods: Goods | None = None


Reward = Annotated[
    Percent | AmountPerUnit | ReceiptAmountOff | PointsPercent | PointsPerUnit,
    Field(discriminator="kind"),
]


class Period(enum.StrEnum):
    """A calendar period in the till's local time; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIFETIME = "lifetime"


class Limit(Document):
    """Receipts per member and period in which the campaign may apply."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown when it is full")]
    description: Annotated[str, Field(max_length=1_000, description="What it is for")] = ""
    uses: Annotated[int, Field(gt=0, le=1_000_000, description="Receipts per period")]
    period: Period


class Budget(Document):
    """What the campaign may give in total, over all members and stores."""

    discount_minor: Annotated[int | None, Field(gt=0, description="Money; the last part fits")] = (
        None
    )
    uses: Annotated[int | None, Field(gt=0, description="Receipts")] = None


class MessagePlace(enum.StrEnum):
    """Where a message is shown."""

    SLIP = "slip"
    CASHIER = "cashier"
    DISPLAY = "display"


class Message(Document):
    """A text shown when the campaign applied.

    Variables: ``{campaign}`` its name, ``{discount}`` money it took off, ``{points}`` points it
    earned.
    """

    place: MessagePlace
    text: Annotated[str, Field(min_length=1, max_length=500, description="Text with variables")]


class Campaign(Document):
    """When its conditions hold, its rewards are granted within its limits.

    Beside others as lanes say.
    """

    code: Annotated[Code, Field(description="Unique per partner; ties go to the smaller code")]
    program: Annotated[Code, Field(description="Code of the program")]
    name: Annotated[str, Field(min_length=1, max_length=200, description="Shown to customers")]
    description: Annotated[str, Field(max_length=2_000, description="For colleagues")] = ""
    priority: Annotated[
        int, Field(ge=-1_000, le=1_000, description="The higher goes first in its lanes")
    ] = 0
    schedule: Schedule = Schedule()
    when: Annotated[Condition | None, Field(description="Absent: always")] = None
    rewards: Annotated[
        tuple[Reward, ...], Field(min_length=1, max_length=20, description="What it gives")
    ]
    limits: Annotated[tuple[Limit, ...], Field(max_length=20)] = ()
    budget: Budget | None = None
    messages: Annotated[tuple[Message, ...], Field(max_length=20)] = ()


Goods.model_rebuild()
All.model_rebuild()
Any.model_rebuild()
Not.model_rebuild()
Campaign.model_rebuild()
