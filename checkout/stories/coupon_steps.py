"""Steps of a story about unique coupons, each with its schema.

A code that the service makes is told as ``@coupon-1``, ``@coupon-2`` … in the order in which they
appear; a later step may show it under that name.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document
from checkout.stories.sale_steps import Request

Code64 = Annotated[str, Field(min_length=1, max_length=64, description="As the customer shows it")]


class IssueCouponsStep(Document):
    """An operator issues unique coupons of a series."""

    series: Annotated[Code, Field(description="Series")]
    count: Annotated[int, Field(ge=0, le=1_000, description="How many to make")] = 0
    codes: Annotated[tuple[Code64, ...], Field(description="Codes that somebody else made")] = ()
    member: Annotated[str, Field(description="Whose; empty: whoever shows the code")] = ""
    uses_max: Annotated[int, Field(ge=1, description="Uses of each")] = 1
    valid_from: Annotated[dt.datetime | None, Field(description="UTC; now if absent")] = None
    valid_until: Annotated[dt.datetime | None, Field(description="UTC; without end if absent")] = (
        None
    )
    valid_days: Annotated[int | None, Field(ge=0, description="Days instead of an end")] = None
    request: Request = ""


class BlockCouponStep(Document):
    """An operator blocks a coupon, or lifts that."""

    code: Code64
    lift: Annotated[bool, Field(description="Block no longer")] = False
    request: Request = ""


class CheckCouponStep(Document):
    """Ask what a code is good for."""

    code: Code64
    member: Annotated[str, Field(description="Name of a member; empty: a guest")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""


class ListCouponsStep(Document):
    """Ask for a member's coupons."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
