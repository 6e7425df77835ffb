"""The lines of an outcome as a fiscal printer takes them."""

from __future__ import annotations

import datetime as dt

import pytest

from checkout.engine.compiled import CompiledSnapshot
from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_facts, parse_receipt, parse_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.fiscal import PrintedLine
from checkout.engine.tilllines import TillLine, till_lines
from tests.unit.spoiled_rules import AMOUNT, PROGRAM, RULES, Doc, campaign

PER_LINE: Doc = AMOUNT | {"amount_minor": 97, "per": "line"}


def rules(*, fiscal_lines: bool) -> CompiledSnapshot:
    program = PROGRAM | {"fiscal_lines": fiscal_lines}
    document = RULES | {"programs": [program], "campaigns": campaign(rewards=[PER_LINE])}
    return compile_snapshot(parse_snapshot(document))


def sold(*lines: Doc, fiscal_lines: bool = True, points: int = 0) -> list[TillLine]:
    """The till's lines after ninety-seven off each article."""
    receipt = parse_receipt(
        {
            "store": "one",
            "local_time": dt.datetime(2026, 11, 21, 12),  # noqa: DTZ001 - local by its nature
            "lines": [{"position": i, "sku": "tea"} | line for i, line in enumerate(lines, 1)],
            "points_to_spend": points,
        }
    )
    facts = parse_facts({"member_id": "anna", "points": {"points": 10_000}}, None)
    return till_lines(evaluate(rules(fiscal_lines=fiscal_lines), facts, receipt))


FIVE: Doc = {"quantity_milli": 5_000, "price_minor": 1_000, "amount_minor": 5_000}
TWO: Doc = {"quantity_milli": 2_000, "price_minor": 1_000, "amount_minor": 2_000}


def test_a_line_is_printed_for_what_is_paid_in_money_and_points() -> None:
    """The discount is off, the value of points is not: they are a tender."""
    (line,) = sold(FIVE, points=1_000)
    assert line.payable_minor == 5_000 - 97 - 1_000
    assert line.printed == [PrintedLine(2_000, 980, 1_960), PrintedLine(3_000, 981, 2_943)]


def test_equal_lines_of_the_till_are_printed_each_for_itself() -> None:
    """What the engine took together goes back to the lines, each with its quantity."""
    lines = sold(FIVE, TWO, points=1_000)
    for line in lines:
        printed = sum(part.amount_minor for part in line.printed)
        assert printed == line.payable_minor + line.points_value_minor
    assert [sum(part.quantity_milli for part in line.printed) for line in lines] == [5_000, 2_000]
    assert sum(line.discount_minor for line in lines) == 97


@pytest.mark.parametrize("lines", [[FIVE], [FIVE, TWO]])
def test_nothing_is_printed_unless_the_program_wants_it(lines: list[Doc]) -> None:
    """Most tills have no use for it."""
    assert [line.printed for line in sold(*lines, fiscal_lines=False)] == [[] for _ in lines]
