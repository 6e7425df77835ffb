"""What number a condition compares, and how its bounds are shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from checkout.engine.problems.choices import normal
from checkout.engine.problems.member_attributes import is_of_type
from checkout.engine.problems.shown import day, money, quantity
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.snapshot import AttributeType
from checkout.engine.told import told

if TYPE_CHECKING:
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.document import Comparison


class Measure(NamedTuple):
    """One number of a sale or its member: equal for conditions on the same number."""

    kind: str
    goods: Goods | None = None
    after: Moment = Moment.ORIGINAL
    window_days: int = 0
    #: Category, activity or attribute.
    of: str = ""

    @property
    def is_of_receipt(self) -> bool:
        """Whether it is known of every sale, that of a guest, too."""
        return self.goods is not None


class Compared(NamedTuple):
    """A number, how it is compared, and with what; dates are numbers of days."""

    measure: Measure
    compare: Comparison
    bound: int


def compared(condition: Condition, ground: Ground) -> Compared | None:
    """What a condition compares; none if it compares nothing, or a text."""
    match condition:
        case schema.ReceiptAmount():
            measure = of_goods(condition.kind, condition.goods, condition.after)
            return Compared(measure, condition.compare, condition.amount_minor)
        case schema.ReceiptQuantity():
            measure = of_goods(condition.kind, condition.goods)
            return Compared(measure, condition.compare, condition.quantity_milli)
        case schema.DistinctGoods():
            measure = of_goods(condition.kind, condition.goods)
            return Compared(measure, condition.compare, condition.count)
        case member.MemberAttribute():
            return _compared_attribute(condition, ground)
        case _:
            return _compared_member(condition)


def of_goods(kind: str, goods: Goods | None, after: Moment = Moment.ORIGINAL) -> Measure:
    """A measure of chosen goods, or of all."""
    return Measure(kind, Goods() if goods is None else normal(goods), after)


def _compared_member(condition: Condition) -> Compared | None:
    match condition:
        case member.Age():
            return Compared(Measure(condition.kind), condition.compare, condition.years)
        case member.DaysSincePurchase():
            return Compared(Measure(condition.kind), condition.compare, condition.days)
        case member.PurchaseNumber() if condition.number is not None:
            return Compared(Measure(condition.kind), condition.compare, condition.number)
        case member.SpendInWindow(window_days=days):
            spend = Measure(condition.kind, window_days=days, of=condition.category or "")
            return Compared(spend, condition.compare, condition.amount_minor)
        case member.VisitsInWindow(window_days=days):
            visits = Measure(condition.kind, window_days=days, of=condition.category or "")
            return Compared(visits, condition.compare, condition.count)
        case member.ActivityInWindow(window_days=days):
            activity = Measure(condition.kind, window_days=days, of=condition.activity)
            return Compared(activity, condition.compare, condition.count)
        case _:
            return None


def _compared_attribute(condition: member.MemberAttribute, ground: Ground) -> Compared | None:
    declared = ground.member_attributes.get(condition.name)
    value = condition.value
    if declared is None or not is_of_type(value, declared):
        return None
    measure = Measure(condition.kind, of=condition.name)
    if declared is AttributeType.DATE and isinstance(value, str):
        return Compared(measure, condition.compare, dt.date.fromisoformat(value).toordinal())
    if declared is not AttributeType.TEXT:
        return Compared(measure, condition.compare, int(value))
    return None


def shown(measure: Measure, value: int, ground: Ground) -> str:
    """A value of a measure as managers write it."""
    match measure.kind:
        case "receipt_amount" | "spend_in_window":
            return money(value, ground)
        case "receipt_quantity":
            return quantity(value)
        case "member_attribute":
            declared = ground.member_attributes.get(measure.of)
            if declared is AttributeType.DATE:
                return day(value)
            if declared is AttributeType.YES_NO:
                return told("yes") if value else told("no")
            return str(value)
        case _:
            return str(value)
