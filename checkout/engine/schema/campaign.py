"""The typed schema of a campaign: when → what → how far → beside whom → what is said."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.conditions import Condition
from checkout.engine.schema.document import Code, Document, NotNegative, Readable, Whole
from checkout.engine.schema.issues import Issue
from checkout.engine.schema.limits import Limit
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.rewards import Amount, FixedPrice, Part, Percent
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy

Discount = Percent | Amount | FixedPrice | Multibuy | BuyGet | Bundle | Gift
Points = PointsPercent | PointsAmount | PointsMultiplier
Reward = Annotated[Discount | Points, Field(discriminator="kind")]


class Exclusive(enum.StrEnum):
    """Whom a campaign keeps away when it grants something.

    `lane`: everybody else in that lane; `all`: everybody else's discounts on the receipt; `below`:
    those after it in that lane.
    """

    NO = "no"
    LANE = "lane"
    ALL = "all"
    BELOW = "below"


class Budget(Document):
    """What the campaign may give in total, over all members and stores."""

    discount_minor: Annotated[
        Whole | None, Field(gt=0, description="Money; the last part fits")
    ] = None
    uses: Annotated[Whole | None, Field(gt=0, description="Receipts")] = None
    above: Annotated[
        Part, Field(description="Where the money left cuts: the part that fits, or nothing")
    ] = Part.PART


Language = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}$", description="Language as ISO 639 names it: ru, en …")
]


class MessagePlace(enum.StrEnum):
    """Where a message is shown."""

    SLIP = "slip"
    CASHIER = "cashier"
    DISPLAY = "display"


class Message(Document):
    """A text shown when the campaign applied.

    Variables: ``{campaign}`` its name, ``{discount}`` money it took off, ``{points}`` points it
    earned, ``{tier}`` the member's tier, ``{store}`` the store's name.
    """

    place: MessagePlace
    text: Annotated[str, Field(min_length=1, max_length=500, description="Text with variables")]
    translations: Annotated[
        dict[Language, Annotated[str, Field(min_length=1, max_length=500)]],
        Field(max_length=50, description="The text in other languages"),
    ] = Field(default_factory=dict)


class Campaign(Document):
    """When its conditions hold, its rewards are granted within its limits.

    Beside others as lanes say.
    """

    code: Annotated[Code, Field(description="Unique per partner; ties go to the smaller code")]
    program: Annotated[Code, Field(description="Code of the program")]
    name: Annotated[
        str, Field(min_length=1, max_length=200, description="Shown to customers"), Readable
    ]
    description: Annotated[str, Field(max_length=2_000, description="For colleagues")] = ""
    priority: Annotated[
        Whole, Field(ge=-1_000, le=1_000, description="The higher goes first in its lanes")
    ] = 0
    exclusive: Exclusive = Exclusive.NO
    not_with: Annotated[
        tuple[Code, ...],
        Field(max_length=100, description="Campaigns that never stand beside this one"),
    ] = ()
    schedule: Schedule = Schedule()
    when: Annotated[Condition | None, Field(description="Absent: always")] = None
    rewards: Annotated[
        tuple[Reward, ...], Field(max_length=20, description="What it gives, in lanes")
    ] = ()
    issues: Annotated[
        tuple[Issue, ...], Field(max_length=20, description="What it issues when it applied")
    ] = ()
    limits: Annotated[tuple[Limit, ...], Field(max_length=20)] = ()
    budget: Budget | None = None
    maximum_discount_minor: Annotated[
        NotNegative | None, Field(description="Of all its rewards on one receipt")
    ] = None
    above_maximum: Annotated[
        Part, Field(description="Where that cuts: the part that fits, or nothing")
    ] = Part.PART
    messages: Annotated[tuple[Message, ...], Field(max_length=20)] = ()
