"""What all documents share: immutability, codes, bounds of numbers."""

from __future__ import annotations

import datetime as dt
import enum
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP, composed


def _written(value: object) -> object:
    """Days and times are texts: a number would be taken for seconds since 1970."""
    digits = value.strip().lstrip("+-").replace(".", "", 1) if isinstance(value, str) else ""
    if digits.isdecimal() or not isinstance(value, str | dt.date | dt.time):
        raise ValueError("write dates and times as texts, such as 2026-11-21 and 18:30")
    return value


def _shown(name: str) -> str:
    """People read it."""
    if not name.strip():
        raise ValueError("a name is not blank")
    if any(unicodedata.category(character) == "Cc" for character in name):
        raise ValueError("a name has no line breaks and other signs that cannot be seen")
    return name


Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Date = Annotated[dt.date, BeforeValidator(_written)]
DateTime = Annotated[dt.datetime, BeforeValidator(_written)]
TimeOfDay = Annotated[dt.time, BeforeValidator(_written)]
#: For names, after their other bounds.
Readable = AfterValidator(_shown)
Code = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[^\s/|]+$",
        description="Code: no blanks, / or |",
    ),
]
Word = Annotated[
    str, Field(min_length=1, max_length=64, description="A value as it stands in the data")
]
ShortWord = Annotated[
    str, Field(min_length=1, max_length=32, description="A value as tills send it")
]
LongWord = Annotated[
    str, Field(min_length=1, max_length=128, description="A value as it stands in the catalogue")
]
#: In the form in which the edge puts what customers show.
CouponCode = Annotated[
    str,
    Field(min_length=1, max_length=64, pattern=r"^\S+$", description="Code that a customer shows"),
    AfterValidator(composed),
]
Positive = Annotated[Whole, Field(gt=0, le=AMOUNT_MAX_MINOR, description="In minor units")]
NotNegative = Annotated[Whole, Field(ge=0, le=AMOUNT_MAX_MINOR, description="In minor units")]
RateBp = Annotated[Whole, Field(ge=0, le=FULL_RATE_BP, description="Basis points: 1000 = 10 %")]
Days = Annotated[Whole, Field(ge=0, le=36_500, description="Calendar days")]


class Document(BaseModel):
    """An immutable part of a snapshot; a field that is not in the schema is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Comparison(enum.StrEnum):
    """How a value is compared with a bound."""

    LESS_THAN = "less_than"
    AT_MOST = "at_most"
    EQUAL = "equal"
    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
