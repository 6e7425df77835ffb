"""The typed schema of rewards that count units: multibuys, buy A get B, sets, gifts."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.document import Code, Document, NotNegative, RateBp, Whole, YesNo
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.rewards import Maximum, ReducedGoods, Rounding
from checkout.engine.schema.values import Which

Units = Annotated[Whole, Field(ge=1, le=1_000, description="Pieces; a weighed line is one")]


class Effect(Document):
    """What happens to a rewarded unit (of a set: to the whole set). Exactly one of the three."""

    rate_bp: Annotated[RateBp | None, Field(description="Taken off; 10000 = free")] = None
    amount_minor: Annotated[NotNegative | None, Field(description="Taken off")] = None
    price_minor: Annotated[NotNegative | None, Field(description="The new price")] = None


class Pick(enum.StrEnum):
    """Where the rewarded units are looked for: in each group, or among all that take part."""

    EACH_GROUP = "each_group"
    OF_ALL = "of_all"


class Incomplete(enum.StrEnum):
    """What becomes of a group of which rewarded units are missing."""

    NOTHING = "nothing"
    PART = "part"
    GIFT = "gift"


class UnitReward(Document):
    """What all rewards that count units have."""

    lane: Annotated[Code, Field(description="Discount lane of the program")]
    times: Annotated[
        Whole | None, Field(ge=1, le=1_000, description="At most so often; absent: as it fits")
    ] = None
    reduced_goods: ReducedGoods = ReducedGoods.COUNT
    rounding: Rounding = Rounding.HALF_UP
    maximum: Maximum = Maximum()


class Multibuy(UnitReward):
    """Of every so many units some are rewarded: 3 for 2, the second at half price.

    A group is `buy_units` and `get_units`; with `rewarded_counts`, `buy_units` alone.
    """

    kind: Literal["multibuy"] = "multibuy"
    goods: Annotated[Goods | None, Field(description="All counted lines when absent")] = None
    buy_units: Units
    get_units: Units = 1
    effect: Effect = Effect(rate_bp=10_000)
    which: Which = Which.CHEAPEST
    pick: Pick = Pick.EACH_GROUP
    rewarded_counts: Annotated[
        YesNo, Field(description="A rewarded unit counts as one of those bought")
    ] = False
    incomplete: Incomplete = Incomplete.NOTHING


class Component(Document):
    """So many units of one choice of goods; alternatives stand in the choice."""

    goods: Goods
    units: Units = 1


class BuyGet(UnitReward):
    """Buy A, get B: for every full set of what is bought, units of other goods are rewarded."""

    kind: Literal["buy_get"] = "buy_get"
    buy: Annotated[tuple[Component, ...], Field(min_length=1, max_length=10)]
    goods: Annotated[Goods, Field(description="What is rewarded")]
    get_units: Units = 1
    effect: Effect = Effect(rate_bp=10_000)
    which: Which = Which.CHEAPEST
    rewarded_counts: Annotated[
        YesNo, Field(description="A rewarded unit may also be one of those bought")
    ] = False
    incomplete: Incomplete = Incomplete.NOTHING


class Bundle(UnitReward):
    """A set of goods at a set price, or with something off the set.

    Unlike other rewards it takes the dearest units first: those that a set price takes most off.
    """

    kind: Literal["bundle"] = "bundle"
    parts: Annotated[tuple[Component, ...], Field(min_length=1, max_length=10)]
    effect: Effect
    which: Which = Which.DEAREST


class Gift(UnitReward):
    """Units that are free, or at a reduced price, for whom the campaign is open."""

    kind: Literal["gift"] = "gift"
    goods: Goods
    units: Units = 1
    effect: Effect = Effect(rate_bp=10_000)
    which: Which = Which.CHEAPEST
    missing: Annotated[
        Incomplete, Field(description="gift: the till is told to add what is missing")
    ] = Incomplete.GIFT
