"""Windows of what a member bought: sums over days, and how they change while nothing is bought.

A window ends with a day, which it includes: so many days up to then, or the calendar year. As days
pass, purchases leave it; so its value is a function of the day, kept as steps from each day on
which it changes. Steps are plain JSON: a list of the day, as text, and the value from then on.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.tiers import TierMeasure
from checkout.primitives import capped_total

if TYPE_CHECKING:
    from checkout.engine.schema.tiers import TierGoal

#: Days on which a value changes, as ISO text, and the value from then on; before the first one that
#: of the first. Pairs of any kind: read from JSON they are lists, and compiled code would mind.
Steps = list[Sequence[str | int]]

_YEAR: Final = "year"


@dataclass(frozen=True, slots=True)
class Window:
    """So many days up to and with a day, or the calendar year of it; of all goods or a category."""

    measure: TierMeasure
    days: int | None
    category: str = ""

    @property
    def key(self) -> str:
        """Under which facts and rows have it, beside the measure: ``30``, ``year/coffee``."""
        period = _YEAR if self.days is None else str(self.days)
        return f"{period}/{self.category}" if self.category else period

    def first_day(self, last: dt.date) -> dt.date:
        """The first day of the window that ends with this one."""
        if self.days is None:
            return last.replace(month=1, day=1)
        return last - dt.timedelta(days=self.days - 1)

    def left_on(self, day: dt.date) -> dt.date:
        """The first day on which what was bought on `day` does not count any more."""
        if self.days is None:
            return dt.date(day.year + 1, 1, 1)
        return day + dt.timedelta(days=self.days)


def window_of(goal: TierGoal) -> Window:
    """What is counted towards a tier."""
    return Window(goal.measure, goal.window_days, goal.category or "")


@dataclass(slots=True)
class DayTotal:
    """What was bought on a day: money, receipts, and points that it earned."""

    spend_minor: int = 0
    visits: int = 0
    points_minor: int = 0

    def of(self, measure: TierMeasure) -> int:
        """One of the three."""
        match measure:
            case TierMeasure.SPEND:
                return self.spend_minor
            case TierMeasure.VISITS:
                return self.visits
            case TierMeasure.POINTS:
                return self.points_minor


class DayTotals:
    """What a member bought, by category (empty: all goods) and day."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._days: dict[str, dict[dt.date, DayTotal]] = {}

    def add(self, category: str, day: dt.date, bought: DayTotal) -> None:
        """Count what was bought on a day, too."""
        total = self._days.setdefault(category, {}).setdefault(day, DayTotal())
        total.spend_minor += bought.spend_minor
        total.visits += bought.visits
        total.points_minor += bought.points_minor

    def first_after(self, day: dt.date) -> dt.date | None:
        """The first later day on which something was bought."""
        later = [each for days in self._days.values() for each in days if each > day]
        return min(later, default=None)

    def total(self, window: Window, last: dt.date) -> int:
        """The value of the window that ends with a day."""
        first = window.first_day(last)
        days = self._days.get(window.category, {})
        return capped_total(
            sum(each.of(window.measure) for day, each in days.items() if first <= day <= last)
        )

    def steps(self, window: Window, first: dt.date, end: dt.date) -> tuple[Steps, dt.date | None]:
        """The values of the window from a day on, before `end`.

        And the day from which on the steps do not say it any more; none if they say all.
        """
        changes: dict[dt.date, int] = {first: 0}
        for day, bought in self._days.get(window.category, {}).items():
            left_on, value = window.left_on(day), bought.of(window.measure)
            if value and left_on > first:
                from_day = max(day, first)
                changes[from_day] = changes.get(from_day, 0) + value
                changes[left_on] = changes.get(left_on, 0) - value
        steps: Steps = []
        value = 0
        for day, change in sorted(changes.items()):
            if day >= end:
                return steps, end
            value += change
            if change or not steps:
                steps.append((day.isoformat(), capped_total(value)))
        return steps, None


def value_at(steps: Steps, day: dt.date) -> int:
    """The value of a window that ends with a day; of none 0."""
    if not steps:
        return 0
    at = bisect_right(steps, day.isoformat(), key=lambda step: str(step[0]))
    value = steps[max(at - 1, 0)][1]
    assert isinstance(value, int), "a step is a day and a value"
    return value
