"""Conditions about goods, the sale, and combinations: when each holds, and at its bounds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from checkout.engine.receipt import PlannedTender
from checkout.engine.schema.program import CouponRules
from tests.unit.condition_cases import CARD, CASH, amount, compiled, holds
from tests.unit.engine_cases import line

Doc = dict[str, Any]


@pytest.mark.parametrize(
    ("compare", "below", "equal", "above"),
    [
        ("less_than", True, False, False),
        ("at_most", True, True, False),
        ("equal", False, True, False),
        ("at_least", False, True, True),
        ("more_than", False, False, True),
    ],
)
def test_a_sum_is_compared_with_its_bound(
    compare: str, below: bool, equal: bool, above: bool
) -> None:
    """2,900 in money after external discounts, against a bound just above, at and just below it."""
    seen = [holds(amount(compare, bound)) for bound in (2_901, 2_900, 2_899)]
    assert seen == [below, equal, above]


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        (amount("equal", 900, goods={"categories": ["milk"]}), True),
        (amount("equal", 300, goods={"kinds": ["delivery"]}), True),
        (amount("equal", 0, goods={"skus": ["pencil"]}), True),
        (amount("equal", 2_000, goods={"but_not": {"categories": ["food"]}}), True),
        ({"kind": "receipt_quantity", "compare": "equal", "quantity_milli": 3_000}, True),
        ({"kind": "receipt_quantity", "compare": "more_than", "quantity_milli": 3_000}, False),
        ({"kind": "distinct_goods", "compare": "equal", "count": 2}, True),
        (
            {
                "kind": "distinct_goods",
                "compare": "equal",
                "count": 1,
                "goods": {"brands": ["Alpha"]},
            },
            True,
        ),
        ({"kind": "contains_goods", "goods": {"skus": ["wine"]}}, True),
        ({"kind": "contains_goods", "goods": {"skus": ["delivery"]}}, False),
        ({"kind": "contains_goods", "goods": {"price_min_minor": 2_001}}, False),
    ],
)
def test_sums_are_over_the_goods_that_are_meant(condition: Doc, *, held: bool) -> None:
    """Goods narrow down what counts; a delivery charge counts where its kind is named."""
    assert holds(condition) == held


def test_an_article_on_several_lines_is_one_of_the_distinct() -> None:
    """Lines of one sku at two prices are one article."""
    two = {"kind": "distinct_goods", "compare": "at_least", "count": 2}
    assert not holds(two, lines=(line("wine", 100), line("wine", 200)))


@pytest.mark.parametrize(
    ("place", "held"),
    [
        ({"stores": ["one"]}, True),
        ({"stores": ["two"]}, False),
        ({"stores": ["two"], "chains": ["chain"]}, True),
        ({"formats": ["mini"]}, True),
        ({"regions": ["south"]}, False),
        ({"regions": ["north"]}, True),
        ({"terminals": [{"store": "one", "terminal": "5"}]}, True),
        ({"terminals": [{"store": "one", "terminal": "6"}]}, False),
        ({"terminals": [{"store": "two", "terminal": "5"}]}, False),
    ],
)
def test_a_place_is_a_store_what_it_stands_under_or_a_till(place: Doc, *, held: bool) -> None:
    """One of the named is enough; a till counts in its own store only."""
    assert holds({"kind": "place"} | place, terminal="5") == held


@pytest.mark.parametrize(
    ("tender", "tenders", "held"),
    [
        ({}, (), False),
        ({"kinds": ["cash"]}, (CASH,), True),
        ({"kinds": ["cash"]}, (CARD,), False),
        ({"bins": ["4276"]}, (CARD,), True),
        ({"bins": ["427601", "427600"]}, (CARD,), True),
        ({"bins": ["42760012"]}, (CARD,), False),
        ({"tokens": ["t1"]}, (CASH, CARD), True),
        ({"tokens": ["t2"]}, (CASH, CARD), False),
        ({"kinds": ["card"], "bins": ["4276"], "tokens": ["t1"]}, (CARD,), True),
        ({"kinds": ["cash"], "bins": ["4276"]}, (CASH, CARD), False),
        ({"bins": ["4"]}, (CASH,), False),
    ],
)
def test_one_planned_tender_has_everything_that_is_asked(
    tender: Doc, tenders: tuple[PlannedTender, ...], *, held: bool
) -> None:
    """Kind, first digits and token must be those of the same tender."""
    assert holds({"kind": "tender"} | tender, tenders=tenders) == held


@pytest.mark.parametrize(
    ("condition", "receipt", "held"),
    [
        ({"kind": "channel", "channels": ["app", "till"]}, {}, True),
        ({"kind": "channel", "channels": ["app"]}, {}, False),
        ({"kind": "schedule", "schedule": {"weekdays": [6]}}, {}, True),
        ({"kind": "schedule", "schedule": {"weekdays": [7]}}, {}, False),
        ({"kind": "schedule", "schedule": {"ends_at": "2026-11-21T18:30"}}, {}, False),
        ({"kind": "coupon_series", "series": "s"}, {"coupons": ("A1",)}, False),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("A1",), "coupon_series": {"A1": "s"}},
            True,
        ),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("A1",), "coupon_series": {"A1": "t"}},
            False,
        ),
        (
            {"kind": "coupon_series", "series": "s"},
            {"coupons": ("B1",), "coupon_series": {"A1": "s"}},
            False,
        ),
        ({"kind": "campaign_applied", "campaigns": ["a", "b"]}, {"granted": ["b"]}, True),
        ({"kind": "campaign_applied", "campaigns": ["a"]}, {"granted": ["b"]}, False),
    ],
)
def test_conditions_about_the_sale_itself(condition: Doc, receipt: Doc, *, held: bool) -> None:
    """Channel, moment, series of unique coupons, and what other campaigns have granted."""
    assert holds(condition, **receipt) == held


@pytest.mark.parametrize(
    ("typed", "rules", "held"),
    [
        (("SAVE",), CouponRules(), True),
        (("save",), CouponRules(), True),
        (("SAVE2",), CouponRules(), False),
        (("save",), CouponRules(case_matters=True), False),
        (("SAVE",), CouponRules(case_matters=True), True),
        (("SAVE", "save"), CouponRules(), True),
        (("SAVE", "save"), CouponRules(repeated_refused=True), False),
        (("SAVE", "save"), CouponRules(repeated_refused=True, case_matters=True), True),
        (("SAVE", "SAVE"), CouponRules(repeated_refused=True, case_matters=True), False),
    ],
)
def test_codes_are_read_as_the_program_says(
    typed: tuple[str, ...], rules: CouponRules, *, held: bool
) -> None:
    """Without regard to case unless it matters; twice is once unless that is refused."""
    assert holds({"kind": "coupon", "code": "SAVE"}, coupons=typed, coupon_rules=rules) == held


YES: Doc = {"kind": "channel", "channels": ["till"]}
NO: Doc = {"kind": "identified"}


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({"kind": "all", "of": [YES, YES]}, True),
        ({"kind": "all", "of": [YES, NO]}, False),
        ({"kind": "any", "of": [NO, YES]}, True),
        ({"kind": "any", "of": [NO, NO]}, False),
        ({"kind": "not", "of": YES}, False),
        ({"kind": "not", "of": {"kind": "any", "of": [NO, NO]}}, True),
        ({"kind": "not", "of": {"kind": "all", "of": [YES, NO]}}, True),
    ],
)
def test_conditions_are_combined(condition: Doc, *, held: bool) -> None:
    """Every one, at least one, and not the one inside."""
    assert holds(condition) == held


LATE: Doc = {"kind": "campaign_applied", "campaigns": ["a"]}


@pytest.mark.parametrize(
    ("condition", "late"),
    [
        (LATE, True),
        (amount("at_least", 1, after="earlier_lanes"), True),
        (amount("at_least", 1), False),
        (YES, False),
        ({"kind": "not", "of": LATE}, True),
        ({"kind": "any", "of": [YES, {"kind": "all", "of": [NO, LATE]}]}, True),
        ({"kind": "all", "of": [YES, NO]}, False),
    ],
)
def test_what_looks_at_earlier_lanes_is_late(condition: Doc, *, late: bool) -> None:
    """So is everything that has such a condition inside."""
    made, _ = compiled(condition)
    assert made.is_late == late


def test_an_amount_after_earlier_lanes_is_the_price_that_they_left() -> None:
    """The original amount stays what it was."""
    made, case = compiled(amount("equal", 2_400, after="earlier_lanes"))
    original, _ = compiled(amount("equal", 2_900))
    assert not made.holds(case)
    case.counted[0].current_minor -= 500
    assert made.holds(case)
    assert original.holds(case)


def test_a_moment_at_the_edge_of_the_calendar_is_judged() -> None:
    """The last minute that a date can hold lies in the last day of its month."""
    schedule = {"kind": "schedule", "schedule": {"last_day_of_month": True}}
    assert holds(schedule, local_time=dt.datetime(9999, 12, 31, 23, 59))  # noqa: DTZ001
