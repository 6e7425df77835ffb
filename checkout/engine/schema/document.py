"""What all documents share: immutability, codes, bounds of numbers."""

from __future__ import annotations

import enum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP

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
CouponCode = Annotated[
    str,
    Field(min_length=1, max_length=64, pattern=r"^\S+$", description="Code that a customer shows"),
]
Positive = Annotated[int, Field(gt=0, le=AMOUNT_MAX_MINOR, description="In minor units")]
NotNegative = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR, description="In minor units")]
RateBp = Annotated[int, Field(ge=0, le=FULL_RATE_BP, description="Basis points: 1000 = 10 %")]
Days = Annotated[int, Field(ge=0, le=36_500, description="Calendar days")]


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
