"""Types of cards: what a partner's own numbers look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.flows.check_digits import has_check_digit

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CardType:
    """Cards of one kind: numbers of so many digits that begin so and end with a check digit."""

    code: str
    prefix: str
    digits: int
    #: Who joins without a card gets one.
    issued_at_enrolment: bool = False


def type_of(number: str, types: Iterable[CardType]) -> CardType | None:
    """The type whose prefix a number begins with: one at most, since prefixes are apart."""
    return next((each for each in types if number.startswith(each.prefix)), None)


def fits(number: str, card_type: CardType) -> bool:
    """Whether a card of the type can have the number."""
    is_whole = len(number) == card_type.digits and number.isascii() and number.isdigit()
    return is_whole and has_check_digit(number)
