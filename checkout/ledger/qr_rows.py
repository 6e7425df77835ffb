"""Rows of QR codes, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class QrClaim:
    """The one purchase that was held or confirmed with a QR code."""

    bucket: int
    partner_id: UUID
    token_id: UUID
    purchase_id: str
    member_id: UUID
    claimed_at: dt.datetime
