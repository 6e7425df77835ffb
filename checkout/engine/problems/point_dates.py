"""Dates of points: one end at most, and not before they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shown import day, listed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.points import PointDates, PointsReward

_ENDS: Final = ("days", "months", "end_of", "on")


def check_point_dates(path: str, dates: PointDates, what: str = "points") -> Iterator[Problem]:
    """At most one of `days`, `months` (with or without `end_of`), `end_of` and `on`."""
    given = [name for name in _ENDS if getattr(dates, name) is not None]
    if len(given) > 1 and given != ["months", "end_of"]:
        names = listed(given, "and")
        yield Problem(path, f"{names} each say when {what} expire: keep one")


def check_reward_dates(
    path: str, reward: PointsReward, starts: Sequence[dt.datetime], ground: Ground
) -> Iterator[Problem]:
    """Points that are gone before the first could become active; the program's dates, too."""
    dates = reward.dates or ground.program.accrual.dates
    if dates.on is None or not starts:
        return
    first = max(starts).toordinal() + dates.delay_days
    if dates.on.toordinal() <= first:
        where, whose = (f"{path}.dates.on", "they") if reward.dates else (path, "points")
        yield Problem(
            where,
            f"the first points become active on {day(first)}, and {whose} are gone on"
            f" {dates.on.isoformat()}: nothing is given",
        )
