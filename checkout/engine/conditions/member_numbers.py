"""Conditions about numbers of the member: age, purchases, what was spent, and custom attributes."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, assert_never

from checkout.engine.conditions.base import CompiledCondition, compares
from checkout.engine.conditions.member import GUEST
from checkout.engine.schema.member_conditions import (
    ActivityInWindow,
    Age,
    Birthday,
    DaysSincePurchase,
    MemberAttribute,
    PurchaseNumber,
    SpendInWindow,
    VisitsInWindow,
)
from checkout.engine.schema.tiers import TierMeasure
from checkout.engine.windows import Window

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.facts import MemberState
    from checkout.engine.schema.document import Comparison

MemberNumberCondition = (
    MemberAttribute
    | Age
    | Birthday
    | PurchaseNumber
    | DaysSincePurchase
    | SpendInWindow
    | VisitsInWindow
    | ActivityInWindow
)


class MemberNumber(CompiledCondition):
    """A number of the member against a bound; it fails where the number is not known."""

    __slots__ = ("bound", "compare")

    def __init__(self, compare: Comparison, bound: int) -> None:
        """Keep operator and bound."""
        self.compare = compare
        self.bound = bound

    @abstractmethod
    def value(self, member: MemberState) -> int | None:
        """The number, if it is known."""

    def holds(self, case: Case) -> bool:
        """There is a member whose number stands to the bound as the operator says."""
        if case.member is None:
            return False
        value = self.value(case.member)
        return value is not None and compares(value, self.compare, self.bound)

    def needed_in(self, words: Words) -> str:
        """Operator and bound."""
        return f"{words.comparison(self.compare)} {self.figure(words, self.bound)}"

    def seen_in(self, words: Words, case: Case) -> str:
        """The number, if there is a member of whom it is known."""
        if case.member is None:
            return words.say(GUEST)
        value = self.value(case.member)
        return words.say("not known") if value is None else self.figure(words, value)

    def figure(self, words: Words, value: int) -> str:
        """A value with its unit: a plain number by default."""
        del words
        return str(value)


class AgeCompares(MemberNumber):
    """`age`."""

    __slots__ = ()
    kind = "age"

    def value(self, member: MemberState) -> int | None:
        """Full years."""
        return member.age_years


class PurchaseNumberCompares(MemberNumber):
    """`purchase_number` with a bound."""

    __slots__ = ()
    kind = "purchase_number"

    def value(self, member: MemberState) -> int | None:
        """Which purchase this one is."""
        return member.purchases + 1


class IsEachPurchase(CompiledCondition):
    """`purchase_number` with `every`."""

    __slots__ = ("every",)
    kind = "purchase_number"

    def __init__(self, every: int) -> None:
        """Keep what divides the number."""
        self.every = every

    def holds(self, case: Case) -> bool:
        """The number of this purchase divides by it."""
        return case.member is not None and (case.member.purchases + 1) % self.every == 0

    def needed_in(self, words: Words) -> str:
        """Each of so many."""
        return words.say("each {every}", every=self.every)

    def seen_in(self, words: Words, case: Case) -> str:
        """The number of this purchase."""
        return words.say(GUEST) if case.member is None else str(case.member.purchases + 1)


class DaysSincePurchaseCompares(MemberNumber):
    """`days_since_purchase`."""

    __slots__ = ()
    kind = "days_since_purchase"

    def value(self, member: MemberState) -> int | None:
        """Calendar days."""
        return member.days_since_purchase

    def seen_in(self, words: Words, case: Case) -> str:
        """The days, or that there was no purchase."""
        if case.member is not None and case.member.days_since_purchase is None:
            return words.say("never bought")
        return super().seen_in(words, case)


class WindowCompares(MemberNumber):
    """A number over the last days, under a key of the facts; absent means 0."""

    __slots__ = ("days", "key", "of")

    def __init__(self, compare: Comparison, bound: int, key: str, days: int, of: str) -> None:
        """Keep the key, its days, and the category or activity that is counted, if it is one."""
        super().__init__(compare, bound)
        self.key = key
        self.days = days
        self.of = of

    def needed_in(self, words: Words) -> str:
        """Operator, bound and window."""
        span = words.say("in {days} days", days=self.days)
        of = f" ({self.of})" if self.of else ""
        return f"{super().needed_in(words)} {span}{of}"


class BoughtCompares(WindowCompares):
    """A number over what the member bought in a window, which the service counts by itself."""

    __slots__ = ("window",)

    def __init__(self, compare: Comparison, bound: int, window: Window, days: int) -> None:
        """Keep the window, and its days."""
        super().__init__(compare, bound, window.key, days, window.category)
        self.window = window


class SpendCompares(BoughtCompares):
    """`spend_in_window`."""

    __slots__ = ()
    kind = "spend_in_window"

    def value(self, member: MemberState) -> int | None:
        """What was spent, in money."""
        return member.spend.get(self.key, 0)

    def figure(self, words: Words, value: int) -> str:
        """Money."""
        return words.money(value)


class VisitsCompare(BoughtCompares):
    """`visits_in_window`."""

    __slots__ = ()
    kind = "visits_in_window"

    def value(self, member: MemberState) -> int | None:
        """How many receipts."""
        return member.visits.get(self.key, 0)


class ActivityCompares(WindowCompares):
    """`activity_in_window`."""

    __slots__ = ()
    kind = "activity_in_window"

    def value(self, member: MemberState) -> int | None:
        """How often."""
        return member.activities.get(self.key, 0)


class IsNearBirthday(CompiledCondition):
    """`birthday`."""

    __slots__ = ("days_after", "days_before")
    kind = "birthday"

    def __init__(self, days_before: int, days_after: int) -> None:
        """Keep both."""
        self.days_before = days_before
        self.days_after = days_after

    def holds(self, case: Case) -> bool:
        """The next birthday is near enough, or the last one."""
        member = case.member
        if member is None:
            return False
        ahead, ago = member.days_to_birthday, member.days_since_birthday
        return (ahead is not None and ahead <= self.days_before) or (
            ago is not None and ago <= self.days_after
        )

    def needed_in(self, words: Words) -> str:
        """The days around the birthday."""
        if not self.days_before and not self.days_after:
            return words.say("today")
        return words.say(
            "{before} days before to {after} days after",
            before=self.days_before,
            after=self.days_after,
        )

    def seen_in(self, words: Words, case: Case) -> str:
        """How far off it is."""
        if case.member is None:
            return words.say(GUEST)
        ahead, ago = case.member.days_to_birthday, case.member.days_since_birthday
        if ahead is None and ago is None:
            return words.say("not known")
        if ahead is None or (ago is not None and ago < ahead):
            return words.say("{days} days ago", days=ago)
        return words.say("in {ahead} days", ahead=ahead) if ahead else words.say("today")


class AttributeCompares(CompiledCondition):
    """`member_attribute`: numbers with numbers, texts (so dates) with texts, yes/no with yes/no."""

    __slots__ = ("bound", "compare", "name")
    kind = "member_attribute"

    def __init__(self, name: str, compare: Comparison, bound: bool | int | str) -> None:  # noqa: FBT001 - a value
        """Keep the three."""
        self.name = name
        self.compare = compare
        self.bound = bound

    def holds(self, case: Case) -> bool:
        """The attribute is known, of the same type, and stands to the value as it should."""
        if case.member is None:
            return False
        value, bound = case.member.attributes.get(self.name), self.bound
        if type(value) is not type(bound):
            return False
        if isinstance(value, str) and isinstance(bound, str):
            return compares(value, self.compare, bound)
        return (
            isinstance(value, int)
            and isinstance(bound, int)
            and compares(value, self.compare, bound)
        )

    def needed_in(self, words: Words) -> str:
        """Name, operator and value."""
        return f"{self.name} {words.comparison(self.compare)} {_written(words, self.bound)}"

    def seen_in(self, words: Words, case: Case) -> str:
        """The member's value."""
        if case.member is None:
            return words.say(GUEST)
        value = case.member.attributes.get(self.name)
        return words.say("not known") if value is None else _written(words, value)


