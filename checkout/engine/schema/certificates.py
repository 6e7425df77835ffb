"""The typed schema of certificates and passes: which series a program takes, for what and where.

A certificate is prepaid money, a pass prepaid units (visits, coffees). Both are a tender: they pay
what is left after discounts, and change no price.
"""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import Field

from checkout.engine.schema.document import Code, Document, Positive, Readable, Word, YesNo
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.points import PointDates


class CertificateKind(enum.StrEnum):
    """What a series holds: prepaid money, or prepaid units of goods."""

    MONEY = "money"
    PASS = "pass"  # noqa: S105 - prepaid units, not a password


class CertificateSeries(Document):
    """Certificates or passes of one sort, as this program sells and takes them."""

    code: Code
    name: Annotated[
        str, Field(min_length=1, max_length=64, description="Shown to customers"), Readable
    ]
    kind: CertificateKind = CertificateKind.MONEY
    goods: Annotated[
        Goods | None,
        Field(description="What it pays for; without: all, of a certificate delivery, too"),
    ] = None
    stores: Annotated[
        tuple[Code, ...], Field(max_length=10_000, description="Only here; everywhere by default")
    ] = ()
    face: Annotated[
        Positive | None,
        Field(description="What is on a new one: minor units of money, or units. Said at issue"),
    ] = None
    once: Annotated[
        YesNo, Field(description="Spent in one sale: what that leaves cannot be spent any more")
    ] = False
    sold_as: Annotated[
        tuple[Word, ...],
        Field(max_length=100, description="Articles whose sale activates one of the series"),
    ] = ()
    dates: Annotated[
        PointDates, Field(description="From when it can be spent after activation, and how long")
    ] = PointDates()
