"""The rules of a story: a snapshot in short form, where what most examples share may be left out.

Absent are then: the partner, its one chain and store, one program with the lanes `off` (discounts)
and `earn` (points) whose points are worth money one to one, and the categories that articles name.
`snapshot_document` makes the full document of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.document import Code
from checkout.engine.schema.program import Lane, LanePhase, PointCurrency, Program
from checkout.engine.schema.snapshot import Category, Chain, Currency, Partner, Snapshot, Store

if TYPE_CHECKING:
    Document = dict[str, Any]

PROGRAM: Final = "club"
CHAIN: Final = "chain"
STORE: Final = "shop"

_LANES: Final = (
    Lane(code="off", phase=LanePhase.DISCOUNT),
    Lane(code="earn", phase=LanePhase.ACCRUAL),
)
_POINTS: Final = PointCurrency(code="points", name="Points", exponent=2)
_PARTNER: Final = Partner(code="shop", name="Shop", currency=Currency(code="RUB"))


class StoryProgram(Program):
    """A program; what is left out is that of the usual example."""

    code: Annotated[Code, Field(description="Code; club if left out")] = PROGRAM
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown name")] = "Club"
    currencies: Annotated[
        tuple[PointCurrency, ...],
        Field(
            min_length=1,
            max_length=10,
            description="Points; if left out `points`, two decimals, worth 1:1",
        ),
    ] = (_POINTS,)
    lanes: Annotated[
        tuple[Lane, ...],
        Field(
            min_length=1, max_length=50, description="If left out: off (discount), earn (accrual)"
        ),
    ] = _LANES


class StoryStore(Store):
    """A store; what is left out is that of the usual example."""

    chain: Annotated[Code, Field(description="Code of its chain")] = CHAIN
    program: Annotated[Code, Field(description="Code of its program")] = PROGRAM
    name: Annotated[str, Field(max_length=128, description="Visible name; the code if empty")] = ""


class StoryCampaign(Campaign):
    """A campaign; its program and name may be left out."""

    program: Annotated[Code, Field(description="Code of the program")] = PROGRAM
    name: Annotated[str, Field(max_length=200, description="Shown name; the code if empty")] = ""


class StoryRules(Snapshot):
    """A snapshot in short form."""

    partner: Annotated[Partner, Field(description="The tenant; Shop, in RUB, if left out")] = (
        _PARTNER
    )
    programs: Annotated[
        tuple[StoryProgram, ...], Field(min_length=1, max_length=100, description="Programs")
    ] = (StoryProgram(),)
    chains: Annotated[tuple[Chain, ...], Field(description="Chains of stores")] = (
        Chain(code=CHAIN, name="Chain"),
    )
    stores: Annotated[
        tuple[StoryStore, ...],
        Field(min_length=1, description="Stores; sales are made in the first unless they say"),
    ] = (StoryStore(code=STORE, name="The Shop"),)
    categories: Annotated[
        tuple[Category, ...],
        Field(description="The category tree; roots that articles name may be left out"),
    ] = ()
    campaigns: Annotated[tuple[StoryCampaign, ...], Field(description="Campaigns in force")] = ()


def changed_rules(rules: StoryRules, change: StoryRules) -> StoryRules:
    """Rules whose parts that `change` states are replaced by them."""
    parts = {name: getattr(change, name) for name in change.model_fields_set}
    return rules.model_copy(update=parts)


def snapshot_document(rules: StoryRules, partner: str) -> Document:
    """The full snapshot document of a story, for a partner of that code."""
    document: Document = rules.model_dump(mode="json", by_alias=True)
    document["partner"]["code"] = partner
    for part in ("stores", "campaigns"):
        for each in document[part]:
            each["name"] = each["name"] or each["code"]
    known = {category["code"] for category in document["categories"]}
    named = {product["category"] for product in document["products"]} - {""}
    document["categories"] += [{"code": code} for code in sorted(named - known)]
    return document
