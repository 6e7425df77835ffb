"""Numbers and names in sentences, as managers write them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.told import ToldCount, ToldDay, ToldList, ToldNumber

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.problems.known import Ground

_MILLI_DECIMALS: Final = 3
_BP_DECIMALS: Final = 2


def money(minor: int, ground: Ground) -> str:
    """Money in decimals."""
    return ToldNumber(minor, ground.money_exponent)


def points(minor: int, currency: str | None, ground: Ground) -> str:
    """Points of a currency, of the main one by default, in decimals."""
    exponent = ground.points_exponents.get(currency or ground.main_currency, 0)
    return ToldNumber(minor, exponent)


def quantity(milli: int) -> str:
    """Pieces or kilograms, without needless zeros."""
    return ToldNumber(milli, _MILLI_DECIMALS, is_short=True)


def rate(basis_points: int) -> str:
    """A rate in percent, without needless zeros."""
    return ToldNumber(basis_points, _BP_DECIMALS, is_short=True, unit=" %")


def day(ordinal: int) -> str:
    """A date by its number; one before or after the calendar is its first or last."""
    bounded = min(max(ordinal, dt.date.min.toordinal()), dt.date.max.toordinal())
    return ToldDay(dt.date.fromordinal(bounded))


def listed(words: Sequence[str], last: str) -> str:
    """Words with commas, the last one after "and" or "or"."""
    return ToldList(words, last)


def counted(count: int, noun: str, nouns: str = "") -> str:
    """One unit, two units; `nouns` where they end otherwise."""
    return ToldCount(count, noun, nouns)
