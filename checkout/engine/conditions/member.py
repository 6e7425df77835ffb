"""Conditions about who the member is: values of which one must be among the named."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.conditions.base import CompiledCondition, found, listed
from checkout.engine.frozen import frozen
from checkout.engine.schema.member_conditions import (
    CardType,
    Consent,
    FavouriteCategory,
    Gender,
    Identified,
    Lifecycle,
    MemberList,
    MemberTag,
    PersonalOffer,
    Segment,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.facts import MemberState

#: What a condition about a member sees of a sale without one.
GUEST: Final = "a guest"

MemberCondition = (
    Identified
    | Tier
    | MemberList
    | Segment
    | MemberTag
    | Gender
    | FavouriteCategory
    | CardType
    | Consent
    | Lifecycle
    | PersonalOffer
)


class IsIdentified(CompiledCondition):
    """`identified`."""

    __slots__ = ()
    kind = "identified"

    def holds(self, case: Case) -> bool:
        """There is a member."""
        return case.member is not None

    def needed_in(self, words: Words) -> str:
        """A member."""
        return words.say("a member")

    def seen_in(self, words: Words, case: Case) -> str:
        """A member or a guest."""
        return words.say(GUEST) if case.member is None else words.say("a member")


class OneOf(CompiledCondition):
    """A member who has one of the named values; an empty value is not known, and nobody's."""

    __slots__ = ("named",)

    def __init__(self, *named: str) -> None:
        """Keep what is named."""
        self.named = frozen(named)

    @abstractmethod
    def values(self, member: MemberState) -> Collection[str]:
        """What the member has."""

    def holds(self, case: Case) -> bool:
        """There is a member with one of the values."""
        return case.member is not None and not self.named.isdisjoint(self.values(case.member))

    def needed_in(self, words: Words) -> str:
        """The named values."""
        return listed(words, [self.shown(words, name) for name in sorted(self.named)])

    def seen_in(self, words: Words, case: Case) -> str:
        """Which of the named the member has: other lists and segments are nobody's business."""
        if case.member is None:
            return words.say(GUEST)
        named = self.named.intersection(self.values(case.member))
        return found(words, [self.shown(words, name) for name in named])

    def shown(self, words: Words, name: str) -> str:
        """A value as it is told: by default as it is, for a partner chose it."""
        del words
        return name


class InTier(OneOf):
    """`tier`."""

    __slots__ = ()
    kind = "tier"

    def values(self, member: MemberState) -> Collection[str]:
        """The tier."""
        return (member.tier,)

    def seen_in(self, words: Words, case: Case) -> str:
        """The member's tier."""
        return words.say(GUEST) if case.member is None else case.member.tier or words.say("no tier")


class IsOfGender(OneOf):
    """`gender`."""

    __slots__ = ()
    kind = "gender"

    def values(self, member: MemberState) -> Collection[str]:
        """The gender."""
        return (member.gender,)

    def shown(self, words: Words, name: str) -> str:
        """A word of ours."""
        return words.code(name)


class HasCardType(OneOf):
    """`card_type`."""

    __slots__ = ()
    kind = "card_type"

    def values(self, member: MemberState) -> Collection[str]:
        """The type of the card."""
        return (member.card_type,)

    def seen_in(self, words: Words, case: Case) -> str:
        """The type of the card that was shown."""
        return (
            words.say(GUEST)
            if case.member is None
            else case.member.card_type or words.say("not known")
        )


class InLifecycle(OneOf):
    """`lifecycle`."""

    __slots__ = ()
    kind = "lifecycle"

    def values(self, member: MemberState) -> Collection[str]:
        """The state."""
        return (member.lifecycle,)

    def shown(self, words: Words, name: str) -> str:
        """A word of ours."""
        return words.code(name)

    def seen_in(self, words: Words, case: Case) -> str:
        """The member's state."""
        if case.member is None:
            return words.say(GUEST)
        return self.shown(words, case.member.lifecycle) or words.say("not known")


class InList(OneOf):
    """`member_list`."""

    __slots__ = ()
    kind = "member_list"

    def values(self, member: MemberState) -> Collection[str]:
        """The lists that the member stands in."""
        return member.lists

    def seen_in(self, words: Words, case: Case) -> str:
        """In it or not, or a guest."""
        if case.member is None:
            return words.say(GUEST)
        return words.say("in the list") if self.holds(case) else words.say("not in the list")


class InSegment(OneOf):
    """`segment`."""

    __slots__ = ()
    kind = "segment"

    def values(self, member: MemberState) -> Collection[str]:
        """The segments."""
        return member.segments


class HasTag(OneOf):
    """`member_tag`."""

    __slots__ = ()
    kind = "member_tag"

    def values(self, member: MemberState) -> Collection[str]:
        """The tags."""
        return member.tags


class HasFavourite(OneOf):
    """`favourite_category`."""

    __slots__ = ()
    kind = "favourite_category"

    def values(self, member: MemberState) -> Collection[str]:
        """The categories chosen as favourites."""
        return member.favourites


class HasConsent(OneOf):
    """`consent`."""

    __slots__ = ()
    kind = "consent"

    def values(self, member: MemberState) -> Collection[str]:
        """The channels consented to."""
        return member.consents


class HasOffer(CompiledCondition):
    """`personal_offer`."""

    __slots__ = ("campaign",)
    kind = "personal_offer"

    def __init__(self, campaign: str) -> None:
        """Keep the campaign's code."""
        self.campaign = campaign

    def holds(self, case: Case) -> bool:
        """The member has a personal offer of the campaign."""
        return case.member is not None and self.campaign in case.member.offers

    def needed_in(self, words: Words) -> str:
        """An offer."""
        return words.say("a personal offer")

    def seen_in(self, words: Words, case: Case) -> str:
        """An offer, none, or a guest."""
        if case.member is None:
            return words.say(GUEST)
        return words.say("a personal offer") if self.holds(case) else words.say("none")


_IDENTIFIED: Final = IsIdentified()


def compile_member_condition(condition: MemberCondition, campaign: str) -> CompiledCondition:
    """The compiled form of a condition about who the member is."""
    match condition:
        case Identified():
            return _IDENTIFIED
        case Tier():
            return InTier(*condition.tiers)
        case MemberList():
            return InList(condition.list)
        case Segment():
            return InSegment(*condition.segments)
        case MemberTag():
            return HasTag(*condition.tags)
        case Gender():
            return IsOfGender(*condition.genders)
        case FavouriteCategory():
            return HasFavourite(*condition.categories)
        case CardType():
            return HasCardType(*condition.types)
        case Consent():
            return HasConsent(condition.channel)
        case Lifecycle():
            return InLifecycle(*condition.states)
        case PersonalOffer():
            return HasOffer(campaign)
        case _:
            assert_never(condition)
