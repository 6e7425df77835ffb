"""The typed schema of discount rewards: what a campaign takes off."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.document import Code, Document, NotNegative, Positive, RateBp
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.values import Repeated, Valued
from checkout.primitives import LeftOver


class Rounding(enum.StrEnum):
    """How a division is rounded to a minor unit."""

    HALF_UP = "half_up"
    DOWN = "down"
    UP = "up"
    HALF_UP_PRICE = "half_up_price"


class RoundingLevel(enum.StrEnum):
    """What is rounded: each line, each unit, the rule's total, or all such rules of a receipt."""

    LINE = "line"
    UNIT = "unit"
    TOTAL = "total"
    RECEIPT = "receipt"


class ReducedGoods(enum.StrEnum):
    """What becomes of goods whose price is already below the shelf price."""

    COUNT = "count"
    SKIP = "skip"
    NEXT = "next"
    REFUSE = "refuse"


class Part(enum.StrEnum):
    """What is granted where a bound cuts: the part that fits, or nothing."""

    PART = "part"
    NOTHING = "nothing"


class SpreadBy(enum.StrEnum):
    """What one amount over several lines is spread by."""

    VALUE = "value"
    UNITS = "units"


class FullLine(enum.StrEnum):
    """What a line at its floor refuses: moves to the other lines, or lapses."""

    MOVES = "moves"
    LAPSES = "lapses"


class Spread(Document):
    """How one amount comes onto several lines."""

    by: SpreadBy = SpreadBy.VALUE
    left_over: LeftOver = LeftOver.LARGEST_REMAINDER
    full_line: FullLine = FullLine.MOVES


class Maximum(Document):
    """Upper bounds of one reward's discount."""

    unit_minor: Annotated[NotNegative | None, Field(description="On each unit")] = None
    line_minor: Annotated[NotNegative | None, Field(description="On each line")] = None
    application_minor: Annotated[
        NotNegative | None, Field(description="Each time the reward is applied")
    ] = None
    above: Annotated[
        Part, Field(description="Where a bound cuts: the part that fits, or nothing")
    ] = Part.PART


class DiscountReward(Valued):
    """What all discounts with one number have: lane, goods, where the value comes from, bounds."""

    lane: Annotated[Code, Field(description="Discount lane of the program")]
    goods: Annotated[Goods | None, Field(description="All counted lines when absent")] = None
    reduced_goods: ReducedGoods = ReducedGoods.COUNT
    maximum: Maximum = Maximum()


class Percent(DiscountReward):
    """A percentage off the goods."""

    kind: Literal["percent"] = "percent"
    rate_bp: Annotated[RateBp | None, Field(description="Basis points: 1000 = 10 %")] = None
    rounding: Rounding = Rounding.HALF_UP
    level: RoundingLevel = RoundingLevel.LINE
    spread: Annotated[Spread, Field(description="For the levels total and receipt")] = Spread()


class Amount(Repeated, DiscountReward):
    """An amount off each unit, kilogram or line, off the receipt, or for each so much bought."""

    kind: Literal["amount"] = "amount"
    amount_minor: Annotated[Positive | None, Field(description="Taken off")] = None
    after: Annotated[
        Moment, Field(description="With each_amount: the original price, or after earlier lanes")
    ] = Moment.ORIGINAL
    spread: Annotated[Spread, Field(description="For amounts over several lines")] = Spread()


class PricePer(enum.StrEnum):
    """What a fixed price is for."""

    UNIT = "unit"
    QUANTITY = "quantity"
    LINE = "line"


class FixedPrice(DiscountReward):
    """The goods at a fixed price; one that is already lower stays."""

    kind: Literal["fixed_price"] = "fixed_price"
    price_minor: Annotated[NotNegative | None, Field(description="The price")] = None
    per: PricePer = PricePer.UNIT
