"""Points rounded to minor units: per line, per reward, or over a receipt (``docs/rules.md`` §5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import PointsLevel, PointsRounding
from checkout.primitives import allocate, divide_half_up, divide_up

if TYPE_CHECKING:
    from checkout.engine.rewards.points import PointWish


# Looked up once: an enumeration looks for its members each time that they are named.
_LINE: Final = PointsLevel.LINE
_REWARD: Final = PointsLevel.REWARD
_DOWN: Final = PointsRounding.DOWN
_UP: Final = PointsRounding.UP


def rounded_points(numerator: int, denominator: int, rounding: PointsRounding) -> int:
    """A fraction of a minor unit, not negative, as a whole number."""
    if rounding is _DOWN:
        return numerator // denominator
    if rounding is _UP:
        return divide_up(numerator, denominator)
    return divide_half_up(numerator, denominator)


class PointSums:
    """Rounding of one receipt: per currency, what earlier rewards wished exactly and rounded."""

    __slots__ = ("_level", "_rounding", "_sums")

    def __init__(self, rounding: PointsRounding, level: PointsLevel) -> None:
        """Nothing has been wished."""
        self._rounding = rounding
        self._level = level
        #: Exact numerator and denominator, and the whole number that was wished.
        self._sums: dict[str, tuple[int, int, int]] = {}

    def copy(self) -> PointSums:
        """The same sums, to try something with."""
        other = PointSums(self._rounding, self._level)
        other._sums = dict(self._sums)
        return other

    def rounded(self, currency: str, wish: PointWish, most_minor: int) -> list[int]:
        """The whole minor units that a reward wishes on each portion; at most so many in total."""
        numerators, denominator = wish.numerators, wish.denominator
        rounding = self._rounding
        if self._level is _LINE:
            parts = [rounded_points(each, denominator, rounding) for each in numerators]
            if sum(parts) > most_minor:
                return allocate(most_minor, parts, parts)
            return parts
        exact = sum(numerators)
        if not exact:
            return [0] * len(numerators)
        if self._level is _REWARD:
            total = min(rounded_points(exact, denominator, rounding), most_minor)
        else:
            total = self._next(currency, exact, denominator, most_minor)
        return allocate(total, numerators, [total] * len(numerators))

    def _next(self, currency: str, numerator: int, denominator: int, most_minor: int) -> int:
        """The exact sum so far, rounded, less what earlier rewards wished; at most so much."""
        known = self._sums.get(currency)
        wished = 0
        if known is not None:
            sum_numerator, sum_denominator, wished = known
            common = math.lcm(sum_denominator, denominator)
            numerator = numerator * (common // denominator)
            numerator += sum_numerator * (common // sum_denominator)
            denominator = common
        total = max(rounded_points(numerator, denominator, self._rounding) - wished, 0)
        total = min(total, most_minor)
        self._sums[currency] = (numerator, denominator, wished + total)
        return total
