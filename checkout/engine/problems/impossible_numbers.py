"""Comparisons that contradict each other: no number fits all of them."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.claims import never
from checkout.engine.problems.intervals import Interval
from checkout.engine.problems.member_attributes import is_of_type
from checkout.engine.receipt import LineKind
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.snapshot import AttributeType

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from checkout.engine.problems.claims import Claim
    from checkout.engine.problems.known import Ground
    from checkout.engine.problems.problem import Problem
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.goods import Goods

_OF_RECEIPT: Final = (schema.ReceiptAmount, schema.ReceiptQuantity, schema.DistinctGoods)
Numbers = tuple["Hashable", Comparison, int]


def impossible_numbers(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """Bounds on one number between which nothing lies."""
    #: That a number about a member does not compare so is also true of a guest: it bounds
    #: nothing unless another claim says that the number is known.
    numbers = [
        (claim, compared)
        for claim in claims
        if (compared := _compared(claim.condition, ground)) is not None
    ]
    known = {key for claim, (key, _, _) in numbers if claim.holds}
    intervals: dict[Hashable, Interval] = {}
    for claim, (key, compare, bound) in numbers:
        if claim.holds or key in known or isinstance(claim.condition, _OF_RECEIPT):
            intervals.setdefault(key, Interval()).narrow(claim, compare, bound)
    for interval in intervals.values():
        if interval.is_empty:
            yield _empty(interval)
    yield from _parts_above_wholes(intervals)
    yield from _purchases(claims, intervals)
    yield from _unequal_texts(claims, ground)


def _compared(condition: Condition, ground: Ground) -> Numbers | None:
    """What number a condition compares, how, and with what; dates are numbers of days."""
    match condition:
        case schema.ReceiptAmount():
            key = (condition.kind, condition.goods, condition.after)
            return key, condition.compare, condition.amount_minor
        case schema.ReceiptQuantity():
            return (condition.kind, condition.goods), condition.compare, condition.quantity_milli
        case schema.DistinctGoods():
            return (condition.kind, condition.goods), condition.compare, condition.count
        case member.MemberAttribute():
            return _compared_attribute(condition, ground)
        case _:
            return _compared_member(condition)


def _compared_member(condition: Condition) -> Numbers | None:
    match condition:
        case member.Age():
            return condition.kind, condition.compare, condition.years
        case member.DaysSincePurchase():
            return condition.kind, condition.compare, condition.days
        case member.PurchaseNumber() if condition.number is not None:
            return condition.kind, condition.compare, condition.number
        case member.SpendInWindow(window_days=days):
            spend = (condition.kind, days, condition.category)
            return spend, condition.compare, condition.amount_minor
        case member.VisitsInWindow(window_days=days):
            visits = (condition.kind, days, condition.category)
            return visits, condition.compare, condition.count
        case member.ActivityInWindow(window_days=days):
            activity = (condition.kind, days, condition.activity)
            return activity, condition.compare, condition.count
        case _:
            return None


def _compared_attribute(condition: member.MemberAttribute, ground: Ground) -> Numbers | None:
    declared = ground.member_attributes.get(condition.name)
    value = condition.value
    if declared is None or not is_of_type(value, declared):
        return None
    key = (condition.kind, condition.name)
    if declared is AttributeType.NUMBER and isinstance(value, int):
        return key, condition.compare, value
    if declared is AttributeType.DATE and isinstance(value, str):
        return key, condition.compare, dt.date.fromisoformat(value).toordinal()
    if declared is AttributeType.YES_NO:
        return key, condition.compare, int(value)
    return None


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
                yield never(claim, other, f"{condition.name} is one text")


def _parts_above_wholes(intervals: dict[Hashable, Interval]) -> Iterator[Problem]:
    """Chosen goods of which there must be more than of all goods."""
    for key, part in intervals.items():
        if not isinstance(key, tuple) or len(key) < 2:  # noqa: PLR2004 - kind and goods
            continue
        kind, goods, *rest = key
        if goods is None or kind not in _KINDS or _is_delivery(goods):
            continue
        whole = intervals.get((kind, None, *rest))
        if (
            whole is not None
            and whole.high is not None
            and part.low is not None
            and part.low > whole.high
            and not part.is_empty
        ):
            assert part.low_claim is not None
            assert whole.high_claim is not None
            yield never(
                part.low_claim,
                whole.high_claim,
                f"of chosen goods at least {part.low}, of all at most {whole.high}",
            )


_KINDS: Final = ("receipt_amount", "receipt_quantity", "distinct_goods")


def _is_delivery(goods: Goods) -> bool:
    return LineKind.DELIVERY in goods.kinds


def _purchases(claims: Sequence[Claim], intervals: dict[Hashable, Interval]) -> Iterator[Problem]:
    """Which purchase it may be: each n-th, between bounds, and never the first for who bought."""
    interval = intervals.get("purchase_number")
    if interval is None or interval.is_empty or interval.high is None:
        return
    assert interval.high_claim is not None
    for claim in claims:
        if claim.holds and isinstance(claim.condition, member.DaysSincePurchase):
            if interval.high <= 1:
                yield never(claim, interval.high_claim, "before the first purchase there is none")
            break
    each = [
        (claim, claim.condition.every)
        for claim in claims
        if claim.holds
        and isinstance(claim.condition, member.PurchaseNumber)
        and claim.condition.every is not None
    ]
    if not each:
        return
    step = math.lcm(*(every for _, every in each))
    if interval.high // step * step < max(interval.low or 1, 1):
        yield never(each[-1][0], interval.high_claim, f"no such number up to {interval.high} fits")


def _empty(interval: Interval) -> Problem:
    claim, other = interval.low_claim, interval.high_claim
    assert claim is not None
    assert other is not None
    assert interval.low is not None
    assert interval.high is not None
    if interval.low > interval.high:
        why = f"nothing is at least {interval.low} and at most {interval.high}"
    else:
        why = f"what lies from {interval.low} to {interval.high} is excluded"
    return never(claim, other, why)
