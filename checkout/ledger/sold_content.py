"""What a receipt was evaluated with, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class SoldContent:
    """A confirmed sale as it was evaluated: what was sent, and the facts."""

    #: None of a store that is no more.
    store_id: UUID | None
    content: bytes
    facts: bytes
