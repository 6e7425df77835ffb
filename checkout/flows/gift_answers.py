"""What calls about gifts answer; see `checkout.flows.answers`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from checkout.flows.views import Balance


@dataclass(slots=True, kw_only=True)
class GiftBack:
    """A gift that the sale gave, and that comes back with all of it."""

    gift: str
    count: int


@dataclass(slots=True, kw_only=True)
class GiveGiftAnswer:
    """A gift that was given, what it cost, and the balance after it, if it cost points."""

    gift_given_id: UUID
    gift: str
    count: int
    points_minor: int
    #: Of a gift that is counted, how many can still be given.
    left: int | None
    balance: Balance | None


@dataclass(slots=True, kw_only=True)
class TakeGiftBackAnswer:
    """A gift that came back, with its points; none of it if that had been done before."""

    gift_given_id: UUID
    changed: bool
    points_minor: int
    balance: Balance | None


@dataclass(slots=True, kw_only=True)
class GiftStockAnswer:
    """How many of a gift there are, how many of these holds keep, and how many more than before."""

    gift: str
    stock: int
    held: int
    difference: int


GiftAnswer = GiveGiftAnswer | TakeGiftBackAnswer | GiftStockAnswer
GIFT_ANSWERS: Final = (GiveGiftAnswer, TakeGiftBackAnswer, GiftStockAnswer)
