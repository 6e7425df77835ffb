"""Numbers of new cards: drawn, not counted, so that nobody finds the next one by adding one.

A number is an HMAC of the draw's id and its place in the draw, with the installation's pepper: so
an answer can be given again from what is stored, and the database holds no numbers. What is taken
already is passed over. A draw has a few places more than cards are wanted; if these do not do, so
many numbers of the type are taken that guessing one would be easy: then nothing is issued.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.check_digits import check_digit
from checkout.flows.identifiers import IdentifierHasher, mask
from checkout.flows.sale import PresentedIdentifier
from checkout.primitives import key_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.flows.card_types import CardType
    from checkout.ledger.book import Book

#: Places beside one per card: a quarter more, and these. With one in five numbers taken it is over.
_SPARE_PLACES: Final = 8


@dataclass(frozen=True, slots=True)
class DrawnNumber:
    """Where a number stands in which draw: all that is stored of it."""

    draw_id: UUID
    place: int
    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class CardDraw:
    """Numbers of a type that cards may get, in the order in which the free ones are taken."""

    draw_id: UUID
    card_type: CardType
    candidates: tuple[PresentedIdentifier, ...]

    def key_number(self, partner_id: UUID) -> int:
        """The lock of the type: two draws of the same moment must not hit the same number."""
        return key_number(b"card type", partner_id.bytes, self.card_type.code.encode())

    def free(self, book: Book, partner_id: UUID, count: int) -> list[int] | None:
        """The places of so many numbers that no card has; None if there are not enough."""
        seen: set[bytes] = set()
        places: list[int] = []
        for place, card in enumerate(self.candidates):
            ref = card.ref(partner_id)
            if ref in book.identifiers or ref in book.new_cards or card.digest in seen:
                continue
            seen.add(card.digest)
            places.append(place)
            if len(places) == count:
                return places
        return None

    def number(self, place: int) -> DrawnNumber:
        """What is stored of the number at a place."""
        return DrawnNumber(self.draw_id, place, self.card_type.prefix, self.card_type.digits)


class CardNumbers:
    """Draws numbers, and tells them again, with the installation's pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._hasher = IdentifierHasher(pepper)

    def draw(self, partner_id: UUID, card_type: CardType, draw_id: UUID, count: int) -> CardDraw:
        """Enough numbers for so many cards."""
        return CardDraw(
            draw_id,
            card_type,
            tuple(
                self._present(
                    partner_id,
                    card_type,
                    self.told(DrawnNumber(draw_id, place, card_type.prefix, card_type.digits)),
                )
                for place in range(count + count // 4 + _SPARE_PLACES)
            ),
        )

    def draw_for_new_member(
        self, partner_id: UUID, types: Iterable[CardType], draw_id: UUID, *, has_card: bool
    ) -> CardDraw | None:
        """Numbers for who joins; None: they bring a card, or there is no type for that."""
        wanted = None if has_card else next((t for t in types if t.issued_at_enrolment), None)
        return self.draw(partner_id, wanted, draw_id, 1) if wanted is not None else None

    def told(self, drawn: DrawnNumber) -> str:
        """The number itself."""
        free = drawn.digits - len(drawn.prefix) - 1
        message = b"card number|" + drawn.draw_id.bytes + drawn.place.to_bytes(4)
        made = int.from_bytes(hmac.digest(self._pepper, message, hashlib.sha256))
        body = f"{drawn.prefix}{made % 10**free:0{free}d}"
        return body + check_digit(body)

    def _present(self, partner_id: UUID, card_type: CardType, number: str) -> PresentedIdentifier:
        digest = self._hasher.digest(partner_id, "card", number)
        return PresentedIdentifier("card", digest, mask(number), card_type=card_type.code)
