"""The typed schema of a program's list of gifts: what may be handed out, for what, where and when.

How many there are is state, not a rule: see `checkout.ledger.gifts`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document, NotNegative, Readable, YesNo
from checkout.engine.schema.schedule import Schedule


class ProgramGift(Document):
    """Something that operators give for points, and campaigns hand out beside a receipt."""

    code: Annotated[Code, Field(description="Unique per partner: its stock stands under it")]
    name: Annotated[
        str, Field(min_length=1, max_length=64, description="Shown to customers"), Readable
    ]
    description: Annotated[str, Field(max_length=500, description="For whoever chooses one")] = ""
    sku: Annotated[
        str, Field(max_length=64, description="Article that is handed out; empty: no article")
    ] = ""
    points_minor: Annotated[
        NotNegative,
        Field(description="What a member pays for one, in points; campaigns give it for nothing"),
    ] = 0
    currency: Annotated[
        Code | None, Field(description="Currency of the price; the program's first by default")
    ] = None
    counted: Annotated[
        YesNo,
        Field(description="No more are given than are in stock; else as many as are wanted"),
    ] = True
    stores: Annotated[
        tuple[Code, ...], Field(max_length=10_000, description="Only here; everywhere by default")
    ] = ()
    schedule: Annotated[
        Schedule, Field(description="When it can be given; at any time by default")
    ] = Schedule()
