"""The oracle's way back from canonical lines to the till's lines (docs/rules.md, 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_lines import floor_of
from tests.oracle.oracle_numbers import spread

if TYPE_CHECKING:
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]


def till_shares(line: CanonicalLine, reached: set[str]) -> list[Doc]:
    """The manual discount as it was asked, the discount by starts, the value by what is left."""
    tills = line.tills
    before = [till["amount_minor"] - till["external_discount_minor"] for till in tills]
    floors = [floor_of(till["min_price_minor"], till["quantity_milli"]) for till in tills]
    asked = [till["manual_discount_minor"] for till in tills]
    manuals = spread(line.manual, asked, above(before, floors), reached)
    starts = less(before, manuals)
    discounts = spread(line.discount, starts, above(starts, floors), reached)
    left = less(starts, discounts)
    values = spread(line.value, left, left, reached)
    return [
        {
            "position": till["position"],
            "quantity_milli": till["quantity_milli"],
            "amount_minor": till["amount_minor"],
            "external_discount_minor": till["external_discount_minor"],
            "manual_discount_minor": manual,
            "discount_minor": discount,
            "points_value_minor": value,
        }
        for till, manual, discount, value in zip(tills, manuals, discounts, values, strict=True)
    ]


def less(prices: list[int], taken: list[int]) -> list[int]:
    """Each price less what is taken off it."""
    return [price - part for price, part in zip(prices, taken, strict=True)]


def above(prices: list[int], floors: list[int]) -> list[int]:
    """What each price is above its floor."""
    return [max(0, price - floor) for price, floor in zip(prices, floors, strict=True)]
