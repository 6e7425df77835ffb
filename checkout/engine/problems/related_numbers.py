"""Numbers of which one bounds another: parts and wholes, short windows and long ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.choices import COUNTED, covers, kinds_of
from checkout.engine.problems.claims import never
from checkout.engine.problems.measures import shown
from checkout.engine.schema.conditions import Moment
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.intervals import Interval, Intervals
    from checkout.engine.problems.known import Ground
    from checkout.engine.problems.measures import Measure
    from checkout.engine.problems.problem import Problem

#: Counts in a window: a longer one has all that a shorter one has.
_COUNTS: Final = ("visits_in_window", "activity_in_window")
#: Numbers that are above zero only for who has bought in the window.
_OF_PURCHASES: Final = ("visits_in_window", "spend_in_window")


def unrelated(intervals: Intervals, ground: Ground) -> Iterator[Problem]:
    """Bounds on two numbers that cannot stand so to each other; the first of each number."""
    for part, interval in intervals.items():
        if interval.low is None:
            continue
        assert interval.low_claim is not None
        for whole, other in intervals.items():
            if (
                other.high is not None
                and other.high_claim is not interval.low_claim
                and interval.low > other.high
                and _is_at_most(part, whole)
            ):
                assert other.high_claim is not None
                low, high = shown(part, interval.low, ground), shown(whole, other.high, ground)
                yield never(
                    interval.low_claim,
                    other.high_claim,
                    told(
                        "of a part at least {low}, of the whole at most {high}", low=low, high=high
                    ),
                )
                break
    yield from _purchases(intervals)


def _is_at_most(part: Measure, whole: Measure) -> bool:
    """Whether one number is never more than another."""
    if part.kind != whole.kind or part == whole:
        return False
    if part.kind in _COUNTS:
        return part.window_days <= whole.window_days and whole.of in ("", part.of)
    if part.goods is None or whole.goods is None:
        return False
    return (part.after is whole.after or whole.after is Moment.ORIGINAL) and covers(
        whole.goods,
        part.goods,
        kinds_of(whole.goods, COUNTED),
        kinds_of(part.goods, COUNTED),
    )


def _purchases(intervals: Intervals) -> Iterator[Problem]:
    """Which purchase it is, how long ago the last one was, and how many a window has seen."""
    number = _of_kind(intervals, "purchase_number")
    since = _of_kind(intervals, "days_since_purchase")
    if number is not None and number.high is not None and since is not None and number.high <= 1:
        assert number.high_claim is not None
        claim = since.low_claim or since.high_claim
        assert claim is not None
        yield never(claim, number.high_claim, "before the first purchase there is none")
        return
    for measure, interval in intervals.items():
        if measure.kind not in _OF_PURCHASES or not interval.low:
            continue
        assert interval.low_claim is not None
        if number is not None and number.high is not None:
            visits = interval.low if measure.kind == "visits_in_window" else 1
            if visits >= number.high:
                assert number.high_claim is not None
                yield never(
                    interval.low_claim,
                    number.high_claim,
                    told("before purchase {high} there are fewer purchases", high=number.high),
                )
                return
        if since is not None and since.low is not None and since.low > measure.window_days:
            assert since.low_claim is not None
            yield never(
                interval.low_claim,
                since.low_claim,
                told(
                    "the last purchase is {low} days ago or more, the window has {window_days}",
                    low=since.low,
                    window_days=measure.window_days,
                ),
            )
            return


def _of_kind(intervals: Intervals, kind: str) -> Interval | None:
    return next((each for measure, each in intervals.items() if measure.kind == kind), None)
