"""The typed schema of a program's list of gifts: what may be handed out, for what, where and when.

How many there are is state, not a rule: see `checkout.ledger.gifts`.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document, NotNegative, Readable, YesNo
from checkout.engine.schema.schedule import Schedule


class GiftPeriod(enum.StrEnum):
    """A calendar period in the program's time zone; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIFETIME = "lifetime"


class GiftBound(Document):
    """How many of a gift operators give one member in a period; what came back does not count.

    Gifts of campaigns are bounded by the limits of these.
    """

    bound: Annotated[int, Field(ge=1, le=1_000_000, description="So many at most")]
    period: Annotated[GiftPeriod, Field(description="Counted anew with each")] = GiftPeriod.LIFETIME


class ProgramGift(Document):
    """Something that operators give for points, and campaigns hand out beside a receipt."""

    code: Annotated[Code, Field(description="Unique per partner: its stock stands under it")]
    name: Annotated[
        str, Field(min_length=1, max_length=64, description="Shown to customers"), Readable
    ]
    description: Annotated[str, Field(max_length=500, description="For whoever chooses one")] = ""
    sku: Annotated[
        str, Field(max_length=64, description="Article that is handed out; empty: no article")
    ] = ""
    points_minor: Annotated[
        NotNegative,
        Field(description="What a member pays for one, in points; campaigns give it for nothing"),
    ] = 0
    currency: Annotated[
        Code | None, Field(description="Currency of the price; the program's first by default")
    ] = None
    counted: Annotated[
        YesNo,
        Field(description="No more are given than are in stock; else as many as are wanted"),
    ] = True
    per_member: Annotated[
        GiftBound | None, Field(description="How many operators give one member; any by default")
    ] = None
    stores: Annotated[
        tuple[Code, ...], Field(max_length=10_000, description="Only here; everywhere by default")
    ] = ()
    schedule: Annotated[
        Schedule, Field(description="When it can be given; at any time by default")
    ] = Schedule()
