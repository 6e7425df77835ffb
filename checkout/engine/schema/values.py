"""The typed schema of a reward's one number (on a scale, by member), and of an order of units."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.document import Code, Document, NotNegative, Positive, Whole, YesNo


class Which(enum.StrEnum):
    """Which units are taken first."""

    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    RECEIPT_ORDER = "receipt_order"


class ScaleBy(enum.StrEnum):
    """What a scale measures."""

    QUANTITY = "quantity"
    AMOUNT = "amount"
    RECEIPT_AMOUNT = "receipt_amount"


class ScaleOver(enum.StrEnum):
    """Of what: all goods of the reward together, or each line."""

    GOODS = "goods"
    LINE = "line"


class ScaleMode(enum.StrEnum):
    """Whether the step that is reached counts for the whole, or each step for its own part."""

    WHOLE = "whole"
    MARGINAL = "marginal"


class Step(Document):
    """From a bound on, a value."""

    from_: Annotated[
        NotNegative,
        Field(alias="from", description="Thousandths for quantities, else minor units; inclusive"),
    ]
    until: Annotated[
        NotNegative | None,
        Field(description="Exclusive; where the next step begins. The last is open"),
    ] = None
    value: Annotated[NotNegative, Field(description="Rate, amount, price or points")]


class Scale(Document):
    """Bands of quantity or amount as one object, each with its value."""

    by: ScaleBy
    over: ScaleOver = ScaleOver.GOODS
    mode: ScaleMode = ScaleMode.WHOLE
    after: Annotated[
        Moment, Field(description="Which amounts are measured: original, or after earlier lanes")
    ] = Moment.ORIGINAL
    steps: Annotated[
        tuple[Step, ...],
        Field(min_length=1, max_length=100, description="Rising; below the first nothing is given"),
    ]


class MemberValue(Document):
    """A value for members of a tier or segment."""

    tiers: Annotated[tuple[Code, ...], Field(max_length=50, description="Any of them")] = ()
    segments: Annotated[
        tuple[Code, ...], Field(max_length=1_000, description="Or any of these")
    ] = ()
    value: Annotated[NotNegative, Field(description="Rate, amount, price or points")]


class Valued(Document):
    """What all rewards with one number have: where it comes from.

    Exactly one of the fixed value, `scale`, `by_member` and `personal` says how much.
    """

    scale: Annotated[Scale | None, Field(description="The value by quantity or amount")] = None
    by_member: Annotated[
        tuple[MemberValue, ...],
        Field(max_length=50, description="The value by tier or segment; the first that fits"),
    ] = ()
    personal: Annotated[
        YesNo, Field(description="The value of the member's personal offer of this campaign")
    ] = False


class AmountPer(enum.StrEnum):
    """What an amount is given once for."""

    UNIT = "unit"
    QUANTITY = "quantity"
    LINE = "line"
    RECEIPT = "receipt"
    EACH_AMOUNT = "each_amount"
    EACH_UNITS = "each_units"


class Repeated(Document):
    """What an amount is given once for, and how much each of it is."""

    per: AmountPer = AmountPer.UNIT
    each_minor: Annotated[
        Positive | None, Field(description="With each_amount: once for each full so much")
    ] = None
    each_units: Annotated[
        Annotated[Whole, Field(ge=1, le=1_000_000)] | None,
        Field(description="With each_units: once for each full so many units"),
    ] = None
