"""Dates of points: one end at most, and not before they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shown import day, listed
from checkout.engine.told import told

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
        yield Problem(
            path,
            told("{names} each say when {what} expire: keep one", names=names, what=told(what)),
        )


def check_reward_dates(
    path: str, reward: PointsReward, starts: Sequence[dt.datetime], ground: Ground
) -> Iterator[Problem]:
    """Points that are gone before the first could become active; the program's dates, too."""
    dates = reward.dates or ground.program.accrual.dates
    if dates.on is None or not starts:
        return
    first = max(starts).toordinal() + dates.delay_days
    if dates.on.toordinal() <= first:
        where = f"{path}.dates.on" if reward.dates else path
        yield Problem(
            where,
            told(
                "the first points become active on {first}, and they are gone on "
                "{gone}: nothing is given",
                first=day(first),
                gone=day(dates.on.toordinal()),
            ),
        )
