"""Rows of corrections, as values. A test holds fields and columns equal, in name and order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class Bulk:
    """Corrections that were made from one file: who, why, and the file's hash; never changed."""

    bucket: int
    bulk_id: UUID
    partner_id: UUID
    code: str
    file_hash: bytes
    file_name: str
    reason: str
    author: str
    opened_at: dt.datetime


@dataclass(slots=True)
class Correction:
    """Points that an operator gives or takes; its id is that of its posting, once it is booked.

    `month` is the partition of that posting; `line` that of the bulk's file, 0 of a single one.
    """

    bucket: int
    correction_id: UUID
    partner_id: UUID
    member_id: UUID
    currency: str
    amount_minor: int
    days: int
    reason: str
    author: str
    made_at: dt.datetime
    bulk_id: UUID | None
    line: int
    state: str
    decided_at: dt.datetime | None
    decided_by: str
    decision_reason: str
    month: dt.date | None
    undo_id: UUID | None
    #: Whose account it moved, if the member pooled points when it was booked.
    household_id: UUID | None = None

    @property
    def purse_id(self) -> UUID:
        """Whose account it moved, or that of whom it is proposed for."""
        return self.household_id or self.member_id
