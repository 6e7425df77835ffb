"""Conditions that can never hold, each as the smallest rules that show it."""

from __future__ import annotations

import pytest

from tests.unit.spoiled_rules import (
    IDENTIFIED,
    MILK,
    PROGRAM,
    Doc,
    both,
    campaign,
    either,
    expect_one,
    no,
    problems_of,
)

FIFTY_ONE = {"when": both(*({"kind": "coupon", "code": f"A{i}"} for i in range(51)))}

NEVER = [
    pytest.param(
        {
            "when": both(
                {
                    "kind": "receipt_amount",
                    "compare": "at_least",
                    "amount_minor": 1000,
                    "after": "earlier_lanes",
                },
                {"kind": "receipt_amount", "compare": "at_most", "amount_minor": 500},
            )
        },
        [],
        {},
        "campaigns[c].when.of[0]",
        "of a part at least 10.00, of the whole at most 5.00",
        id="amount_after_above_original",
    ),
    pytest.param(
        {
            "schedule": {"starts_at": "2026-05-01T00:00:00"},
            "when": either(
                {"kind": "schedule", "schedule": {"ends_at": "2026-04-01T00:00:00"}},
                {"kind": "schedule", "schedule": {"ends_at": "2026-03-01T00:00:00"}},
            ),
        },
        [],
        {},
        "campaigns[c].when",
        "none of these can hold beside the other conditions",
        id="any_schedules_outside_dates",
    ),
    pytest.param(
        {"when": both({"kind": "birthday"}, no({"kind": "birthday", "days_before": 5}))},
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="birthday_denied_by_wider",
    ),
    pytest.param(
        {
            "rewards": [{"kind": "percent", "lane": "late", "rate_bp": 1000}],
            "when": {"kind": "campaign_applied", "campaigns": ["d"]},
            "schedule": {"weekdays": [6]},
        },
        [{"code": "d", "schedule": {"weekdays": [2]}}],
        {},
        "campaigns[c].when.campaigns",
        "these are never open when this campaign is: this can never hold",
        id="campaign_applied_disjoint_days",
    ),
    pytest.param(
        {
            "rewards": [{"kind": "percent", "lane": "late", "rate_bp": 1000}],
            "when": both(IDENTIFIED, {"kind": "campaign_applied", "campaigns": ["d"]}),
        },
        [{"code": "d", "when": no(IDENTIFIED)}],
        {},
        "campaigns[c].when.of[1].campaigns",
        "these are never open when this campaign is: this can never hold",
        id="campaign_applied_of_guests",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "contains_goods", "goods": MILK},
                {
                    "kind": "receipt_quantity",
                    "compare": "less_than",
                    "quantity_milli": 1,
                    "goods": MILK,
                },
            )
        },
        [],
        {},
        "campaigns[c].when.of[0]",
        "with campaigns[c].when.of[1]: nothing is at least 0.001 and at most 0",
        id="contains_but_quantity_0",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "contains_goods", "goods": MILK},
                no({"kind": "contains_goods", "goods": {"skus": ["milk", "tea"]}}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="contains_milk_denied_by_superset",
    ),
    pytest.param(
        {"when": both({"kind": "coupon", "code": "A"}, no({"kind": "coupon", "code": "a"}))},
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="coupon_case",
    ),
    pytest.param(
        FIFTY_ONE,
        [],
        {},
        "campaigns[c].when.of[50]",
        "at most 50 coupons: this can never hold together with those before it",
        id="coupons_51",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "days_since_purchase", "compare": "at_least", "days": 100},
                {"kind": "visits_in_window", "window_days": 30, "compare": "at_least", "count": 1},
            )
        },
        [],
        {},
        "campaigns[c].when.of[1]",
        "the last purchase is 100 days ago or more, the window has 30",
        id="days_since_100_visits_30",
    ),
    pytest.param(
        {
            "when": {
                "kind": "distinct_goods",
                "compare": "at_least",
                "count": 2,
                "goods": {"within": MILK},
            }
        },
        [],
        {},
        "campaigns[c].when.count",
        "the goods are at most 1 different article: this can never hold",
        id="distinct_2_of_one_sku_within",
    ),
    pytest.param(
        {
            "when": both(
                no(IDENTIFIED),
                either({"kind": "tier", "tiers": ["gold"]}, {"kind": "tier", "tiers": ["silver"]}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[1]",
        "none of these can hold beside the other conditions",
        id="guest_any_tiers",
    ),
    pytest.param(
        {
            "when": both(
                no({"kind": "schedule", "schedule": {"weekdays": [1]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [2]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [3]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [4]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [5]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [6]}}),
                no({"kind": "schedule", "schedule": {"weekdays": [7]}}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[6].of.schedule",
        "nothing is left outside of this: the other schedules lie in it",
        id="not_all_weekdays",
    ),
    pytest.param(
        {
            "schedule": {"weekdays": [6]},
            "when": no({"kind": "schedule", "schedule": {"weekdays": [6]}}),
        },
        [],
        {},
        "campaigns[c].when.of.schedule",
        "nothing is left outside of this: the other schedules lie in it",
        id="not_own_schedule",
    ),
    pytest.param(
        {"when": no({"kind": "place", "chains": ["chain"]})},
        [],
        {},
        "campaigns[c].when.of",
        "of the program are left beside the other conditions: this can never hold",
        id="place_not_all_stores",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "place", "stores": ["one"]}, {"kind": "place", "regions": ["east"]}
            )
        },
        [],
        {},
        "campaigns[c].when.of[1]",
        "of the program are left beside the other conditions: this can never hold",
        id="place_store_and_other_region",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "place", "stores": ["one"]},
                {"kind": "place", "terminals": [{"store": "two", "terminal": "1"}]},
            )
        },
        [],
        {},
        "campaigns[c].when.of[1]",
        "of the program are left beside the other conditions: this can never hold",
        id="place_store_and_other_stores_till",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "purchase_number", "number": 1},
                {"kind": "visits_in_window", "window_days": 30, "compare": "at_least", "count": 1},
            )
        },
        [],
        {},
        "campaigns[c].when.of[1]",
        "with campaigns[c].when.of[0]: before purchase 1 there are fewer purchases",
        id="purchase_1_and_visits",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "contains_goods", "goods": {"skus": ["milk", "tea"]}},
                no({"kind": "contains_goods", "goods": {"skus": ["tea", "milk"]}}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="same_list_other_order_denied",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "segment", "segments": ["young"]},
                no({"kind": "segment", "segments": ["old", "young"]}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="segment_subset_denied",
    ),
    pytest.param(
        {
            "when": both(
                {
                    "kind": "receipt_amount",
                    "compare": "at_least",
                    "amount_minor": 1000,
                    "goods": MILK,
                },
                {
                    "kind": "receipt_amount",
                    "compare": "at_most",
                    "amount_minor": 500,
                    "goods": {"skus": ["milk", "tea"]},
                },
            )
        },
        [],
        {},
        "campaigns[c].when.of[0]",
        "of a part at least 10.00, of the whole at most 5.00",
        id="subset_amount_above_superset",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "tender", "kinds": ["cash"]},
                no({"kind": "tender", "kinds": ["cash", "card"]}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[1].of",
        "never hold together with campaigns[c].when.of[0]: it demands the opposite",
        id="tender_denied_by_superset",
    ),
    pytest.param(
        {
            "when": both(
                {"kind": "visits_in_window", "window_days": 7, "compare": "at_least", "count": 5},
                {"kind": "visits_in_window", "window_days": 30, "compare": "less_than", "count": 3},
            )
        },
        [],
        {},
        "campaigns[c].when.of[0]",
        "with campaigns[c].when.of[1]: of a part at least 5, of the whole at most 2",
        id="visits_7_above_30",
    ),
    pytest.param(
        {
            "when": both(
                either({"kind": "coupon", "code": "A"}, {"kind": "coupon", "code": "B"}),
                no({"kind": "coupon", "code": "A"}),
                no({"kind": "coupon", "code": "B"}),
            )
        },
        [],
        {},
        "campaigns[c].when.of[0]",
        "none of these can hold beside the other conditions",
        id="xor_coupons",
    ),
]


@pytest.mark.parametrize(("changes", "others", "program", "field", "sentence"), NEVER)
def test_rules_that_can_never_hold_are_refused(
    changes: Doc, others: list[Doc], program: Doc, field: str, sentence: str
) -> None:
    """Whatever excludes the rest of the conditions is named, with the reason."""
    rules = [each for one in (changes, *others) for each in campaign(**one)]
    expect_one(problems_of(campaigns=rules, programs=[PROGRAM | program]), field, sentence)
