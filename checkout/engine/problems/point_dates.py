"""Dates of points: one end at most, and not before they begin."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.points import PointDates

_ENDS: Final = ("days", "months", "end_of", "on")


def check_point_dates(path: str, dates: PointDates) -> Iterator[Problem]:
    """At most one of `days`, `months` (with or without `end_of`), `end_of` and `on`."""
    given = [name for name in _ENDS if getattr(dates, name) is not None]
    if len(given) > 1 and given != ["months", "end_of"]:
        yield Problem(path, f"{' and '.join(given)} both say when points expire: keep one")


def check_reward_dates(path: str, dates: PointDates, campaign: Campaign) -> Iterator[Problem]:
    """Points that are gone before the campaign's first could become active."""
    starts = campaign.schedule.starts_at
    if dates.on is None or starts is None:
        return
    days = dates.on.toordinal() - starts.date().toordinal()
    if days <= dates.delay_days:
        first = min(starts.toordinal() + dates.delay_days, dt.date.max.toordinal())
        active = dt.date.fromordinal(first)
        yield Problem(f"{path}.on", f"the first points become active on {active}: nothing is given")
