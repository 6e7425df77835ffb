"""The typed schema of a schedule: when something is in force."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Date, DateTime, Document, TimeOfDay, Whole, YesNo


class Schedule(Document):
    """When, in the till's local time. Every part that is given must hold."""

    starts_at: Annotated[
        DateTime | None, Field(description="First moment, local, without zone")
    ] = None
    ends_at: Annotated[
        DateTime | None, Field(description="First moment after the end; open when absent")
    ] = None
    weekdays: Annotated[
        tuple[Annotated[Whole, Field(ge=1, le=7)], ...],
        Field(max_length=7, description="1 Monday … 7 Sunday"),
    ] = ()
    days_of_month: Annotated[
        tuple[Annotated[Whole, Field(ge=1, le=31)], ...],
        Field(
            max_length=31,
            description="Days of the month; a month without such a day is passed over",
        ),
    ] = ()
    last_day_of_month: Annotated[
        YesNo, Field(description="The last day of each month, beside days_of_month")
    ] = False
    dates: Annotated[
        tuple[Date, ...], Field(max_length=1_000, description="Only on these dates")
    ] = ()
    but_not_dates: Annotated[
        tuple[Date, ...], Field(max_length=1_000, description="Never on these dates")
    ] = ()
    time_from: Annotated[TimeOfDay | None, Field(description="Daily from, inclusive")] = None
    time_until: Annotated[
        TimeOfDay | None,
        Field(description="Daily until, exclusive; earlier than time_from means across midnight"),
    ] = None
