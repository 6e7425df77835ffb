"""Cards that were issued before anybody had them, as values.

A test holds fields and columns equal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.ledger.book import IdentifierRef


@dataclass(slots=True)
class CardIssue:
    """Cards that an operator had issued together."""

    bucket: int
    issue_id: UUID
    partner_id: UUID
    type_code: str
    cards: int
    at: dt.datetime
    author: str
    reason: str


@dataclass(slots=True)
class NewCard:
    """A row of `identifier` that leads to nobody yet: a card in a box, or on a rack."""

    bucket: int
    partner_id: UUID
    digest: bytes
    masked: str
    type_code: str
    issue_id: UUID

    @property
    def ref(self) -> IdentifierRef:
        """Under which key it stands."""
        return (self.partner_id, "card", self.digest)


@dataclass(slots=True)
class CardWrites:
    """What a batch issues."""

    new: dict[IdentifierRef, NewCard] = field(default_factory=dict)
    issues: list[CardIssue] = field(default_factory=list)
