"""What rules may know of a member beside tier, lists, points, gender and age: a typed document.

It is written by whoever works it out (an import, the admin) into ``member_profile.traits`` and is
read with the member. What is absent is not known, and conditions on it fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from checkout.engine.facts import OFFERS_MAX
from checkout.engine.schema.document import Code, Document, NotNegative, Word
from checkout.primitives import AMOUNT_MAX_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

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


#: What is known of several who are one member: united, added up, or (else) that of the first.
_UNITED: Final = ("segments", "tags", "favourites")
_ADDED: Final = ("activities",)
#: What was bought is known of each name by itself, beside what the service counts.
_BY_NAME: Final = ("spend", "visits")
_FILLED: Final = ("attributes", "offers")


def united(known: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is known of a member under several names, the member's own first; documents of Traits.

    Codes are united and sums added up. Of attributes and offers the first that is known counts;
    offers are no more than a member may have. Consents and the lifecycle are the member's own. What
    was bought is left out: what one name's import says of it must not hide what another bought.
    """
    first, *others = known
    if not any(others):
        return first
    together = {name: value for name, value in first.items() if name not in _BY_NAME}
    for name in _UNITED:
        codes = {code: None for each in known for code in each.get(name, ())}
        together[name] = [*codes]
    for name in _ADDED:
        sums: dict[str, int] = {}
        for each in known:
            for key, value in each.get(name, {}).items():
                sums[key] = sums.get(key, 0) + value
        together[name] = sums
    for name in _FILLED:
        values: dict[str, Any] = {}
        for each in known:
            values |= {key: v for key, v in each.get(name, {}).items() if key not in values}
        together[name] = values
    together["offers"] = dict([*together["offers"].items()][:OFFERS_MAX])
    return together
