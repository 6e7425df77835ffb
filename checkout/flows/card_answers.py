"""Answers about cards: that were issued, and that took the place of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.card_numbers import DrawnNumber

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, kw_only=True)
class IssueCardsAnswer:
    """Cards that were issued together: where their numbers stand in the draw, not the numbers."""

    issue_id: UUID
    card_type: str
    prefix: str
    digits: int
    places: list[int]

    def numbers(self) -> Iterator[DrawnNumber]:
        """What the numbers are told from, in the order in which they were issued."""
        for place in self.places:
            yield DrawnNumber(self.issue_id, place, self.prefix, self.digits)


@dataclass(slots=True, kw_only=True)
class ReplaceCardAnswer:
    """Whose card it was, and what took its place; with the number, if that was made for this."""

    member_id: UUID
    card_id: UUID
    masked: str
    drawn: DrawnNumber | None


CardAnswer = IssueCardsAnswer | ReplaceCardAnswer
CARD_ANSWERS: Final = (IssueCardsAnswer, ReplaceCardAnswer)
