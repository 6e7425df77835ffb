"""Rounding of a reward's exact wish to minor units, as its settings say."""

from __future__ import annotations

from typing import assert_never

from checkout.engine.schema.rewards import Rounding


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A fraction, not negative, as a whole number.

    `half_up_price` rounds the reduced price half up, so the discount half down.
    """
    match rounding:
        case Rounding.HALF_UP:
            return (2 * numerator + denominator) // (2 * denominator)
        case Rounding.DOWN:
            return numerator // denominator
        case Rounding.UP:
            return -(-numerator // denominator)
        case Rounding.HALF_UP_PRICE:
            return -((denominator - 2 * numerator) // (2 * denominator))
        case _:
            assert_never(rounding)
