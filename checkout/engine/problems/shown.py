"""Numbers and names in sentences, as managers write them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.primitives import FULL_RATE_BP, UNIT_MILLI, format_minor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.problems.known import Ground


def money(minor: int, ground: Ground) -> str:
    """Money in decimals."""
    return format_minor(minor, ground.money_exponent)


def points(minor: int, currency: str | None, ground: Ground) -> str:
    """Points of a currency, of the main one by default, in decimals."""
    return format_minor(minor, ground.points_exponents.get(currency or ground.main_currency, 0))


def quantity(milli: int) -> str:
    """Pieces or kilograms, without needless zeros."""
    return _short(milli, UNIT_MILLI)


def rate(basis_points: int) -> str:
    """A rate in percent, without needless zeros."""
    return f"{_short(basis_points, FULL_RATE_BP // 100)} %"


def _short(value: int, whole: int) -> str:
    units, part = divmod(value, whole)
    decimals = len(str(whole)) - 1
    return f"{units}.{part:0{decimals}d}".rstrip("0").rstrip(".")


def day(ordinal: int) -> str:
    """A date by its number; one before or after the calendar is its first or last."""
    bounded = min(max(ordinal, dt.date.min.toordinal()), dt.date.max.toordinal())
    return dt.date.fromordinal(bounded).isoformat()


def listed(words: Sequence[str], last: str) -> str:
    """Words with commas, the last one after "and" or "or"."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def counted(count: int, noun: str) -> str:
    """One unit, two units."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
