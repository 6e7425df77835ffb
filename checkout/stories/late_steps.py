"""Steps about sales that the service learns of later."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.stories.sale_steps import (
    AmountMinor,
    LineText,
    Purchase,
    Request,
    SaleStep,
    StoryLine,
)


class GivenStep(Document):
    """A discount that the till gave by itself."""

    position: Annotated[int, Field(ge=1, description="Line of the receipt")]
    campaign: Annotated[Code, Field(description="Code of the campaign")]
    amount_minor: Annotated[int, Field(ge=1, description="What was taken off")]


class TakenStep(Document):
    """What the till took of a certificate or pass by itself."""

    name: Annotated[str, Field(description="Name of a certificate, or any code")]
    amount_minor: Annotated[int, Field(ge=1, description="What it paid, in money")]
    position: Annotated[int, Field(ge=0, description="Line of the receipt; 0: all of them")] = 0
    units: Annotated[int, Field(ge=0, description="Units of a pass")] = 0


class OfflineStep(SaleStep):
    """The till submits a sale that it made without the service; `local_time` says when."""

    given: Annotated[
        tuple[GivenStep, ...], Field(description="Discounts by campaigns that the till knows")
    ] = ()
    paid_points_minor: Annotated[
        AmountMinor, Field(description="Points that the customer paid with")
    ] = 0
    taken: Annotated[
        tuple[TakenStep, ...], Field(description="Certificates that the customer paid with")
    ] = ()
    sells: Annotated[
        dict[str, int], Field(description="Certificates that it sold, and the line of each")
    ] = Field(default_factory=dict)
    shift: Annotated[str, Field(max_length=32, description="Shift number")] = ""
    receipt_number: Annotated[str, Field(max_length=32, description="Number as printed")] = ""


class AddPurchaseStep(Document):
    """An operator adds a purchase to a member by hand: by its sum, or with its lines."""

    purchase: Purchase = "purchase-1"
    member: Annotated[str, Field(description="Name of a member of the story")] = ""
    card: Annotated[str, Field(description="Any card number instead of a member")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    local_time: Annotated[
        dt.datetime | None, Field(description="When it was made, by the store's clock; else now")
    ] = None
    amount_minor: Annotated[int, Field(ge=1, le=AMOUNT_MAX_MINOR, description="What was paid")]
    lines: Annotated[
        tuple[LineText | StoryLine, ...], Field(description="What was bought, if it is known")
    ] = ()
    shift: Annotated[str, Field(max_length=32, description="Shift number")] = ""
    receipt_number: Annotated[str, Field(max_length=32, description="Number as printed")] = ""
    terminal: Annotated[str, Field(max_length=64, description="Terminal as printed")] = ""
    request: Request = ""


class ReturnWithoutReceiptStep(Document):
    """Goods come back of which nobody knows the purchase."""

    id: Annotated[
        str, Field(max_length=64, description="Return id; that of the step's number if empty")
    ] = ""
    goods: Annotated[
        dict[str, AmountMinor],
        Field(min_length=1, description="What is paid out by article, one piece of each"),
    ]
    card: Annotated[str, Field(description="A card that is shown")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    request: Request = ""


class CreditStep(Document):
    """The member comes later: a guest's purchase earns for them."""

    purchase: Purchase = "purchase-1"
    member: Annotated[str, Field(description="Name of a member of the story")] = ""
    card: Annotated[str, Field(description="Any card number instead of a member")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    request: Request = ""
