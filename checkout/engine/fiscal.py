"""Lines that a fiscal printer takes: each printed amount is its price × quantity, give or take 1.

A till line's price after all discounts seldom divides by its quantity. Such a line is printed as
two: some units at a price, the rest at one minor unit more; so it needs the fewest splits, and the
amounts sum up to what is paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from checkout.primitives import UNIT_MILLI, line_amount_minor

#: How far a printed amount may lie from price × quantity, rounded half up.
TOLERANCE_MINOR = 1


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line as it is printed: the amount counts."""

    quantity_milli: int
    price_minor: int
    amount_minor: int


def printed_lines(amount_minor: int, quantity_milli: int) -> list[PrintedLine]:
    """The fewest lines, at most two, that print an amount for a quantity."""
    price = amount_minor * UNIT_MILLI // quantity_milli
    for candidate in (price, price + 1):
        if _fits(amount_minor, candidate, quantity_milli):
            return [PrintedLine(quantity_milli, candidate, amount_minor)]
    # The lower price leaves more than the tolerance: that many minor units are units at one more.
    rest = amount_minor - price * quantity_milli // UNIT_MILLI
    dearer_milli = min(rest * UNIT_MILLI, quantity_milli - 1)
    dearer = line_amount_minor(price + 1, dearer_milli)
    cheaper_milli = quantity_milli - dearer_milli
    cheaper = amount_minor - dearer
    assert _fits(cheaper, price, cheaper_milli), "two neighbouring prices print any amount"
    return [
        PrintedLine(cheaper_milli, price, cheaper),
        PrintedLine(dearer_milli, price + 1, dearer),
    ]


def _fits(amount_minor: int, price_minor: int, quantity_milli: int) -> bool:
    return abs(line_amount_minor(price_minor, quantity_milli) - amount_minor) <= TOLERANCE_MINOR
