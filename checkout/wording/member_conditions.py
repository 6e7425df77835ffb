"""What must be known of the member, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from checkout.engine.schema.member_conditions import (
    ActivityInWindow,
    Age,
    Birthday,
    CardType,
    Consent,
    DaysSincePurchase,
    FavouriteCategory,
    Gender,
    Identified,
    Lifecycle,
    MemberAttribute,
    MemberList,
    MemberTag,
    PersonalOffer,
    PurchaseNumber,
    Segment,
    SpendInWindow,
    Tier,
    VisitsInWindow,
)
from checkout.wording.phrases import counted, either

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.schema.document import Comparison
    from checkout.wording.names import Names

    Comparisons = Mapping[Comparison, str]

Trait = (
    Tier
    | MemberList
    | Segment
    | MemberTag
    | Gender
    | FavouriteCategory
    | CardType
    | Consent
    | Lifecycle
    | PersonalOffer
    | Birthday
)
Number = (
    MemberAttribute
    | Age
    | PurchaseNumber
    | DaysSincePurchase
    | SpendInWindow
    | VisitsInWindow
    | ActivityInWindow
)
OfMember = Identified | Trait | Number


def member_text(names: Names, condition: OfMember, comparisons: Comparisons) -> str:
    """One condition on the member as a sentence."""
    if isinstance(condition, Identified):
        return "The sale has a member."
    if isinstance(condition, Trait):
        return _trait(names, condition)
    return _number(names, condition, comparisons)


def _trait(names: Names, condition: Trait) -> str:
    match condition:
        case Tier():
            return f"The member's tier is {names.tiers(condition.tiers)}."
        case MemberList():
            return f"The member stands in the list {condition.list}."
        case Segment():
            return f"The member is in the segment {either(condition.segments)}."
        case MemberTag():
            return f"The member has the tag {either(condition.tags)}."
        case Gender():
            return f"The member's gender is {either(condition.genders)}."
        case FavouriteCategory():
            categories = names.categories(condition.categories)
            return f"A favourite category of the member is {categories}."
        case CardType():
            return f"The card that was shown is of the type {either(condition.types)}."
        case Consent():
            return f"The member has agreed to be reached through {condition.channel}."
        case Lifecycle():
            return f"The member's lifecycle state is {either(condition.states)}."
        case PersonalOffer():
            return "The member has a personal offer of this campaign."
        case Birthday():
            return f"The sale is made on the member's birthday{_around(condition)}."
    assert_never(condition)


def _around(birthday: Birthday) -> str:
    before, after = birthday.days_before, birthday.days_after
    if not before and not after:
        return ""
    return f", up to {counted(before, 'day')} before it or up to {counted(after, 'day')} after it"


def _number(names: Names, condition: Number, comparisons: Comparisons) -> str:
    match condition:
        case MemberAttribute():
            value = _value(condition.value)
            compared = f"{comparisons[condition.compare]} {value}"
            return f"The member's attribute {condition.name} is {compared}."
        case Age():
            bound = f"{comparisons[condition.compare]} {counted(condition.years, 'full year')}"
            return f"The member's age on the day of the sale is {bound}."
        case PurchaseNumber():
            return _purchase_number(condition, comparisons)
        case DaysSincePurchase():
            bound = f"{comparisons[condition.compare]} {counted(condition.days, 'calendar day')}"
            return f"The member's last purchase was {bound} ago (never for one who has not bought)."
        case SpendInWindow():
            bound = f"{comparisons[condition.compare]} {names.money(condition.amount_minor)}"
            what = _on_category(names, condition.category, " on goods of category {}")
            return f"The member spent {bound}{what} {_window(condition.window_days)}."
        case VisitsInWindow():
            bound = f"{comparisons[condition.compare]} {counted(condition.count, 'time')}"
            what = _on_category(names, condition.category, " goods of category {}")
            return f"The member bought{what} {bound} {_window(condition.window_days)}."
        case ActivityInWindow():
            bound = f"{comparisons[condition.compare]} {counted(condition.count, 'time')}"
            window = _window(condition.window_days)
            return f"The member did “{condition.activity}” {bound} {window}."
    assert_never(condition)


def _value(value: bool | int | str) -> str:  # noqa: FBT001 - the value of an attribute
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”" if isinstance(value, str) else str(value)


def _purchase_number(condition: PurchaseNumber, comparisons: Comparisons) -> str:
    if condition.every is not None:
        every = condition.every
        return f"The member's purchase is number {every}, {2 * every}, {3 * every} … of theirs."
    bound = f"{comparisons[condition.compare]} {condition.number}"
    return f"The number of the member's purchase is {bound} (1: the first)."


def _on_category(names: Names, category: str | None, text: str) -> str:
    return "" if category is None else text.format(names.categories((category,)))


def _window(days: int) -> str:
    return f"in the last {counted(days, 'day')}, today not included (nothing known counts as 0)"