def _written(words: Words, value: bool | int | str) -> str:  # noqa: FBT001 - a value
    if isinstance(value, bool):
        return words.say("yes") if value else words.say("no")
    return str(value)


def compile_member_number(condition: MemberNumberCondition) -> CompiledCondition:
    """The compiled form of a condition about a number of the member."""
    match condition:
        case MemberAttribute():
            return AttributeCompares(condition.name, condition.compare, condition.value)
        case Age():
            return AgeCompares(condition.compare, condition.years)
        case Birthday():
            return IsNearBirthday(condition.days_before, condition.days_after)
        case PurchaseNumber(every=int(every)):
            return IsEachPurchase(every)
        case PurchaseNumber():
            return PurchaseNumberCompares(condition.compare, condition.number or 1)
        case DaysSincePurchase():
            return DaysSincePurchaseCompares(condition.compare, condition.days)
        case SpendInWindow():
            window = _by_category(TierMeasure.SPEND, condition)
            return SpendCompares(
                condition.compare, condition.amount_minor, window, condition.window_days
            )
        case VisitsInWindow():
            window = _by_category(TierMeasure.VISITS, condition)
            return VisitsCompare(condition.compare, condition.count, window, condition.window_days)
        case ActivityInWindow():
            days, activity = condition.window_days, condition.activity
            key = f"{activity}/{days}"
            return ActivityCompares(condition.compare, condition.count, key, days, activity)
        case _:
            assert_never(condition)


def _by_category(measure: TierMeasure, condition: SpendInWindow | VisitsInWindow) -> Window:
    return Window(measure, condition.window_days, condition.category or "")
