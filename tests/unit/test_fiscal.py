"""Lines for a fiscal printer: price × quantity, give or take one minor unit."""

from __future__ import annotations

import pytest

from checkout.engine.fiscal import TOLERANCE_MINOR, PrintedLine, printed_lines
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI, UNIT_MILLI, line_amount_minor
from tests.oracle.generated_baskets import seeded


@pytest.mark.parametrize(
    ("amount_minor", "quantity_milli", "printed"),
    [
        (3_000, 3_000, [PrintedLine(3_000, 1_000, 3_000)]),
        (1_000, 3_000, [PrintedLine(3_000, 333, 1_000)]),
        (1_002, 5_000, [PrintedLine(3_000, 200, 600), PrintedLine(2_000, 201, 402)]),
        (0, 7_000, [PrintedLine(7_000, 0, 0)]),
        (2, 7_000, [PrintedLine(5_000, 0, 0), PrintedLine(2_000, 1, 2)]),
        (9_999, 1_234, [PrintedLine(1_234, 8_102, 9_999)]),
    ],
)
def test_a_line_is_printed_whole_where_its_price_divides_and_in_two_parts_where_not(
    amount_minor: int, quantity_milli: int, printed: list[PrintedLine]
) -> None:
    """Worked examples."""
    assert printed_lines(amount_minor, quantity_milli) == printed


def test_every_amount_can_be_printed_in_at_most_two_lines() -> None:
    """Nothing is lost, every line is within the tolerance, and whole units stay whole."""
    chance = seeded("fiscal")
    for _ in range(20_000):
        quantity = chance.choice(
            [chance.randint(1, 20) * UNIT_MILLI, chance.randint(1, QUANTITY_MAX_MILLI)]
        )
        amount = chance.choice([chance.randint(0, 1_000), chance.randint(0, AMOUNT_MAX_MINOR)])
        lines = printed_lines(amount, quantity)
        assert len(lines) <= 2
        assert sum(line.quantity_milli for line in lines) == quantity
        assert sum(line.amount_minor for line in lines) == amount
        for line in lines:
            product = line_amount_minor(line.price_minor, line.quantity_milli)
            assert abs(product - line.amount_minor) <= TOLERANCE_MINOR
            assert line.quantity_milli % UNIT_MILLI == 0 or quantity % UNIT_MILLI
