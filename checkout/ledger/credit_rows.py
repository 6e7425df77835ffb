"""Rows of credits, as values; see `checkout.ledger.rows`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID


@dataclass(slots=True)
class Credit:
    """A guest's receipt that was credited to a member later."""

    bucket: int
    month: dt.date
    credit_id: UUID
    partner_id: UUID
    purchase_id: str
    receipt_id: UUID
    member_id: UUID
    store_code: str
    terminal_code: str
    credited_at: dt.datetime
    facts: bytes
    answer: bytes
    #: Whose account it moved, if the member pooled points then.
    household_id: UUID | None = None
