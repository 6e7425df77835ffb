"""The typed schema of levels in a program: by what each is reached and kept, and of lifecycles."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document, Readable, Whole
from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP


class TierMeasure(enum.StrEnum):
    """What is counted towards a tier."""

    SPEND = "spend"
    VISITS = "visits"
    POINTS = "points"


class TierGoal(Document):
    """By what a tier is reached, and how long it is kept; goods that came back do not count."""

    measure: Annotated[
        TierMeasure,
        Field(
            description="spend: money paid; visits: receipts; points: earned in the first currency"
        ),
    ]
    at_least: Annotated[
        Whole,
        Field(gt=0, le=AMOUNT_MAX_MINOR, description="Minor units of money or points, or receipts"),
    ]
    keep_at_least: Annotated[
        Whole | None,
        Field(
            ge=0,
            le=AMOUNT_MAX_MINOR,
            description="So much keeps it when its time is over; at_least when absent",
        ),
    ] = None
    category: Annotated[
        Code | None, Field(description="Only goods of this category; all when absent")
    ] = None
    window_days: Annotated[
        Whole | None,
        Field(gt=0, le=3_660, description="Days up to and with today; absent: the calendar year"),
    ] = None
    keep_days: Annotated[
        Whole | None, Field(gt=0, le=3_660, description="Kept for so many days")
    ] = None
    keep_years: Annotated[
        Whole | None,
        Field(ge=0, le=10, description="Kept to the end of the calendar year so many years later"),
    ] = None


class Tier(Document):
    """A level in the program."""

    code: Code
    name: Annotated[
        str, Field(min_length=1, max_length=64, description="Shown to customers"), Readable
    ]
    points_multiplier_bp: Annotated[
        Whole, Field(gt=0, le=1_000_000, description="Points are multiplied by this; 10000 = ×1")
    ] = FULL_RATE_BP
    goal: Annotated[
        TierGoal | None,
        Field(description="What brings members here; absent: the lowest tier, or one that is set"),
    ] = None


class LifecycleRule(Document):
    """How long after a purchase a member counts as what: new, active, sleeping, then lost.

    Who has never bought is judged by the day of joining.
    """

    new_days: Annotated[
        Whole, Field(ge=0, le=3_660, description="new: joined at most so many days ago")
    ]
    active_days: Annotated[
        Whole, Field(ge=0, le=3_660, description="active: bought at most so many days ago")
    ]
    sleeping_days: Annotated[
        Whole, Field(ge=1, le=3_660, description="sleeping: at most so many; lost: longer ago")
    ]
