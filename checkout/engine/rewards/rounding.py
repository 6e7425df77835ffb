"""Rounding of a reward's exact wish to minor units, as its settings say."""

from __future__ import annotations

from typing import assert_never

from checkout.engine.schema.rewards import Rounding


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A fraction, not negative, as a whole number."""
    return (2 * numerator + rounding_term(denominator, rounding)) // (2 * denominator)


def rounding_term(denominator: int, rounding: Rounding) -> int:
    """What is added to twice the numerator, so that division by twice the denominator rounds.

    `half_up_price` rounds the reduced price half up, so the discount half down.
    """
    match rounding:
        case Rounding.HALF_UP:
            return denominator
        case Rounding.DOWN:
            return 0
        case Rounding.UP:
            return 2 * denominator - 1
        case Rounding.HALF_UP_PRICE:
            return denominator - 1
        case _:
            assert_never(rounding)
