from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from checkout.engine.receipt import LINES_MAX
from checkout.primitives import QUANTITY_MAX_MILLI, line_amount_minor
from loaders.completejourney.lines import COLUMNS, Rule, add_lines, lines_of, rows_by_rule, sold

if TYPE_CHECKING:
    from checkout.engine.receipt import Line
    from loaders.completejourney import Dataset

FUEL, BEER, BREAD = 1, 2, 3


def lines_from(product: int, quantity: int, shelf_minor: int, paid_minor: int) -> list[Line]:
    table = pa.table(
        {
            "product_id": [product],
            "quantity": [quantity],
            "shelf_minor": [shelf_minor],
            "paid_minor": [paid_minor],
        }
    )
    lines: list[Line] = []
    for row in sold(add_lines(table, fuel=[FUEL], excise=[BEER])).to_pylist():
        values = {name: row[name] for name in COLUMNS}
        lines.extend(lines_of(1, row["product_id"], row["shelf_minor"], **values))
    return lines


#: article, quantity, shelf price, paid: the quantity, price and amount of each line
LADDER = [
    # not sold
    (BREAD, 0, 0, 0, []),
    (BREAD, 0, 200, 0, []),
    # unmeasured
    (BREAD, 0, 57, 57, [(1_000, 57, 57)]),
    # fuel in thousandths of a gallon, where the amount allows it
    (FUEL, 10_393, 2_431, 2_400, [(10_393, 234, 2_431)]),
    (FUEL, 52, 12, 12, [(52, 231, 12)]),
    (FUEL, 36_140, 9_021, 9_021, [(1_000, 9_021, 9_021)]),
    (FUEL, 1, 2_000, 2_000, [(1_000, 2_000, 2_000)]),
    # pieces: exact, a cent above, a cent below, for nothing
    (BREAD, 2, 198, 150, [(2_000, 99, 198)]),
    (BREAD, 3, 133, 100, [(3_000, 44, 133)]),
    (BREAD, 3, 134, 100, [(3_000, 45, 134)]),
    (BREAD, 2, 633, 355, [(2_000, 316, 633)]),
    (BREAD, 3, 0, 0, [(3_000, 0, 0)]),
    # many pieces are not fuel
    (BREAD, 1_500, 3_000, 3_000, [(1_500_000, 2, 3_000)]),
    # uneven
    (BREAD, 4, 134, 134, [(2_000, 34, 68), (2_000, 33, 66)]),
    (BREAD, 9, 300, 300, [(3_000, 34, 102), (6_000, 33, 198)]),
]


@pytest.mark.parametrize(("product", "quantity", "shelf", "paid", "expected"), LADDER)
def test_row_becomes_lines(
    product: int,
    quantity: int,
    shelf: int,
    paid: int,
    expected: list[tuple[int, int, int]],
) -> None:
    """Each rule, by example: what is sold keeps its amount, whatever the quantity is."""
    lines = lines_from(product, quantity, shelf, paid)
    assert [(x.quantity_milli, x.price_minor, x.amount_minor) for x in lines] == expected
    assert [line.position for line in lines] == list(range(1, len(lines) + 1))
    assert {line.weighed for line in lines} <= {product == FUEL and quantity > 1}


def test_alcohol_and_tobacco_are_excise() -> None:
    """Lines of excise goods say so, others do not."""
    assert [line.excise for line in lines_from(BEER, 1, 100, 100)] == [True]
    assert [line.excise for line in lines_from(BREAD, 1, 100, 100)] == [False]


def test_every_row_of_the_data_has_one_rule(dataset: Dataset) -> None:
    """So many rows of the year fall under each rule."""
    assert rows_by_rule(dataset.rows) == {
        Rule.NOT_SOLD: 8_840,
        Rule.UNMEASURED: 29,
        Rule.FUEL_MEASURED: 10_757,
        Rule.FUEL_AMOUNT: 2_763,
        Rule.UNEVEN: 2_947,
        Rule.PIECES: 1_443_971,
    }


def test_odd_rows_are_those_known(dataset: Dataset) -> None:
    """The odd rows of the published data are found, each kind in its known number."""
    odd = dataset.report.odd
    assert odd.quantity_above_1000 == 13_494
    assert odd.quantity_zero == 8_869
    assert odd.uneven == 2_947
    assert odd.without_article == 4_836


def test_quantities_above_1000_are_fuel(dataset: Dataset) -> None:
    """All of them are motor fuel: nobody buys a thousand pieces."""
    rows = dataset.sales.rows
    large = rows.filter(pc.greater(rows["quantity"], 1_000))
    fuel = {n for n, path in dataset.catalogue.paths.items() if path[-1].startswith("GASOLINE")}
    assert set(large["product_id"].to_pylist()) <= fuel


def test_every_line_of_the_year_is_one_that_a_till_may_send(dataset: Dataset) -> None:
    """Of 155,520 receipts each amount fits price and quantity, and baskets keep their amount.

    Only an uneven row makes two lines of one article; the data itself never names one twice.
    """
    kept = sold(dataset.rows)
    lines = shelf_minor = baskets = articles = 0
    for basket in dataset.baskets:
        baskets += 1
        lines += len(basket.lines)
        shelf_minor += basket.shelf_minor
        articles += len({line.sku for line in basket.lines})
        assert 1 <= len(basket.lines) <= LINES_MAX
        assert [line.position for line in basket.lines] == list(range(1, len(basket.lines) + 1))
        for line in basket.lines:
            fitting = line_amount_minor(line.price_minor, line.quantity_milli)
            assert abs(line.amount_minor - fitting) <= 1
            assert 1 <= line.quantity_milli <= QUANTITY_MAX_MILLI
    assert baskets == len(dataset.baskets) == 155_848 - 328
    assert articles == 1_469_307 - 8_840
    assert lines == articles + 2_947
    assert shelf_minor == pc.sum(kept["shelf_minor"]).as_py()
