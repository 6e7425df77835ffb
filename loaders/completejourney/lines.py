"""From rows of the data to lines of a receipt: the rule for every row, ordinary or odd.

The shelf price of a row (`shelf_minor`) is its amount, before every discount that the household
got; what the household paid already holds them. A till's line needs a quantity and a whole-cent
unit price whose product is within one cent of the amount. The first rule that fits a row decides:

`not_sold`: quantity 0, nothing paid. No line: nothing left the store. Most are discounts of coupons
    that the data could not place, booked on articles that the catalogue does not have.
`unmeasured`: quantity 0, something paid. One piece for its amount.
`fuel_measured`: motor fuel, quantity above 1, and a whole-cent price per gallon fits. A weighed
    line; the quantity is in thousandths of a gallon.
`fuel_amount`: motor fuel, quantity above 1, and no whole-cent price fits, since pumps show tenths
    of a cent. One weighed piece for its amount.
`uneven`: pieces, and no whole-cent price fits ("4 for 4.75"). Two lines of the article: as many
    pieces as it takes one cent dearer than the others.
`pieces`: all other rows. One line at the nearest whole-cent price.

Amounts are kept to the cent by every rule. Fuel paid by a round amount has quantity 1 and is one
piece. An article that the catalogue does not have is sold under its number, without category.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from checkout.engine.receipt import Line
from checkout.primitives import UNIT_MILLI
from loaders.completejourney.columns import integer, integers

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Rule(enum.StrEnum):
    """How a row became a line."""

    NOT_SOLD = "not_sold"
    UNMEASURED = "unmeasured"
    FUEL_MEASURED = "fuel_measured"
    FUEL_AMOUNT = "fuel_amount"
    UNEVEN = "uneven"
    PIECES = "pieces"


_ZERO: Final = integer(0)
_ONE: Final = integer(1)
_TWO: Final = integer(2)
_UNIT: Final = integer(UNIT_MILLI)

#: What stands for each rule in the column `rule`: its place among the rules.
RULES: Final = integers(range(len(Rule)))
#: Columns that `add_lines` puts beside the rows.
COLUMNS: Final = ("quantity_milli", "price_minor", "dearer_milli", "weighed", "excise")


def add_lines(rows: pa.Table, fuel: Collection[int], excise: Collection[int]) -> pa.Table:
    """The rows with `rule` and, for those that are sold, the columns of `COLUMNS`.

    `dearer_milli` is the part of the quantity that is sold one cent above `price_minor` on a line
    of its own.
    """
    quantity, amount = rows["quantity"], rows["shelf_minor"]
    divisor = pc.max_element_wise(quantity, _ONE)
    is_fuel = pc.is_in(rows["product_id"], value_set=integers(fuel))
    by_volume = pc.and_(is_fuel, pc.greater(quantity, _ONE))

    gallon_price = _half_up(pc.multiply(amount, _UNIT), divisor)
    gallon_amount = _half_up(pc.multiply(gallon_price, quantity), _UNIT)
    volume_fits = pc.less_equal(pc.abs(pc.subtract(gallon_amount, amount)), _ONE)

    price_down = pc.divide(amount, divisor)
    rest = pc.subtract(amount, pc.multiply(price_down, divisor))
    rest_is_one_short = pc.and_(pc.greater(rest, _ONE), pc.equal(pc.subtract(divisor, rest), _ONE))
    even = pc.or_(pc.less_equal(rest, _ONE), rest_is_one_short)

    nothing = pc.equal(quantity, _ZERO)
    conditions = {
        Rule.NOT_SOLD: pc.and_(nothing, pc.equal(rows["paid_minor"], _ZERO)),
        Rule.UNMEASURED: nothing,
        Rule.FUEL_MEASURED: pc.and_(by_volume, volume_fits),
        Rule.FUEL_AMOUNT: by_volume,
        Rule.UNEVEN: pc.invert(even),
        Rule.PIECES: even,
    }

    pieces_milli = pc.multiply(quantity, _UNIT)
    quantities = {
        Rule.FUEL_MEASURED: quantity,
        Rule.UNEVEN: pieces_milli,
        Rule.PIECES: pieces_milli,
    }
    prices = {
        Rule.FUEL_MEASURED: gallon_price,
        Rule.UNEVEN: price_down,
        Rule.PIECES: pc.add(price_down, pc.cast(rest_is_one_short, pa.int64())),
    }
    dearer = {Rule.UNEVEN: pc.multiply(rest, _UNIT)}
    is_excise = pc.is_in(rows["product_id"], value_set=integers(excise))
    return (
        rows.append_column("rule", _choose(conditions, dict(zip(Rule, RULES, strict=True))))
        .append_column("quantity_milli", _choose(conditions, quantities, _UNIT))
        .append_column("price_minor", _choose(conditions, prices, amount))
        .append_column("dearer_milli", _choose(conditions, dearer, _ZERO))
        .append_column("weighed", by_volume)
        .append_column("excise", is_excise)
    )


def rows_by_rule(rows: pa.Table) -> dict[Rule, int]:
    """How many rows each rule decided."""
    return {
        rule: pc.sum(pc.equal(rows["rule"], code)).as_py()
        for rule, code in zip(Rule, RULES, strict=True)
    }


def sold(rows: pa.Table) -> pa.Table:
    """The rows that have a line."""
    not_sold = RULES[list(Rule).index(Rule.NOT_SOLD)]
    return rows.filter(pc.not_equal(rows["rule"], not_sold)).combine_chunks()


def lines_of(
    position: int,
    product: int,
    amount_minor: int,
    quantity_milli: int,
    price_minor: int,
    dearer_milli: int,
    *,
    weighed: bool,
    excise: bool,
) -> Iterator[Line]:
    """The line of a row, or the two lines of an uneven one."""
    dearer_minor = (price_minor + 1) * dearer_milli // UNIT_MILLI
    if dearer_milli:
        yield Line(
            position=position,
            sku=str(product),
            quantity_milli=dearer_milli,
            price_minor=price_minor + 1,
            amount_minor=dearer_minor,
            weighed=weighed,
            excise=excise,
        )
        position += 1
    yield Line(
        position=position,
        sku=str(product),
        quantity_milli=quantity_milli - dearer_milli,
        price_minor=price_minor,
        amount_minor=amount_minor - dearer_minor,
        weighed=weighed,
        excise=excise,
    )


def _half_up(
    numerator: pa.ChunkedArray, denominator: pa.ChunkedArray | pa.Scalar
) -> pa.ChunkedArray:
    twice = pc.multiply(denominator, _TWO)
    return pc.divide(pc.add(pc.multiply(numerator, _TWO), denominator), twice)


def _choose(
    conditions: dict[Rule, pa.ChunkedArray],
    values: dict[Rule, pa.ChunkedArray | pa.Scalar],
    default: pa.ChunkedArray | pa.Scalar | None = None,
) -> pa.ChunkedArray:
    """Per row the value of the first rule whose condition holds."""
    names = [rule.value for rule in conditions]
    switch = pc.make_struct(*conditions.values(), field_names=names)
    return pc.case_when(switch, *(values.get(rule, default) for rule in conditions))
