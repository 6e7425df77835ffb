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
from checkout.wording.kinds import code_text
from checkout.wording.phrases import either
from checkout.wording.speech import counted, quoted, say

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
        return say("The sale has a member.")
    if isinstance(condition, Trait):
        return _trait(names, condition)
    return _number(names, condition, comparisons)


def _trait(names: Names, condition: Trait) -> str:
    match condition:
        case Tier():
            return say("The member's tier is {tiers}.", tiers=names.tiers(condition.tiers))
        case MemberList():
            return say("The member stands in the list {list}.", list=condition.list)
        case Segment():
            return say(
                "The member is in the segment {segments}.", segments=either(condition.segments)
            )
        case MemberTag():
            return say("The member has the tag {tags}.", tags=either(condition.tags))
        case Gender():
            return say(
                "The member's gender is {genders}.",
                genders=either(map(code_text, condition.genders)),
            )
        case FavouriteCategory():
            categories = names.categories(condition.categories)
            return say("A favourite category of the member is {categories}.", categories=categories)
        case CardType():
            return say(
                "The card that was shown is of the type {types}.", types=either(condition.types)
            )
        case Consent():
            return say(
                "The member has agreed to be reached through {channel}.", channel=condition.channel
            )
        case Lifecycle():
            return say(
                "The member's lifecycle state is {states}.",
                states=either(map(code_text, condition.states)),
            )
        case PersonalOffer():
            return say("The member has a personal offer of this campaign.")
        case Birthday():
            return say(
                "The sale is made on the member's birthday{around}.", around=_around(condition)
            )
    assert_never(condition)


def _around(birthday: Birthday) -> str:
    before, after = birthday.days_before, birthday.days_after
    if not before and not after:
        return ""
    return say(
        ", up to {before} before it or up to {after} after it",
        before=counted(before, "day"),
        after=counted(after, "day"),
    )


def _number(names: Names, condition: Number, comparisons: Comparisons) -> str:
    match condition:
        case MemberAttribute():
            value = _value(condition.value)
            compared = f"{comparisons[condition.compare]} {value}"
            return say(
                "The member's attribute {name} is {compared}.",
                name=condition.name,
                compared=compared,
            )
        case Age():
            bound = f"{comparisons[condition.compare]} {counted(condition.years, 'full year')}"
            return say("The member's age on the day of the sale is {bound}.", bound=bound)
        case PurchaseNumber():
            return _purchase_number(condition, comparisons)
        case DaysSincePurchase():
            bound = f"{comparisons[condition.compare]} {counted(condition.days, 'calendar day')}"
            return say(
                "The member's last purchase was {bound} ago (never for one who has not bought).",
                bound=bound,
            )
        case SpendInWindow():
            bound = f"{comparisons[condition.compare]} {names.money(condition.amount_minor)}"
            what = _on_category(names, condition.category, " on goods of category {category}")
            return say(
                "The member spent {bound}{what} {window}.",
                bound=bound,
                what=what,
                window=_window(condition.window_days),
            )
        case VisitsInWindow():
            bound = f"{comparisons[condition.compare]} {counted(condition.count, 'time')}"
            what = _on_category(names, condition.category, " goods of category {category}")
            return say(
                "The member bought{what} {bound} {window}.",
                what=what,
                bound=bound,
                window=_window(condition.window_days),
            )
        case ActivityInWindow():
            bound = f"{comparisons[condition.compare]} {counted(condition.count, 'time')}"
            window = _window(condition.window_days)
            return say(
                "The member did “{activity}” {bound} {window}.",
                activity=condition.activity,
                bound=bound,
                window=window,
            )
    assert_never(condition)


def _value(value: bool | int | str) -> str:  # noqa: FBT001 - the value of an attribute
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return quoted(value) if isinstance(value, str) else str(value)


def _purchase_number(condition: PurchaseNumber, comparisons: Comparisons) -> str:
    if condition.every is not None:
        every = condition.every
        return say(
            "The member's purchase is number {first}, {second}, {third} … of theirs.",
            first=every,
            second=2 * every,
            third=3 * every,
        )
    bound = f"{comparisons[condition.compare]} {condition.number}"
    return say("The number of the member's purchase is {bound} (1: the first).", bound=bound)


def _on_category(names: Names, category: str | None, text: str) -> str:
    return "" if category is None else say(text, category=names.categories((category,)))


def _window(days: int) -> str:
    return say(
        "in the last {days}, today not included (nothing known counts as 0)",
        days=counted(days, "day"),
    )
