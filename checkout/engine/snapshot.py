"""The typed schema of a snapshot: all that the engine reads and that is not about a member.

Immutable, content-hashed, published. A snapshot is kept in parts (each campaign, each program, the
places, the catalogue) that versions share; this module holds the whole as one document.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from checkout.engine.campaign import Campaign, Code, Document
from checkout.engine.program import Program

#: Version of this schema; older documents are lifted to it when they are loaded.
SCHEMA_VERSION = 1
#: Version of what the engine makes of it. Stays 1 until the first release.
SEMANTICS = 1


class Currency(Document):
    """The partner's money."""

    code: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
    exponent: Annotated[int, Field(ge=0, le=4, description="Decimals of a minor unit")] = 2


class Partner(Document):
    """The tenant."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown name")]
    currency: Currency


class Chain(Document):
    """Stores under one sign."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Shown name")]


class Store(Document):
    """A place that sells, under exactly one program."""

    code: Code
    chain: Code
    program: Code
    name: Annotated[str, Field(min_length=1, max_length=128, description="Visible name")]
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


class Snapshot(Document):
    """Everything that a quote depends on besides the receipt and its facts."""

    schema_version: Annotated[
        int, Field(ge=1, le=SCHEMA_VERSION, description="Version of this schema")
    ] = SCHEMA_VERSION
    semantics: Annotated[
        int, Field(ge=1, le=SEMANTICS, description="Version of what the engine makes of it")
    ] = SEMANTICS
    partner: Partner
    programs: Annotated[tuple[Program, ...], Field(min_length=1, max_length=100)]
    chains: tuple[Chain, ...]
    stores: Annotated[tuple[Store, ...], Field(min_length=1)]
    categories: tuple[Category, ...] = ()
    products: tuple[Product, ...] = ()
    member_lists: Annotated[
        tuple[Code, ...], Field(description="Codes of the explicit member lists that exist")
    ] = ()
    campaigns: tuple[Campaign, ...] = ()
