"""The typed schema of conditions about the member of a sale.

Each of them fails for a guest, and for a member of whom the value is not known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.document import (
    Code,
    Comparison,
    Days,
    Document,
    NotNegative,
    Whole,
    Word,
)

Codes = Annotated[
    tuple[Code, ...], Field(min_length=1, max_length=1_000, description="Any of them")
]
Count = Annotated[Whole, Field(ge=0, le=1_000_000, description="How many")]
WindowDays = Annotated[
    Whole, Field(gt=0, le=3_660, description="Days of the window, up to and with yesterday")
]


class Identified(Document):
    """The sale has a member."""

    kind: Literal["identified"] = "identified"


class Tier(Document):
    """The member's tier is one of the named."""

    kind: Literal["tier"] = "tier"
    tiers: Codes


class MemberList(Document):
    """The member stands in the explicit list."""

    kind: Literal["member_list"] = "member_list"
    list: Code


class Segment(Document):
    """The member is in one of the segments."""

    kind: Literal["segment"] = "segment"
    segments: Codes


class MemberTag(Document):
    """The member has one of the tags."""

    kind: Literal["member_tag"] = "member_tag"
    tags: Codes


class MemberAttribute(Document):
    """A custom attribute of the member against a value of its type.

    Numbers and dates (as ``2026-11-21``) are compared by size; texts and yes/no with `equal` only.
    """

    kind: Literal["member_attribute"] = "member_attribute"
    name: Code
    compare: Comparison = Comparison.EQUAL
    value: Annotated[
        bool | int | str, Field(description="Yes/no, whole number, or text (a date is one)")
    ]


class Gender(Document):
    """The member's gender is one of the named."""

    kind: Literal["gender"] = "gender"
    genders: Codes


class Age(Document):
    """The member's age in full years, on the day of the sale."""

    kind: Literal["age"] = "age"
    compare: Comparison
    years: Annotated[Whole, Field(ge=0, le=150, description="Bound, in full years")]


class Birthday(Document):
    """The sale is on the member's birthday or within so many days of it.

    Who was born on 29 February has the birthday on the 28th in other years.
    """

    kind: Literal["birthday"] = "birthday"
    days_before: Annotated[
        Whole, Field(ge=0, le=180, description="Days before the birthday that count, too")
    ] = 0
    days_after: Annotated[
        Whole, Field(ge=0, le=180, description="Days after the birthday that count, too")
    ] = 0


class PurchaseNumber(Document):
    """Which purchase of the member this one is: 1 is the first.

    With `every`, each of which the number divides by it: 5 means the 5th, 10th, 15th …
    """

    kind: Literal["purchase_number"] = "purchase_number"
    compare: Comparison = Comparison.EQUAL
    number: Annotated[
        Whole | None, Field(ge=1, le=1_000_000, description="Bound; absent with every")
    ] = None
    every: Annotated[
        Whole | None,
        Field(ge=2, le=1_000_000, description="Each n-th purchase; absent with number"),
    ] = None


class DaysSincePurchase(Document):
    """Calendar days since the member's last purchase; fails for one who never bought."""

    kind: Literal["days_since_purchase"] = "days_since_purchase"
    compare: Comparison
    days: Days


class SpendInWindow(Document):
    """What the member spent in the last days, today not included."""

    kind: Literal["spend_in_window"] = "spend_in_window"
    window_days: WindowDays
    category: Annotated[
        Code | None, Field(description="Only on goods of this category; all when absent")
    ] = None
    compare: Comparison
    amount_minor: Annotated[NotNegative, Field(description="Bound")]


class VisitsInWindow(Document):
    """How often the member bought in the last days, today not included."""

    kind: Literal["visits_in_window"] = "visits_in_window"
    window_days: WindowDays
    category: Annotated[
        Code | None, Field(description="Only receipts with goods of this category")
    ] = None
    compare: Comparison
    count: Count


class ActivityInWindow(Document):
    """How often the member did something in the last days: opened the app, wrote a review."""

    kind: Literal["activity_in_window"] = "activity_in_window"
    activity: Code
    window_days: WindowDays
    compare: Comparison
    count: Count


class FavouriteCategory(Document):
    """The member has chosen one of the categories as a favourite."""

    kind: Literal["favourite_category"] = "favourite_category"
    categories: Codes


class CardType(Document):
    """The card that was shown is of one of the types."""

    kind: Literal["card_type"] = "card_type"
    types: Codes


class Consent(Document):
    """The member has consented to be reached through the channel."""

    kind: Literal["consent"] = "consent"
    channel: Code


class Lifecycle(Document):
    """The member's lifecycle state is one of the named: new, active, sleeping, lost."""

    kind: Literal["lifecycle"] = "lifecycle"
    states: Annotated[
        tuple[Word, ...], Field(min_length=1, max_length=100, description="Any of them")
    ]


class PersonalOffer(Document):
    """The member has a personal offer of this campaign, with a value and goods of its own."""

    kind: Literal["personal_offer"] = "personal_offer"
