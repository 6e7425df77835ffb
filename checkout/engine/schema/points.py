"""The typed schema of point rewards: what a campaign lets a member earn."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from checkout.engine.schema.document import (
    Code,
    Date,
    Days,
    Document,
    NotNegative,
    Positive,
    Whole,
    YesNo,
)
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.rewards import Part, ReducedGoods
from checkout.engine.schema.values import Repeated, Valued
from checkout.engine.told import told
from checkout.primitives import FULL_RATE_BP

#: Between these points expire on a fixed day: lots must have a moment in every zone.
DAY_MIN: Final = dt.date(2000, 1, 1)
DAY_MAX: Final = dt.date(9998, 12, 31)


def _in_reach(day: dt.date) -> dt.date:
    if not DAY_MIN <= day <= DAY_MAX:
        raise ValueError(
            told(
                "a day from {first} to {last} belongs here, not {day}",
                first=DAY_MIN,
                last=DAY_MAX,
                day=day,
            )
        )
    return day


class EndOf(enum.StrEnum):
    """A calendar period whose end ends points."""

    MONTH = "month"
    YEAR = "year"


class PointDates(Document):
    """When points become active, and how long they live from that day on.

    At most one of `days`, `months`, `end_of` (with `months`: that many later) and `on`.
    """

    delay_days: Annotated[
        Days, Field(description="Active from local midnight so many days after the sale; 0 at once")
    ] = 0
    days: Annotated[
        Whole | None, Field(gt=0, le=36_500, description="Expire so many days after that")
    ] = None
    months: Annotated[
        Whole | None, Field(gt=0, le=1_200, description="Expire so many months after that")
    ] = None
    end_of: Annotated[EndOf | None, Field(description="Expire when that month or year ends")] = None
    on: Annotated[
        Annotated[Date, AfterValidator(_in_reach)] | None,
        Field(description="First day on which they are gone, from 2000 on"),
    ] = None


class PointsReward(Valued):
    """What all point rewards have."""

    lane: Annotated[Code, Field(description="Accrual lane of the program")]
    goods: Annotated[Goods | None, Field(description="All that earns when absent")] = None
    currency: Annotated[Code | None, Field(description="The program's first when absent")] = None
    tier_multiplied: Annotated[YesNo, Field(description="The tier's multiplier counts")] = True
    reduced_goods: ReducedGoods = ReducedGoods.COUNT
    maximum_minor: Annotated[NotNegative | None, Field(description="On one receipt")] = None
    above: Annotated[Part, Field(description="Where that cuts: the part that fits, or nothing")] = (
        Part.PART
    )
    dates: Annotated[PointDates | None, Field(description="The program's when absent")] = None


class PointsPercent(PointsReward):
    """Points as a percentage of the goods' accrual base."""

    kind: Literal["points_percent"] = "points_percent"
    rate_bp: Annotated[
        Whole | None,
        Field(gt=0, le=100 * FULL_RATE_BP, description="100 = one point per 100 of money"),
    ] = None


class PointsAmount(Repeated, PointsReward):
    """A number of points per unit, kilogram or line, for the receipt, or each so much bought."""

    kind: Literal["points_amount"] = "points_amount"
    points_minor: Annotated[Positive | None, Field(description="Given")] = None


class PointsMultiplier(PointsReward):
    """What earlier lanes gave on the goods, so many times."""

    kind: Literal["points_multiplier"] = "points_multiplier"
    factor_bp: Annotated[
        Whole | None, Field(gt=FULL_RATE_BP, le=1_000_000, description="20000 = twice as many")
    ] = None
