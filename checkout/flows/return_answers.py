"""What a return without its receipt is answered; pydantic stores and restores it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
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
