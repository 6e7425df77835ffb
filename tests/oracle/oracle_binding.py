"""The oracle's limits of units where they bind a line (docs/rules.md, 2 and 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_limits import OF_LINES, measure_of, under_one_limit

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lanes import Lane
    from tests.oracle.oracle_lines import CanonicalLine
    from tests.oracle.oracle_rewards import Portion

Doc = dict[str, Any]


def bound_lines(lane: Lane, campaign: Doc, portions: list[Portion]) -> list[CanonicalLine]:
    """The lines of which more is open to the campaign than its limits allow, in order."""
    sale = lane.work.sale
    allowed = sale.allowed(campaign) or {}
    bound = [
        portion.line
        for portion in portions
        if portion.quantity > allowed.get(id(portion.line), portion.quantity)
    ]
    return [line for line in sale.lines if line in bound]


def binding_limit(sale: Sale, campaign: Doc, line: CanonicalLine) -> str:
    """Of the limits that give the line its quantity the first of the campaign."""
    allowed = sale.allowed(campaign)
    assert allowed is not None
    for limit in sale.limits(campaign):
        if measure_of(limit) in OF_LINES:
            quantity = under_one_limit(sale, limit, campaign).get(line, line.quantity)
            if quantity == allowed[id(line)]:
                return str(limit["code"])
    raise AssertionError("some limit gives the line its quantity")
