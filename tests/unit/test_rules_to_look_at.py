"""Rules that can be run and are perhaps not meant, each as the smallest that show it."""

from __future__ import annotations

import copy

import pytest

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    FIXED,
    LIMIT,
    MILK,
    MULTIBUY,
    PERCENT,
    POINTS,
    PROGRAM,
    RULES,
    TEA,
    TWICE,
    Doc,
    campaign,
    expect_one,
)

STRANGE = [
    pytest.param(
        {"exclusive": "below", "priority": 10},
        [{"code": "d"}],
        {},
        "campaigns[d]",
        "it never gets a turn: c keeps those below it away on every receipt",
        id="below_shadow",
    ),
    pytest.param(
        {"priority": 10},
        [{"code": "d", "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 500}]}],
        {"lanes": [{"code": "off", "phase": "discount", "policy": "best"}]},
        "campaigns[d]",
        "it never gets a turn: c is always granted more in its lane",
        id="best_lane_shadow",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "bundle",
                    "lane": "off",
                    "parts": [{"goods": {"price_max_minor": 100}}],
                    "effect": {"price_minor": 100},
                }
            ]
        },
        [],
        {},
        "campaigns[c].rewards[0].effect.price_minor",
        "the goods cost at most 1.00: a price of 1.00 takes nothing off",
        id="bundle_price_above_price_max",
    ),
    pytest.param(
        {
            "code": "a",
            "rewards": [{"kind": "amount", "lane": "off", "amount_minor": 6000, "per": "receipt"}],
            "priority": 5,
        },
        [{"code": "b", "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 4500}]}],
        {"lanes": [{"code": "off", "phase": "discount"}], "discount_cap": {"amount_minor": 10000}},
        "campaigns[b]",
        "wants 63.00 and is granted 40.00, the program's discount cap leaves no more",
        id="cap_missed_pair",
    ),
    pytest.param(
        {
            "code": "a",
            "rewards": [{"kind": "multibuy", "lane": "off", "buy_units": 1, "goods": MILK}],
        },
        [{"code": "b", "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 5000}]}],
        {
            "lanes": [{"code": "off", "phase": "discount", "base": "original"}],
            "discount_cap": {"rate_bp": 6000},
        },
        "campaigns[b]",
        "100.00 and is granted 20.00, the program's discount cap leaves no more",
        id="cap_missed_units",
    ),
    pytest.param(
        {
            "rewards": [
                PERCENT | {"goods": {"categories": ["dairy"], "but_not": {"categories": ["food"]}}}
            ]
        },
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "no article is meant by this, in the catalogue as it is",
        id="category_but_not_parent",
    ),
    pytest.param(
        {"priority": 10},
        [{"code": "d"}],
        {"lanes": [{"code": "off", "phase": "discount", "policy": "first"}]},
        "campaigns[d]",
        "it never gets a turn: c is the first of its lane on every line",
        id="first_lane_shadow",
    ),
    pytest.param(
        {"rewards": [FIXED | {"goods": {"price_max_minor": 400}}]},
        [],
        {},
        "campaigns[c].rewards[0].price_minor",
        "the goods cost at most 4.00: a price of 5.00 takes nothing off",
        id="fixed_price_above_price_max",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"flags": ["alcohol"]}}]},
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "no article is meant by this, in the catalogue as it is",
        id="flag_alcohol_nowhere",
    ),
    pytest.param(
        {
            "code": "a",
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "off",
                    "rate_bp": None,
                    "by_member": [{"tiers": ["gold"], "value": 6000}],
                }
            ],
        },
        [{"code": "b", "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 5000}]}],
        {"lanes": [{"code": "off", "phase": "discount", "base": "original"}], "discount_cap": {}},
        "campaigns[b]",
        "tier 'gold' it wants 50.00 and is granted 40.00, the price leaves no more",
        id="floor_missed_by_member",
    ),
    pytest.param(
        {
            "code": "a",
            "rewards": [{"kind": "amount", "lane": "off", "amount_minor": 4500, "goods": MILK}],
        },
        [
            {
                "code": "b",
                "rewards": [{"kind": "amount", "lane": "off", "amount_minor": 4500, "goods": MILK}],
            }
        ],
        {"lanes": [{"code": "off", "phase": "discount"}]},
        "campaigns[b]",
        "milk for 45.00 it wants 45.00 and is granted 0.00, the price leaves no more",
        id="floor_missed_pair",
    ),
    pytest.param(
        {"rewards": [{"kind": "percent", "lane": "off", "rate_bp": 10000}], "priority": 10},
        [{"code": "d"}],
        {},
        "campaigns[d]",
        "it never gets a turn: c takes everything off before",
        id="hundred_percent_shadow",
    ),
    pytest.param(
        {
            "rewards": [MULTIBUY],
            "when": {"kind": "receipt_quantity", "compare": "at_most", "quantity_milli": 2000},
        },
        [],
        {},
        "campaigns[c].rewards[0].buy_units",
        "only of weighed goods, each of which is a unit, could there be so many",
        id="multibuy_3_quantity_2",
    ),
    pytest.param(
        {"rewards": [MULTIBUY], "limits": [LIMIT | {"bound": 500, "measure": "quantity"}]},
        [],
        {},
        "campaigns[c].limits[l].bound",
        "less than 3 units, and there is room for 0.5: only weighed goods, each a unit, could do",
        id="multibuy_limit_half_a_unit",
    ),
    pytest.param(
        {"rewards": [TWICE | {"goods": TEA}]},
        [{"code": "d", "rewards": [POINTS | {"goods": MILK}]}],
        {},
        "campaigns[c].rewards[0].goods",
        "no campaign earns 'points' on these goods in a lane before",
        id="multiplier_disjoint_goods",
    ),
    pytest.param(
        {"priority": 10},
        [{"code": "d", "not_with": ["c"]}],
        {},
        "campaigns[d]",
        "never gets a turn: c grants something before, and not_with keeps them apart",
        id="not_with_shadow",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"price_max_minor": 0}}]},
        [],
        {},
        "campaigns[c].rewards[0]",
        "the goods cost nothing: there is nothing to take off",
        id="price_max_0",
    ),
    pytest.param(
        {},
        [],
        {"limits": [LIMIT | {"bound": 0, "subject": "partner"}]},
        "programs[club].limits[l].bound",
        "nothing fits under 0: no discount is given",
        id="program_limit_0_no_reward",
    ),
    pytest.param(
        {},
        [],
        {"redemption": {"rate_bp": 0}},
        "programs[club].redemption.rate_bp",
        "0 %: nothing can be paid with points",
        id="redemption_rate_0",
    ),
    pytest.param(
        {},
        [],
        {"redemption": {"step_points_minor": 100, "min_points_minor": 250}},
        "programs[club].redemption.min_points_minor",
        "not a multiple of the step 100: the fewest that can be spent are 300",
        id="redemption_min_between_steps",
    ),
    pytest.param(
        {
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "off",
                    "scale": {"by": "quantity", "steps": [{"from": 5000, "value": 1000}]},
                }
            ],
            "limits": [LIMIT | {"bound": 3, "period": "receipt", "measure": "units"}],
        },
        [],
        {},
        "campaigns[c].limits[l].bound",
        "than a quantity of 5, and there is room for 3: only weighed goods, each a unit, could do",
        id="scale_beyond_limit",
    ),
    pytest.param(
        {
            "rewards": [
                PERCENT | {"goods": {"skus": ["milk"], "but_not": {"categories": ["dairy"]}}}
            ]
        },
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "no article is meant by this, in the catalogue as it is",
        id="sku_but_not_its_category",
    ),
    pytest.param(
        {"rewards": [PERCENT | {"goods": {"skus": ["milk"], "within": {"brands": ["Beta"]}}}]},
        [],
        {},
        "campaigns[c].rewards[0].goods",
        "no article is meant by this, in the catalogue as it is",
        id="sku_within_other_brand",
    ),
    pytest.param(
        {"exclusive": "lane", "messages": [{"place": "slip", "text": "hi"}]},
        [{"code": "d"}],
        {},
        "campaigns[d]",
        "it never gets a turn: c keeps its lanes on every receipt",
        id="warn_crash_exclusive_with_message",
    ),
]
ORDINARY = [
    pytest.param(
        {"rewards": [PERCENT, POINTS], "limits": [LIMIT | {"bound": 0, "measure": "discount"}]},
        [],
        {},
        "",
        "",
        id="false_refusal_limit0_discount",
    ),
    pytest.param(
        {"limits": [LIMIT | {"bound": 0, "measure": "units", "goods": MILK}]},
        [],
        {},
        "",
        "",
        id="false_refusal_limit0_goods",
    ),
]


def warnings(changes: Doc, others: list[Doc], program: Doc) -> list[tuple[str, str]]:
    """Warnings about rules that have no problem."""
    rules = [each for one in (changes, *others) for each in campaign(**one)]
    document = RULES | {"campaigns": rules, "programs": [PROGRAM | program]}
    snapshot = parse_snapshot(copy.deepcopy(document))
    assert check_snapshot(snapshot) == []
    return in_both(warnings_of(snapshot), document)


@pytest.mark.parametrize(("changes", "others", "program", "field", "sentence"), STRANGE)
def test_rules_that_are_perhaps_not_meant_are_shown(
    changes: Doc, others: list[Doc], program: Doc, field: str, sentence: str
) -> None:
    """They may be published; the warning says what will come of them."""
    expect_one(warnings(changes, others, program), field, sentence)


@pytest.mark.parametrize(("changes", "others", "program", "field", "sentence"), ORDINARY)
def test_rules_that_give_something_are_right(
    changes: Doc, others: list[Doc], program: Doc, field: str, sentence: str
) -> None:
    """A limit of 0 on some goods, or on one of two rewards, leaves the rest."""
    assert (field, sentence) == ("", "")
    assert warnings(changes, others, program) == []
