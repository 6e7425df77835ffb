"""Rewards, limits and caps of which nothing is ever left, as the smallest rules that show it."""

from __future__ import annotations

import pytest

from checkout.engine.documents import InvalidDocumentError
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    AMOUNT,
    IDENTIFIED,
    LIMIT,
    MILK,
    MULTIBUY,
    PERCENT,
    POINTS,
    PROGRAM,
    TEA,
    Doc,
    both,
    campaign,
    either,
    expect_one,
    no,
    problems_of,
)

NEVER = [
    pytest.param(
        {"rewards": [POINTS | {"goods": TEA}]},
        [],
        {"accrual": {"goods": MILK}},
        "campaigns[c].rewards[0].goods",
        "the program's accrual.goods exclude these: they earn no points",
        id="accrual_goods_disjoint",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "bundle",
                    "lane": "off",
                    "parts": [{"goods": {"flags": ["no_discount"]}}],
                    "effect": {"rate_bp": 100},
                }
            ]
        },
        [],
        {},
        "campaigns[c].rewards[0].parts[0].goods.flags",
        "lines marked no_discount take no discount",
        id="bundle_part_no_discount",
    ),
    pytest.param(
        {
            "rewards": [
                {"kind": "percent", "lane": "off", "by_member": [{"tiers": ["gold"], "value": 500}]}
            ],
            "when": {"kind": "tier", "tiers": ["silver"]},
        },
        [],
        {},
        "campaigns[c].rewards[0].by_member[0]",
        "of the campaign exclude all members named here: this gives nothing",
        id="by_member_gold_for_silver",
    ),
    pytest.param(
        {},
        [],
        {"discount_cap": {"rate_bp": 0}},
        "programs[club].discount_cap.rate_bp",
        "a cap of 0 lets no discount through",
        id="cap_0",
    ),
    pytest.param(
        {"rewards": [AMOUNT]},
        [],
        {"discount_cap": {"amount_minor": 100, "above": "nothing"}},
        "campaigns[c].rewards[0]",
        "is wanted, and above the program's discount cap of 1.00 nothing is given",
        id="cap_nothing_below_amount",
    ),
    pytest.param(
        {},
        [],
        {"discount_cap": {"rate_bp": 500, "above": "nothing"}},
        "campaigns[c].rewards[0]",
        "10 % is wanted, and above the program's discount cap of 5 % nothing is given",
        id="cap_nothing_below_rate",
    ),
    pytest.param(
        {
            "rewards": [POINTS | {"dates": {"on": "2001-01-01"}}],
            "when": {"kind": "schedule", "schedule": {"starts_at": "2026-01-01T00:00:00"}},
        },
        [],
        {},
        "campaigns[c].rewards[0].dates.on",
        "active on 2026-01-01, and they are gone on 2001-01-01: nothing is given",
        id="dates_on_before_condition_schedule",
    ),
    pytest.param(
        {"rewards": [POINTS], "schedule": {"starts_at": "2026-05-01T00:00:00"}},
        [],
        {"accrual": {"dates": {"on": "2026-01-01"}}},
        "campaigns[c].rewards[0]",
        "active on 2026-05-01, and they are gone on 2026-01-01: nothing is given",
        id="dates_on_past_program",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "amount",
                    "lane": "off",
                    "amount_minor": 5,
                    "per": "each_amount",
                    "each_minor": 5000,
                }
            ],
            "when": {"kind": "receipt_amount", "compare": "at_most", "amount_minor": 4000},
        },
        [],
        {},
        "campaigns[c].rewards[0].each_minor",
        "conditions of the campaign exclude 50.00 of these goods: this gives nothing",
        id="each_minor_beyond_condition",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "amount",
                    "lane": "off",
                    "amount_minor": 5,
                    "per": "each_units",
                    "each_units": 10,
                }
            ],
            "limits": [LIMIT | {"bound": 5, "measure": "units"}],
        },
        [],
        {},
        "campaigns[c].limits[l].bound",
        "no reward is given on less than 10 units, and there is room for 5",
        id="each_units_beyond_limit",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "gift",
                    "lane": "off",
                    "goods": MILK,
                    "units": 5,
                    "missing": "nothing",
                    "effect": {"amount_minor": 100},
                    "maximum": {"application_minor": 200, "above": "nothing"},
                }
            ]
        },
        [],
        {},
        "campaigns[c].rewards[0].maximum.application_minor",
        "nothing is ever given: 5.00 is wanted, and above 2.00 nothing remains",
        id="gift_max_application_nothing",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"favourites": True}}], "when": no(IDENTIFIED)},
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "the conditions of the campaign exclude these goods: this gives nothing",
        id="goods_favourites_for_guests",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"offered": True}}], "when": no(IDENTIFIED)},
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "the conditions of the campaign exclude these goods: this gives nothing",
        id="goods_offered_for_guests",
    ),
    pytest.param(
        {
            "rewards": [POINTS],
            "when": either(no(IDENTIFIED), both(no(IDENTIFIED), {"kind": "coupon", "code": "A"})),
        },
        [],
        {},
        "campaigns[c].rewards[0]",
        "guests earn no points, and the campaign is for guests only",
        id="guest_points_inside_any",
    ),
    pytest.param(
        {
            "schedule": {"weekdays": [6]},
            "limits": [LIMIT | {"bound": 0, "schedule": {"weekdays": [6, 7]}}],
        },
        [],
        {},
        "campaigns[c].limits[l].bound",
        "nothing fits under 0: the campaign never opens",
        id="limit0_schedule_covers_own",
    ),
    pytest.param(
        {
            "limits": [
                LIMIT
                | {
                    "bound": 5,
                    "period": "receipt",
                    "measure": "discount",
                    "message": {"slip": "{campaign} gave {discount}"},
                }
            ]
        },
        [],
        {},
        "campaigns[c].limits[l].message.slip",
        "a limit's text is shown as it stands: {campaign} would not be filled in",
        id="limit_message_variables",
    ),
    pytest.param(
        {
            "rewards": [MULTIBUY | {"goods": MILK}],
            "limits": [LIMIT | {"measure": "units", "goods": MILK}],
        },
        [],
        {},
        "campaigns[c].limits[l].bound",
        "no reward is given on less than 3 units, and there is room for 1",
        id="multibuy_3_limit_goods_1",
    ),
    pytest.param(
        {
            "rewards": [{"kind": "percent", "lane": "off", "personal": True}],
            "when": both(IDENTIFIED, no({"kind": "personal_offer"})),
        },
        [],
        {},
        "campaigns[c].rewards[0].personal",
        "of the campaign exclude members with a personal offer: this gives nothing",
        id="personal_value_without_offer",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "off",
                    "scale": {"by": "receipt_amount", "steps": [{"from": 5000, "value": 1000}]},
                }
            ],
            "when": {"kind": "receipt_amount", "compare": "at_most", "amount_minor": 4000},
        },
        [],
        {},
        "campaigns[c].rewards[0].scale.steps[0].from",
        "the conditions of the campaign exclude 50.00 and more: this gives nothing",
        id="scale_beyond_condition",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"within": {"flags": ["no_discount"]}}}]},
        [],
        {},
        "campaigns[c].rewards[0].goods.within.flags",
        "lines marked no_discount take no discount",
        id="within_no_discount",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"skus": ["milk"], "within": {"within": TEA}}}]},
        [],
        {},
        "campaigns[c].rewards[0].goods.within.within",
        "nothing of the goods around it lies within this",
        id="within_within_other_sku",
    ),
]
UNWRITABLE = [
    pytest.param(
        {"rewards": [POINTS]},
        [],
        {"time_zone": "Europe/Moscow", "accrual": {"dates": {"on": "0001-01-01"}}},
        "programs[club].accrual.dates.on",
        "a day from 2000-01-01 to 9998-12-31 belongs here, not 0001-01-01",
        id="accrual_on_year_1",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"barcodes": ["9" * 65]}}]},
        [],
        {},
        "campaigns[c].rewards[0].goods.barcodes[0]",
        "it is too long: at most 64 characters",
        id="barcode_65_chars",
    ),
    pytest.param(
        {"when": {"kind": "channel", "channels": ["x" * 33]}},
        [],
        {},
        "campaigns[c].when.channels[0]",
        "it is too long: at most 32 characters",
        id="channel_33_chars",
    ),
    pytest.param(
        {"when": {"kind": "tender", "kinds": ["x" * 33]}},
        [],
        {},
        "campaigns[c].when.kinds[0]",
        "it is too long: at most 32 characters",
        id="tender_kind_33_chars",
    ),
]


@pytest.mark.parametrize(("changes", "others", "program", "field", "sentence"), NEVER)
def test_rules_that_give_nothing_are_refused(
    changes: Doc, others: list[Doc], program: Doc, field: str, sentence: str
) -> None:
    """Conditions, limits, caps and dates are held against what rewards need."""
    rules = [each for one in (changes, *others) for each in campaign(**one)]
    expect_one(problems_of(campaigns=rules, programs=[PROGRAM | program]), field, sentence)


@pytest.mark.parametrize(("changes", "others", "program", "field", "sentence"), UNWRITABLE)
def test_what_no_till_sends_is_not_written(
    changes: Doc, others: list[Doc], program: Doc, field: str, sentence: str
) -> None:
    """Texts are no longer than a receipt carries them, and dates lie where calendars reach."""
    rules = [each for one in (changes, *others) for each in campaign(**one)]
    with pytest.raises(InvalidDocumentError) as refused:
        problems_of(campaigns=rules, programs=[PROGRAM | program])
    expect_one(in_both(refused.value.problems), field, sentence)
