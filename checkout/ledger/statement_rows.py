"""What a statement is made of: entries as they are read, with what they moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class FilledLot:
    """What a posting put into a lot, which it may have made."""

    amount: int
    active_from: dt.datetime
    expires_at: dt.datetime | None
    is_new: bool


@dataclass(frozen=True, slots=True)
class StatementRow:
    """An entry of a member's account, with what moved it; `lots` where points came in."""

    seq: int
    amount: int
    balance_after: int
    at: dt.datetime
    kind: str
    receipt_id: UUID | None
    purchase_id: str
    lots: list[FilledLot]
    #: Whether another entry of the same posting put points in before.
    is_second: bool
