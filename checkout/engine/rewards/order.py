"""The order of units: dearest or cheapest first, or as on the receipt (``docs/rules.md`` §2)."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Final, TypeVar

from checkout.engine.schema.values import Which
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")
# Looked up once: an enumeration looks for its members each time that they are named.
_RECEIPT_ORDER: Final = Which.RECEIPT_ORDER
_CHEAPEST: Final = Which.CHEAPEST


def in_order(
    entries: Sequence[_T], which: Which, price_of: Callable[[_T], tuple[int, int]]
) -> list[_T]:
    """Entries, given in canonical order, by the price of a unit: an exact fraction.

    Ties in `dearest` go to the earlier line; `cheapest` is its reverse.
    """
    if which is _RECEIPT_ORDER or len(entries) <= 1:
        return list(entries)
    priced = []
    for i, entry in enumerate(entries):
        amount, quantity = price_of(entry)
        priced.append((amount, quantity, i))
    priced.sort(key=cmp_to_key(_dearer_first))
    if which is _CHEAPEST:
        priced.reverse()
    return [entries[i] for _, _, i in priced]


def unit_price(amount_minor: int, quantity_milli: int, *, weighed: bool) -> tuple[int, int]:
    """The price of one unit as numerator and denominator; a weighed line is one unit."""
    if weighed:
        return amount_minor, 1
    return amount_minor * UNIT_MILLI, quantity_milli


def _dearer_first(one: tuple[int, int, int], other: tuple[int, int, int]) -> int:
    difference = other[0] * one[1] - one[0] * other[1]
    return difference or one[2] - other[2]
