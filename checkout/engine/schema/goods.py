"""The typed schema of a choice of goods: which lines a rule means."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.receipt import LineKind
from checkout.engine.schema.document import Code, Document, LongWord, NotNegative, Word, YesNo


class GoodsFlag(enum.StrEnum):
    """What is marked on a line by the till, or on an article in the catalogue."""

    NO_DISCOUNT = "no_discount"
    NO_POINTS = "no_points"
    EXCISE = "excise"
    MARKED = "marked"
    WEIGHED = "weighed"
    ALCOHOL = "alcohol"
    TOBACCO = "tobacco"


class GoodsAttribute(Document):
    """Articles of which a custom attribute of the catalogue has one of these values."""

    name: Code
    values: Annotated[
        tuple[Word, ...], Field(min_length=1, max_length=1_000, description="Any of them")
    ]


class Goods(Document):
    """A choice of goods: what the lists name, narrowed down by the rest.

    `skus`, `barcodes`, `categories`, `brands`, `suppliers`, `tags` and `attributes` name goods: a
    line is meant if one of them names it, or if there is none of them. Everything else must hold,
    too. A delivery charge is meant only if `kinds` says so.
    """

    skus: Annotated[tuple[Word, ...], Field(max_length=100_000, description="Article codes")] = ()
    barcodes: Annotated[
        tuple[Word, ...], Field(max_length=100_000, description="Barcodes as scanned")
    ] = ()
    categories: Annotated[
        tuple[Code, ...],
        Field(max_length=10_000, description="Category codes, each with everything below it"),
    ] = ()
    brands: Annotated[
        tuple[LongWord, ...], Field(max_length=1_000, description="Brand names as in the catalogue")
    ] = ()
    suppliers: Annotated[
        tuple[LongWord, ...], Field(max_length=1_000, description="Suppliers as in the catalogue")
    ] = ()
    tags: Annotated[
        tuple[Word, ...], Field(max_length=1_000, description="Tags of the article")
    ] = ()
    attributes: Annotated[
        tuple[GoodsAttribute, ...],
        Field(max_length=100, description="Custom attributes of the article"),
    ] = ()
    kinds: Annotated[
        tuple[LineKind, ...],
        Field(
            max_length=3,
            description="Only these; goods and services when absent. Delivery stands alone",
        ),
    ] = ()
    flags: Annotated[
        tuple[GoodsFlag, ...],
        Field(max_length=7, description="Only lines that have one of these flags"),
    ] = ()
    price_min_minor: Annotated[
        NotNegative | None, Field(description="Only from this shelf price on, inclusive")
    ] = None
    price_max_minor: Annotated[
        NotNegative | None, Field(description="Only up to this shelf price, inclusive")
    ] = None
    favourites: Annotated[
        YesNo, Field(description="Only goods of the member's favourite categories")
    ] = False
    offered: Annotated[
        YesNo, Field(description="Only goods that the member's personal offer names")
    ] = False
    within: Annotated[Goods | None, Field(description="Only goods meant by this, too")] = None
    but_not: Annotated[Goods | None, Field(description="Goods left out")] = None


Goods.model_rebuild()
