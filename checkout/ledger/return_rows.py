"""Rows of returns, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class ReturnReceipt:
    """Goods of one receipt that came back, and what was given back for them."""

    bucket: int
    month: dt.date
    return_receipt_id: UUID
    partner_id: UUID
    return_id: str
    purchase_id: str
    receipt_id: UUID
    member_id: UUID | None
    store_code: str
    terminal_code: str
    returned_at: dt.datetime
    business_day: dt.date
    shift: str
    receipt_number: str
    cashier: str
    money_minor: int
    points_value_minor: int
    certificates_minor: int
    points_back_minor: int
    answer: bytes
    household_id: UUID | None = None


@dataclass(slots=True)
class ReturnLine:
    """One position of a return."""

    bucket: int
    month: dt.date
    return_receipt_id: UUID
    receipt_id: UUID
    position: int
    quantity_milli: int
    money_minor: int
    points_value_minor: int
    certificates_minor: int


@dataclass(slots=True)
class ReturnKey:
    """One return for ever, as the till named it."""

    bucket: int
    partner_id: UUID
    return_id: str
    content_hash: bytes
    home_bucket: int
    month: dt.date
    return_receipt_id: UUID
