"""Parts of what returns are answered; pydantic stores and restores them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from uuid import UUID

from checkout.refusals import Reason


@dataclass(slots=True, kw_only=True)
class WithoutReceiptAnswer:
    """Goods that were taken back without their receipt, and what of the allowance is left today."""

    return_id: str
    return_receipt_id: UUID
    returned_at: dt.datetime
    money_minor: int
    allowance_left_minor: int
    identifier_reason: Reason | None = None


@dataclass(slots=True, kw_only=True)
class ReturnedPosition:
    """What is given back for one position, and how much of it can still come back."""

    position: int
    quantity_milli: int
    money_minor: int
    points_value_minor: int
    left_milli: int
    certificates_minor: int = 0
    #: Of what that is made where the rest is evaluated anew: the price before discounts of
    #: campaigns, less these, by campaign; and points of the program's first currency.
    amount_minor: int = 0
    discounts: dict[str, int] = field(default_factory=dict)
    points_earned_minor: int = 0


@dataclass(slots=True, kw_only=True)
class FlooredStep:
    """How much more a return gives back than its lines are worth, by what it was paid with.

    Below 0: what earlier returns gave back too early is taken off.
    """

    money_minor: int = 0
    points_value_minor: int = 0
    certificates_minor: int = 0
