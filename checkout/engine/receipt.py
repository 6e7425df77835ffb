"""One sale at one till, as the engine takes it.

Values only: what is checked about them (ranges, counts, amount against price) is checked where they
come in, by `checkout.engine.documents` for JSON and by the gRPC edge for tills.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI

#: A receipt has at least one line and at most this many.
LINES_MAX = 1_000
#: Codes that one receipt may carry.
COUPONS_MAX = 50
#: Certificates and passes that one receipt may be paid with.
CERTIFICATES_MAX = 20

Code = Annotated[str, Field(min_length=1, max_length=64)]
AmountMinor = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR)]


class LineKind(enum.StrEnum):
    """What a line sells."""

    GOODS = "goods"
    SERVICE = "service"
    DELIVERY = "delivery"


@dataclass(slots=True, kw_only=True)
class Line:
    """A position of a receipt. Its amount counts.

    Lies within 1 minor unit of price × quantity.
    """

    position: Annotated[
        int, Field(ge=1, le=1_000_000, description="Number of the line on the receipt, unique")
    ]
    sku: Annotated[
        str,
        Field(
            min_length=1,
            max_length=64,
            description="Article code; one that the catalogue does not know is legal",
        ),
    ]
    quantity_milli: Annotated[
        int, Field(ge=1, le=QUANTITY_MAX_MILLI, description="Quantity in thousandths")
    ]
    price_minor: Annotated[
        int,
        Field(ge=0, le=AMOUNT_MAX_MINOR, description="Shelf price of one unit, in minor units"),
    ]
    amount_minor: Annotated[
        int,
        Field(
            ge=0,
            le=AMOUNT_MAX_MINOR,
            description="Amount of the line before any discount, within 1 of price × quantity",
        ),
    ]
    barcode: Annotated[str, Field(max_length=64, description="Scanned barcode")] = ""
    category: Annotated[
        str,
        Field(max_length=64, description="Category code, used when the catalogue has no such sku"),
    ] = ""
    min_price_minor: Annotated[
        int,
        Field(ge=0, le=AMOUNT_MAX_MINOR, description="Floor: lowest price of one unit"),
    ] = 0
    external_discount_minor: Annotated[
        int,
        Field(
            ge=0,
            le=AMOUNT_MAX_MINOR,
            description="Discount given before us, taken off the amount first; at most the amount",
        ),
    ] = 0
    manual_discount_minor: Annotated[
        int,
        Field(
            ge=0,
            le=AMOUNT_MAX_MINOR,
            description="Discount that the cashier gives by hand; granted as far as permitted",
        ),
    ] = 0
    kind: Annotated[LineKind, Field(description="Goods, service or delivery charge")] = (
        LineKind.GOODS
    )
    no_discount: Annotated[bool, Field(description="Takes no discount of ours")] = False
    no_points: Annotated[
        bool, Field(description="Earns no points and cannot be paid with points")
    ] = False
    excise: Annotated[bool, Field(description="Alcohol, tobacco and the like")] = False
    marked: Annotated[bool, Field(description="Carries a marking code")] = False
    weighed: Annotated[
        bool, Field(description="Sold by weight: one unit per line, whatever its quantity")
    ] = False
    vat_code: Annotated[str, Field(max_length=16, description="Passed through")] = ""
    title: Annotated[
        str, Field(max_length=128, description="Text for the slip, else the catalogue's name")
    ] = ""


@dataclass(slots=True, kw_only=True)
class PlannedTender:
    """How the customer means to pay."""

    kind: Annotated[str, Field(max_length=32, description="cash, card …")] = ""
    bin: Annotated[
        str, Field(pattern=r"^\d{0,8}$", description="First digits of a payment card, at most 8")
    ] = ""
    token: Annotated[str, Field(max_length=64, description="Token of a payment card")] = ""


@dataclass(slots=True, kw_only=True)
class PresentedCertificate:
    """A certificate or pass that the customer pays with."""

    code: Annotated[Code, Field(description="Its code, or what stands for it; unique")]
    at_most: Annotated[
        int,
        Field(
            ge=0,
            le=AMOUNT_MAX_MINOR,
            description="At most so much of it, in minor units or units; 0: as much as is needed",
        ),
    ] = 0


@dataclass(slots=True, kw_only=True)
class Receipt:
    """What is to be priced: the priced content of a sale, without tenders taken and fiscal data."""

    store: Annotated[Code, Field(description="Code of the store")]
    local_time: Annotated[
        dt.datetime,
        Field(description="The till's local date and time, without zone: schedules follow it"),
    ]
    utc_offset_minutes: Annotated[
        int, Field(ge=-14 * 60, le=14 * 60, description="Offset of local_time from UTC")
    ] = 0
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=LINES_MAX)]
    coupons: Annotated[
        tuple[Code, ...],
        Field(max_length=COUPONS_MAX, description="Coupon codes; their order never matters"),
    ] = ()
    certificates: Annotated[
        tuple[PresentedCertificate, ...],
        Field(
            max_length=CERTIFICATES_MAX,
            description="Certificates and passes to pay with; their order never matters",
        ),
    ] = ()
    terminal: Annotated[str, Field(max_length=64, description="Code of the till")] = ""
    channel: Annotated[str, Field(max_length=32, description="till, app, self_checkout …")] = "till"
    tenders: Annotated[
        tuple[PlannedTender, ...], Field(max_length=10, description="How it will be paid")
    ] = ()
    manual_permission: Annotated[
        str, Field(max_length=64, description="Permission for discounts given by hand")
    ] = ""
    language: Annotated[
        str, Field(max_length=3, description="Language of messages; the default text if empty")
    ] = ""
    points_to_spend: Annotated[
        Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR)] | Literal["max"],
        Field(description="Points to pay with, in the currency's minor units, or max"),
    ] = 0
