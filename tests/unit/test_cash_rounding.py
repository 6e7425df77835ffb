"""Cash rounding: when the sum to pay becomes a multiple of a coin, and which."""

from __future__ import annotations

import pytest

from checkout.engine.cash_rounding import rounding_minor
from checkout.engine.receipt import PlannedTender
from checkout.engine.schema.program import CashRounding

CASH = PlannedTender(kind="cash")
CARD = PlannedTender(kind="card")


@pytest.mark.parametrize(
    ("payable", "expected"), [(0, 0), (1, 1), (499, 99), (500, 0), (549, 49), (550, 50)]
)
def test_the_sum_is_rounded_down(payable: int, expected: int) -> None:
    """What is over the last whole coin is not paid."""
    assert rounding_minor(CashRounding(to_minor=100), (CASH,), payable) == expected


@pytest.mark.parametrize(
    ("payable", "expected"), [(0, 0), (549, 49), (550, 50), (551, -49), (599, -1), (600, 0)]
)
def test_the_nearest_multiple_may_lie_above_and_a_half_goes_down(
    payable: int, expected: int
) -> None:
    """A negative difference: the customer pays more."""
    rules = CashRounding(to_minor=100, nearest=True)
    assert rounding_minor(rules, (CASH,), payable) == expected


@pytest.mark.parametrize(
    ("tenders", "always", "rounded"),
    [
        ((CASH,), False, True),
        ((CASH, CASH), False, True),
        ((CASH, CARD), False, False),
        ((CARD,), False, False),
        ((), False, False),
        ((), True, True),
        ((CARD,), True, True),
    ],
)
def test_only_sums_that_are_paid_in_cash_are_rounded(
    tenders: tuple[PlannedTender, ...], *, always: bool, rounded: bool
) -> None:
    """All planned tenders must be cash, and one must be planned; unless always."""
    rules = CashRounding(to_minor=5, always=always)
    assert rounding_minor(rules, tenders, 1003) == (3 if rounded else 0)


def test_a_program_without_the_rule_rounds_nothing() -> None:
    """Minor units stay as they are."""
    assert rounding_minor(None, (CASH,), 1003) == 0
