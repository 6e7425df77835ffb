"""The typed schema of limits: counted bounds per period and subject."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document, NotNegative, Readable, Whole, YesNo
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.values import Which


class Period(enum.StrEnum):
    """A calendar period in the till's local time (weeks begin on Monday), or a rolling window."""

    RECEIPT = "receipt"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIFETIME = "lifetime"
    ROLLING = "rolling"


class Measure(enum.StrEnum):
    """What a limit counts."""

    PURCHASES = "purchases"
    UNITS = "units"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    DISCOUNT = "discount"
    POINTS = "points"
    POINTS_SPENT = "points_spent"
    INTERVAL = "interval"


class Subject(enum.StrEnum):
    """For whom a limit counts separately."""

    MEMBER = "member"
    CARD = "card"
    HOUSEHOLD = "household"
    STORE = "store"
    PARTNER = "partner"
    CAMPAIGN = "campaign"


class LimitMessage(Document):
    """What is said when the limit cuts."""

    slip: Annotated[str, Field(max_length=500, description="On the slip")] = ""
    cashier: Annotated[str, Field(max_length=500, description="For the cashier")] = ""
    display: Annotated[str, Field(max_length=500, description="On the customer's display")] = ""


class Limit(Document):
    """A counted bound: what fits under it is granted, what does not is cut and explained."""

    code: Code
    name: Annotated[
        str, Field(min_length=1, max_length=128, description="Shown when it is full"), Readable
    ]
    description: Annotated[str, Field(max_length=1_000, description="What it is for")] = ""
    measure: Measure = Measure.PURCHASES
    bound: Annotated[
        NotNegative,
        Field(description="Receipts, units, thousandths, minor units; minutes for interval"),
    ]
    subject: Subject = Subject.MEMBER
    period: Period
    rolling_hours: Annotated[
        Whole | None, Field(gt=0, le=62 * 24, description="With rolling: the window's length")
    ] = None
    goods: Annotated[
        Goods | None, Field(description="What counts, for units, quantity and amount")
    ] = None
    which: Annotated[Which, Field(description="Which units are rewarded where not all fit")] = (
        Which.CHEAPEST
    )
    currency: Annotated[
        Code | None, Field(description="For points and points_spent; the first when absent")
    ] = None
    each_sku: Annotated[YesNo, Field(description="Counts separately for each article")] = False
    schedule: Annotated[Schedule, Field(description="When the limit is in force")] = Schedule()
    message: LimitMessage = LimitMessage()


class Above(enum.StrEnum):
    """What a limit of a program does: no reward above it, or no sale."""

    NO_REWARD = "no_reward"
    REFUSE_SALE = "refuse_sale"


class ProgramLimit(Limit):
    """A limit over all campaigns, or on buying at all."""

    above: Above = Above.NO_REWARD
