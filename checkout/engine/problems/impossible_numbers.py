"""Comparisons that contradict each other: no number fits all of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from checkout.engine.problems.claims import never
from checkout.engine.problems.intervals import Interval
from checkout.engine.problems.measures import compared, of_goods, shown
from checkout.engine.problems.related_numbers import unrelated
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.snapshot import AttributeType
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.claims import Claim
    from checkout.engine.problems.intervals import Intervals
    from checkout.engine.problems.known import Ground
    from checkout.engine.problems.measures import Measure
    from checkout.engine.problems.problem import Problem


def impossible_numbers(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """Bounds on one number between which nothing lies, and on numbers of which one is a part."""
    intervals = _intervals(claims, ground)
    empty = [measure for measure, interval in intervals.items() if interval.is_empty]
    for measure in empty:
        yield _empty(measure, intervals[measure], ground)
    if not empty:
        yield from unrelated(intervals, ground)
        yield from _each_purchase(claims, intervals)
    yield from _unequal_texts(claims, ground)


def _intervals(claims: Sequence[Claim], ground: Ground) -> Intervals:
    #: That a number about a member does not compare so is also true of a guest: it bounds
    #: nothing unless another claim says that the number is known.
    numbers = [
        (claim, found)
        for claim in claims
        if (found := compared(claim.condition, ground)) is not None
    ]
    known = {found.measure for claim, found in numbers if claim.holds}
    intervals: Intervals = {}
    for claim, (measure, compare, bound) in numbers:
        if claim.holds or measure in known or measure.is_of_receipt:
            intervals.setdefault(measure, Interval()).narrow(claim, compare, bound)
    for claim in claims:
        if isinstance(claim.condition, schema.ContainsGoods):
            _add_contained(claim, claim.condition, intervals)
    for measure, interval in list(intervals.items()):
        _add_lines(measure, interval, intervals)
    return intervals


def _add_contained(claim: Claim, condition: schema.ContainsGoods, intervals: Intervals) -> None:
    """A line of the goods has a quantity; without one there is no quantity and no amount."""
    goods = condition.goods
    measures = [of_goods("receipt_quantity", goods), of_goods("distinct_goods", goods)]
    if not claim.holds:
        measures += [of_goods("receipt_amount", goods, moment) for moment in Moment]
    for measure in measures:
        interval = intervals.setdefault(measure, Interval())
        if claim.holds:
            interval.raise_to(claim, 1)
        else:
            interval.lower_to(claim, 0)


def _add_lines(measure: Measure, interval: Interval, intervals: Intervals) -> None:
    """What costs something, or is an article, is on a line, which has a quantity."""
    if measure.kind in ("receipt_amount", "distinct_goods") and interval.low:
        assert interval.low_claim is not None
        quantity = measure._replace(kind="receipt_quantity", after=Moment.ORIGINAL)
        intervals.setdefault(quantity, Interval()).raise_to(interval.low_claim, 1)


def _unequal_texts(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """One text attribute that must equal two texts."""
    first: dict[str, Claim] = {}
    for claim in claims:
        condition = claim.condition
        if (
            claim.holds
            and isinstance(condition, member.MemberAttribute)
            and ground.member_attributes.get(condition.name) is AttributeType.TEXT
        ):
            other = first.setdefault(condition.name, claim)
            assert isinstance(other.condition, member.MemberAttribute)
            if other.condition.value != condition.value:
                yield never(claim, other, told("{name} is one text", name=condition.name))


def _each_purchase(claims: Sequence[Claim], intervals: Intervals) -> Iterator[Problem]:
    """Each n-th purchase, of which none lies between the bounds."""
    each = [
        (claim, claim.condition.every)
        for claim in claims
        if claim.holds
        and isinstance(claim.condition, member.PurchaseNumber)
        and claim.condition.every is not None
    ]
    interval = next((i for m, i in intervals.items() if m.kind == "purchase_number"), None)
    if not each or interval is None or interval.high is None:
        return
    assert interval.high_claim is not None
    step = math.lcm(*(every for _, every in each))
    if interval.high // step * step < max(interval.low or 1, 1):
        yield never(
            each[-1][0],
            interval.high_claim,
            told("no such number up to {high} fits", high=interval.high),
        )


def _empty(measure: Measure, interval: Interval, ground: Ground) -> Problem:
    claim, other = interval.low_claim, interval.high_claim
    assert claim is not None
    assert other is not None
    assert interval.low is not None
    assert interval.high is not None
    low, high = (shown(measure, bound, ground) for bound in (interval.low, interval.high))
    if interval.low > interval.high:
        why = told("nothing is at least {low} and at most {high}", low=low, high=high)
    elif interval.low == interval.high:
        why = told("only {low} is left, and that is excluded", low=low)
    else:
        why = told("what lies from {low} to {high} is excluded", low=low, high=high)
    return never(claim, other, why)
