"""A sale in a story, as a till sends it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.receipt import LineKind
from checkout.engine.schema.document import Document
from checkout.primitives import AMOUNT_MAX_MINOR

AmountMinor = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR)]
LineText = Annotated[
    str,
    Field(
        pattern=r"^\S+ (\d+(\.\d{1,3})? x )?\d+(\.\d{1,4})?$",
        description="Article, quantity if it is not 1, and price: 'milk 2 x 99.90', 'bag 5.00'",
    ),
]
Purchase = Annotated[
    str, Field(min_length=1, max_length=64, description="Purchase id, chosen by the till")
]
Request = Annotated[
    str,
    Field(max_length=64, description="Request id; a new one if empty, the same one for a retry"),
]
TtlS = Annotated[int, Field(ge=0, le=1_800, description="Life of the hold; 0 means 10 minutes")]


class StoryLine(Document):
    """A line that says more than article, quantity and price."""

    line: LineText
    amount_minor: Annotated[
        int | None, Field(ge=0, description="If the till's rounding differs from half up")
    ] = None
    barcode: Annotated[str, Field(max_length=64, description="Barcode as scanned")] = ""
    category: Annotated[
        str, Field(max_length=64, description="Category of an article that nobody knows")
    ] = ""
    min_price_minor: Annotated[AmountMinor, Field(description="Lowest price of one unit")] = 0
    external_discount_minor: Annotated[
        AmountMinor, Field(description="Discount given before us")
    ] = 0
    manual_discount_minor: Annotated[
        AmountMinor, Field(description="Discount that the cashier gives by hand")
    ] = 0
    kind: Annotated[LineKind, Field(description="Goods, service or delivery charge")] = (
        LineKind.GOODS
    )
    no_discount: Annotated[bool, Field(description="Takes no discount")] = False
    no_points: Annotated[bool, Field(description="Neither earns points nor is paid with them")] = (
        False
    )
    excise: Annotated[bool, Field(description="Alcohol, tobacco and the like")] = False
    marked: Annotated[bool, Field(description="Carries a marking code")] = False
    weighed: Annotated[bool, Field(description="Sold by weight")] = False
    title: Annotated[str, Field(max_length=128, description="Text for the slip")] = ""


class StoryTender(Document):
    """How the customer means to pay."""

    kind: Annotated[str, Field(min_length=1, max_length=32, description="cash, card …")]
    bin: Annotated[str, Field(pattern=r"^\d{0,8}$", description="First digits of a card")] = ""
    token: Annotated[str, Field(max_length=64, description="Token of a card")] = ""


class SaleStep(Document):
    """A sale as the till sends it."""

    purchase: Purchase = "purchase-1"
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    member: Annotated[str, Field(description="Name of a member of the story; empty: a guest")] = ""
    card: Annotated[str, Field(description="Any card number instead of a member")] = ""
    lines: Annotated[
        tuple[LineText | StoryLine, ...], Field(description="What is sold, in order")
    ] = ()
    coupons: Annotated[tuple[str, ...], Field(description="Coupon codes")] = ()
    certificates: Annotated[
        dict[str, AmountMinor],
        Field(description="Certificates by name (or any code), and how much at most; 0: any"),
    ] = Field(default_factory=dict)
    points: Annotated[
        AmountMinor | Literal["max"], Field(description="Points to pay with, in minor units")
    ] = 0
    channel: Annotated[str, Field(max_length=32, description="till, app …")] = "till"
    tenders: Annotated[
        tuple[StoryTender, ...], Field(description="How the customer means to pay")
    ] = ()
    manual_permission: Annotated[
        str, Field(max_length=64, description="Permission for discounts given by hand")
    ] = ""
    language: Annotated[str, Field(max_length=3, description="Language of messages")] = ""
    shown: Annotated[
        Literal["card", "phone", "external_id", ""],
        Field(description="Which identifier of the member is shown; the first if empty"),
    ] = ""
    training: Annotated[bool, Field(description="An exercise of which nothing is kept")] = False
    local_time: Annotated[
        dt.datetime | None, Field(description="The till's clock, if it goes wrong")
    ] = None
