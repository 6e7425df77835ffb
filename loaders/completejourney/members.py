"""The data's 2,469 households as members with a card.

Invented, and the same for the same seed: the card number, a 13-digit code with the prefix 29 of
codes that a shop gives itself (no payment card begins so) and a valid EAN check digit; and a phone
number for the 801 households that answered the survey, from the range that is kept free for fiction
(555-0100 … 0199). The household's number is the external id. What a household answered is not read,
and nobody has a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from checkout.primitives import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_HOUSEHOLDS: Final = UUID("6f0c2a4e-3d0b-5c39-9b5e-0f6f3a1d7c11")
_CARD_PREFIX: Final = "29"
_FICTION_LINES: Final = 100
_AREA_CODES: Final = (
    *("202", "203", "205", "206", "207", "208", "209", "210", "212", "213"),
    *("214", "215", "216", "217", "218", "219", "220", "224", "225", "228"),
    *("229", "231", "234", "239", "240"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One household."""

    id: UUID
    household: int
    card: str
    external_id: str
    phone: str | None


def member_id(household: int) -> UUID:
    """The member of a household: always the same one."""
    return uuid5(_HOUSEHOLDS, str(household))


def read_members(
    households: Iterable[int], surveyed: Collection[int], seed: int
) -> tuple[Member, ...]:
    """A member for every household, by number."""
    phones = {household: _phone(i) for i, household in enumerate(sorted(surveyed))}
    return tuple(
        Member(
            id=member_id(household),
            household=household,
            card=_card(household, seed),
            external_id=str(household),
            phone=phones.get(household),
        )
        for household in sorted(households)
    )


def check_digit(digits: str) -> str:
    """The EAN check digit of twelve digits."""
    odd, even = digits[::2], digits[1::2]
    return str(-(sum(map(int, odd)) + 3 * sum(map(int, even))) % 10)


def _card(household: int, seed: int) -> str:
    draw = int.from_bytes(digest(b"card", str(seed).encode(), str(household).encode())[:8])
    body = f"{_CARD_PREFIX}{draw % 10**6:06d}{household:04d}"
    return body + check_digit(body)


def _phone(rank: int) -> str:
    area, line = divmod(rank, _FICTION_LINES)
    return f"+1{_AREA_CODES[area]}55501{line:02d}"
