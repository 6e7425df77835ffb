"""What rules may know of a member beside tier, lists, points, gender and age: a typed document.

It is written by whoever works it out (an import, the admin) into ``member_profile.traits`` and is
read with the member. What is absent is not known, and conditions on it fail.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from checkout.engine.facts import OFFERS_MAX
from checkout.engine.schema.document import Code, Document, NotNegative, Word
from checkout.primitives import AMOUNT_MAX_MINOR

#: Values of one kind that a member may have.
VALUES_MAX = 500

Codes = Annotated[tuple[Code, ...], Field(max_length=VALUES_MAX)]
Window = Annotated[str, Field(pattern=r"^\d{1,4}(/\S+)?$", max_length=80)]


class OfferTrait(Document):
    """A personal offer of a campaign."""

    value: Annotated[NotNegative, Field(description="Rate, amount, price or points")] = 0
    skus: Annotated[tuple[str, ...], Field(max_length=VALUES_MAX, description="Its articles")] = ()
    categories: Annotated[Codes, Field(description="Its categories, with all below")] = ()


class Traits(Document):
    """What is known of a member."""

    segments: Annotated[Codes, Field(description="Segments that hold the member")] = ()
    tags: Annotated[Codes, Field(description="Tags of the member")] = ()
    attributes: Annotated[
        dict[
            Code,
            bool
            | Annotated[int, Field(ge=-AMOUNT_MAX_MINOR, le=AMOUNT_MAX_MINOR)]
            | Annotated[str, Field(max_length=500)],
        ],
        Field(
            max_length=VALUES_MAX,
            description="Custom attributes; a date is a text such as 2026-11-21",
        ),
    ] = Field(default_factory=dict)
    favourites: Annotated[Codes, Field(description="Favourite categories")] = ()
    consents: Annotated[Codes, Field(description="Channels consented to")] = ()
    lifecycle: Annotated[
        Word | None, Field(description="Lifecycle state, instead of what the program's rule says")
    ] = None
    offers: Annotated[
        dict[Code, OfferTrait],
        Field(max_length=OFFERS_MAX, description="Personal offers by campaign"),
    ] = Field(default_factory=dict)
    spend: Annotated[
        dict[Window, NotNegative],
        Field(
            max_length=VALUES_MAX,
            description="Spent up to yesterday, by 'days' or 'days/category', in minor units; "
            "stands instead of what the service counts",
        ),
    ] = Field(default_factory=dict)
    visits: Annotated[
        dict[Window, NotNegative],
        Field(
            max_length=VALUES_MAX,
            description="Receipts up to yesterday, by 'days' or 'days/category'; stands instead"
            " of what the service counts",
        ),
    ] = Field(default_factory=dict)
    activities: Annotated[
        dict[Annotated[str, Field(pattern=r"^\S+/\d{1,4}$", max_length=80)], NotNegative],
        Field(
            max_length=VALUES_MAX,
            description="Activities up to yesterday, by 'activity/days'",
        ),
    ] = Field(default_factory=dict)
