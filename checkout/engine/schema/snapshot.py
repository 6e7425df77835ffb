"""The typed schema of a snapshot: all that the engine reads and that is not about a member.

Immutable, content-hashed, published. A snapshot is kept in parts (each campaign, each program, the
places, the catalogue) that versions share; this module holds the whole as one document.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.document import Code, Document, Readable, Whole, Word
from checkout.engine.schema.goods import GoodsFlag
from checkout.engine.schema.program import Program

#: Version of this schema; older documents are lifted to it when they are loaded.
SCHEMA_VERSION = 1
#: Version of what the engine makes of it. Stays 1 until the first release.
SEMANTICS = 1


class Currency(Document):
    """The partner's money."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
    exponent: Annotated[Whole, Field(ge=0, le=4, description="Decimals of a minor unit")] = 2


class Partner(Document):
    """The tenant."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown name"), Readable]
    currency: Currency


class Chain(Document):
    """Stores under one sign."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown name"), Readable]


class Store(Document):
    """A place that sells, under exactly one program."""

    code: Code
    chain: Code
    program: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Visible name"), Readable]
    address: Annotated[str, Field(max_length=300, description="As customers read it")] = ""
    format: Annotated[str, Field(max_length=64, description="Super, discounter, cinema …")] = ""
    region: Annotated[str, Field(max_length=64, description="Region that rules may name")] = ""
    time_zone: Annotated[str, Field(description="IANA zone")] = "UTC"


class Category(Document):
    """A node of the category tree."""

    code: Code
    name: Annotated[str, Field(max_length=128, description="Shown name")] = ""
    parent: Annotated[str, Field(max_length=64, description="Empty for a root")] = ""


class Product(Document):
    """An article of the catalogue."""

    sku: Annotated[str, Field(min_length=1, max_length=64, description="Article code")]
    category: Annotated[str, Field(max_length=64, description="Category code, or none")] = ""
    brand: Annotated[str, Field(max_length=128, description="Brand that rules may name")] = ""
    name: Annotated[str, Field(max_length=128, description="Text for the slip")] = ""
    supplier: Annotated[str, Field(max_length=128, description="Supplier that rules may name")] = ""
    tags: Annotated[tuple[Word, ...], Field(max_length=50, description="Tags of the article")] = ()
    attributes: Annotated[
        dict[Code, Word],
        Field(max_length=50, description="Custom attributes of the article"),
    ] = Field(default_factory=dict)
    flags: Annotated[
        tuple[Literal[GoodsFlag.ALCOHOL, GoodsFlag.TOBACCO], ...],
        Field(description="What the law treats apart"),
    ] = ()


class AttributeType(enum.StrEnum):
    """What values a custom attribute has."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"


class Words(Document):
    """What rules may name beside goods, places and tiers: the dictionaries of the partner."""

    segments: Annotated[tuple[Code, ...], Field(description="Segments of members")] = ()
    tags: Annotated[tuple[Code, ...], Field(description="Tags of members")] = ()
    attributes: Annotated[
        dict[Code, AttributeType],
        Field(description="Custom attributes of members, with their types"),
    ] = Field(default_factory=dict)
    activities: Annotated[
        tuple[Code, ...], Field(description="What members do: open the app, write a review …")
    ] = ()
    card_types: Annotated[tuple[Code, ...], Field(description="Types of loyalty cards")] = ()
    lifecycles: Annotated[tuple[Word, ...], Field(description="Lifecycle states of members")] = ()
    consents: Annotated[tuple[Code, ...], Field(description="Channels that ask for consent")] = ()
    member_lists: Annotated[tuple[Code, ...], Field(description="Explicit lists of members")] = ()
    coupon_series: Annotated[tuple[Code, ...], Field(description="Series of unique coupons")] = ()
    certificate_series: Annotated[
        tuple[Code, ...], Field(description="Series of certificates")
    ] = ()
    gifts: Annotated[tuple[Code, ...], Field(description="Gifts beside the receipt")] = ()


class Snapshot(Document):
    """Everything that a quote depends on besides the receipt and its facts."""

    schema_version: Annotated[
        Whole, Field(ge=1, le=SCHEMA_VERSION, description="Version of this schema")
    ] = SCHEMA_VERSION
    semantics: Annotated[
        Whole, Field(ge=1, le=SEMANTICS, description="Version of what the engine makes of it")
    ] = SEMANTICS
    partner: Partner
    programs: Annotated[tuple[Program, ...], Field(min_length=1, max_length=100)]
    chains: tuple[Chain, ...]
    stores: Annotated[tuple[Store, ...], Field(min_length=1)]
    categories: tuple[Category, ...] = ()
    products: tuple[Product, ...] = ()
    words: Words = Words()
    campaigns: tuple[Campaign, ...] = ()
