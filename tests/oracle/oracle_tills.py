"""The oracle's way back from canonical lines to the till's lines (docs/rules.md, 7)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_lines import floor_of
from tests.oracle.oracle_numbers import down, spread

if TYPE_CHECKING:
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]


def till_shares(line: CanonicalLine, reached: set[str]) -> list[Doc]:
    """The manual discount as it was asked, the discount by starts, the rest by what is left."""
    tills = line.tills
    before = [till["amount_minor"] - till["external_discount_minor"] for till in tills]
    floors = [floor_of(till["min_price_minor"], till["quantity_milli"]) for till in tills]
    asked = [till["manual_discount_minor"] for till in tills]
    manuals = spread(line.manual, asked, above(before, floors), reached)
    starts = less(before, manuals)
    discounts = spread(line.discount, starts, above(starts, floors), reached)
    left = pay_with_passes(line, less(starts, discounts), reached)
    values = spread(line.value, left, left, reached)
    left = pay_with_certificates(line, less(left, values), reached)
    certificates = [
        sum(each["tills"][i]["paid_minor"] for each in line.paid) for i in range(len(tills))
    ]
    return [
        {
            "position": till["position"],
            "quantity_milli": till["quantity_milli"],
            "amount_minor": till["amount_minor"],
            "external_discount_minor": till["external_discount_minor"],
            "manual_discount_minor": manual,
            "discount_minor": discount,
            "points_value_minor": value,
            "certificates_minor": paid,
        }
        for till, manual, discount, value, paid in zip(
            tills, manuals, discounts, values, certificates, strict=True
        )
    ]


def pay_with_passes(line: CanonicalLine, left: list[int], reached: set[str]) -> list[int]:
    """Note what each pass paid of each till line, where its units are; what is left to pay."""
    open_units = [down(Fraction(till["quantity_milli"], 1000)) for till in line.tills]
    open_broken = [int(till["quantity_milli"] % 1000 != 0) for till in line.tills]
    for paid in line.paid:
        if not paid["is_pass"]:
            continue
        units = [0 for _ in line.tills]
        for _ in range(paid["units"]):
            of_which = open_units if any(open_units) else open_broken
            first = next(i for i, many in enumerate(of_which) if many)
            of_which[first] -= 1
            units[first] += 1
        parts = spread(paid["minor"], units, left, reached)
        left = less(left, parts)
        paid["tills"] = till_parts(line, parts, units)
        if any(part and not its_units for part, its_units in zip(parts, units, strict=True)):
            reached.add("pass: money of a till line beside its units")
        for till, its_units in zip(line.tills, units, strict=True):
            if its_units * 1000 > till["quantity_milli"]:
                reached.add("pass: a broken unit of a till line")
    return left


def pay_with_certificates(line: CanonicalLine, left: list[int], reached: set[str]) -> list[int]:
    """Note what each certificate paid of each till line; what is left to pay."""
    for paid in line.paid:
        if not paid["is_pass"]:
            parts = spread(paid["minor"], left, left, reached)
            left = less(left, parts)
            paid["tills"] = till_parts(line, parts, [0 for _ in line.tills])
            if len([part for part in parts if part]) > 1:
                reached.add("certificate: parts of several till lines")
    return left


def till_parts(line: CanonicalLine, parts: list[int], units: list[int]) -> list[Doc]:
    """What one certificate paid of each till line."""
    return [
        {"position": till["position"], "paid_minor": part, "units": its_units}
        for till, part, its_units in zip(line.tills, parts, units, strict=True)
    ]


def less(prices: list[int], taken: list[int]) -> list[int]:
    """Each price less what is taken off it."""
    return [price - part for price, part in zip(prices, taken, strict=True)]


def above(prices: list[int], floors: list[int]) -> list[int]:
    """What each price is above its floor."""
    return [max(0, price - floor) for price, floor in zip(prices, floors, strict=True)]
