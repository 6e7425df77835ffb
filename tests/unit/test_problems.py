"""Rules that lead nowhere or cannot work: places, goods, programs, and campaigns as a whole."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import InvalidSnapshotError, Problem
from checkout.engine.problems.catalogue import DEPTH_MAX
from tests.unit.spoiled_rules import (
    AMOUNT,
    FRIENDS,
    LIMIT,
    MILK,
    PERCENT,
    POINTS,
    PROGRAM,
    RULES,
    TEA,
    Case,
    Doc,
    campaign,
    expect_one,
    problems_of,
    problems_of_campaign,
    problems_of_program,
)

GUESTS: Doc = {"kind": "not", "of": {"kind": "identified"}}
CAMPAIGNS: list[Case] = [
    ({"program": "other"}, "campaigns[c].program", "no program 'other'"),
    ({"rewards": []}, "campaigns[c]", "it does nothing"),
    ({"not_with": ["x"]}, "campaigns[c].not_with", "no campaign 'x'"),
    ({"not_with": ["c"]}, "campaigns[c].not_with", "beside itself"),
    ({"not_with": ["gives"]}, "campaigns[c].not_with", "'gives' has no rewards"),
    (
        {"rewards": [], "issues": [{"kind": "give_gift", "gift": "cup"}], "exclusive": "lane"},
        "campaigns[c].exclusive",
        "without rewards stands in no lane",
    ),
    (
        {"rewards": [], "messages": [{"place": "slip", "text": "Hi"}], "not_with": ["before"]},
        "campaigns[c].not_with",
        "nothing is kept apart",
    ),
    ({"budget": {}}, "campaigns[c].budget", "set money, uses or both"),
    (
        {"rewards": [POINTS], "budget": {"discount_minor": 5}},
        "campaigns[c].budget.discount_minor",
        "gives no discount",
    ),
    (
        {"rewards": [POINTS], "maximum_discount_minor": 5},
        "campaigns[c].maximum_discount_minor",
        "gives no discount",
    ),
    ({"maximum_discount_minor": 0}, "campaigns[c].maximum_discount_minor", "lets nothing through"),
    (
        {"rewards": [AMOUNT], "maximum_discount_minor": 499},
        "campaigns[c].maximum_discount_minor",
        "cuts it always: 5.00 is wanted, 4.99 is left",
    ),
    (
        {"rewards": [AMOUNT], "maximum_discount_minor": 499, "above_maximum": "nothing"},
        "campaigns[c].maximum_discount_minor",
        "nothing is ever given",
    ),
    (
        {"issues": [{"kind": "issue_coupon", "series": "x"}]},
        "campaigns[c].issues[0].series",
        "no coupon series 'x'; words.coupon_series lists",
    ),
    (
        {"issues": [{"kind": "issue_certificate", "series": "x", "amount_minor": 5}]},
        "campaigns[c].issues[0].series",
        "no certificate series",
    ),
    (
        {"issues": [{"kind": "give_tag", "tag": "x"}]},
        "campaigns[c].issues[0].tag",
        "no member tag 'x'",
    ),
    (
        {"issues": [{"kind": "give_gift", "gift": "x"}]},
        "campaigns[c].issues[0].gift",
        "no gift 'x'",
    ),
    (
        {"issues": [{"kind": "give_tag", "tag": "fan"}], "when": GUESTS},
        "campaigns[c].issues[0]",
        "guests get no tags",
    ),
    (
        {"messages": [{"place": "slip", "text": "{sum} off"}]},
        "campaigns[c].messages[0].text",
        "no variable {sum}; known: campaign, discount, points, store, tier",
    ),
    (
        {"messages": [{"place": "slip", "text": "Hi", "translations": {"ru": "{tear}"}}]},
        "campaigns[c].messages[0].translations[ru]",
        "no variable {tear}",
    ),
]
PROGRAMS: list[Case] = [
    ({"time_zone": "Mars"}, "programs[club].time_zone", "IANA"),
    ({"tiers": [*PROGRAM["tiers"], PROGRAM["tiers"][0]]}, "programs[club].tiers[gold]", "2 times"),
    (
        {"lanes": [*PROGRAM["lanes"], {"code": "off", "phase": "discount"}]},
        "programs[club].lanes[off]",
        "unique",
    ),
    (
        {"currencies": [{"code": "a", "name": "A"}] * 3},
        "programs[club].currencies[a]",
        "3 times",
    ),
    ({"cash_rounding": {"to_minor": 1}}, "programs[club].cash_rounding.to_minor", "multiple of 1"),
    (
        {"manual_discounts": {"permissions": [{"code": "boss", "rate_bp": 5}] * 2}},
        "programs[club].manual_discounts.permissions[boss]",
        "unique",
    ),
    (
        {"manual_discounts": {"permissions": [{"code": "boss", "rate_bp": 0}]}},
        "programs[club].manual_discounts.permissions[boss].rate_bp",
        "permits nothing",
    ),
    (
        {"redemption": {"currency": "gems"}},
        "programs[club].redemption.currency",
        "no currency 'gems'",
    ),
    (
        {"redemption": {"goods_caps": [{"goods": {"brands": ["Tea"]}, "rate_bp": 1}]}},
        "programs[club].redemption.goods_caps[0].goods.brands",
        "no brand 'Tea'",
    ),
    (
        {"redemption": {"goods_caps": [{"goods": {"kinds": ["delivery"]}, "rate_bp": 1}]}},
        "programs[club].redemption.goods_caps[0].goods.kinds",
        "not paid with points",
    ),
    (
        {"redemption": {"goods_caps": [{"goods": {"flags": ["no_points"]}, "rate_bp": 1}]}},
        "programs[club].redemption.goods_caps[0].goods.flags",
        "not paid with points",
    ),
    (
        {
            "redemption": {
                "goods_caps": [
                    {"goods": {"skus": ["milk", "tea"]}, "rate_bp": 1},
                    {"goods": MILK, "rate_bp": 2},
                ]
            }
        },
        "programs[club].redemption.goods_caps[1]",
        "never reached",
    ),
    ({"accrual": {"goods": {"offered": True}}}, "programs[club].accrual.goods", "personal offers"),
    (
        {"accrual": {"goods": {"within": {"offered": True}}}},
        "programs[club].accrual.goods",
        "personal offers",
    ),
    (
        {"accrual": {"goods": {"kinds": ["delivery"]}}},
        "programs[club].accrual.goods.kinds",
        "earns no points",
    ),
    (
        {"accrual": {"goods": {"flags": ["no_points"]}}},
        "programs[club].accrual.goods.flags",
        "earn no points",
    ),
    (
        {"accrual": {"dates": {"days": 5, "on": "2026-01-01"}}},
        "programs[club].accrual.dates",
        "days and on each say",
    ),
]
LANES: list[Case] = [
    ({"phase": "accrual", "base": "original"}, "base", "leave it at current"),
    ({"phase": "accrual", "base": "added_up"}, "base", "leave it at current"),
    ({"phase": "accrual", "policy": "best_combination"}, "policy", "points are not combined"),
    ({"phase": "accrual", "scope": "unit"}, "scope", "lines or the receipt"),
    ({"phase": "discount", "policy": "all", "scope": "unit"}, "scope", "first or best_combination"),
    ({"phase": "discount", "policy": "best", "scope": "unit"}, "scope", "best_combination"),
    (
        {"phase": "discount", "policy": "best_combination", "scope": "receipt"},
        "scope",
        "by line or by unit",
    ),
    ({"phase": "discount", "policy": "best", "base": "added_up"}, "base", "use policy all"),
]
GOODS: list[Case] = [
    ({"skus": ["milk", "x"]}, ".skus", "no product 'x'"),
    ({"categories": ["x"]}, ".categories", "no category 'x'"),
    ({"brands": ["x"]}, ".brands", "no brand 'x'"),
    ({"suppliers": ["x"]}, ".suppliers", "no supplier 'x'"),
    ({"tags": ["x"]}, ".tags", "no product tag 'x'"),
    ({"attributes": [{"name": "x", "values": ["low"]}]}, ".attributes[0].name", "attribute 'x'"),
    ({"attributes": [{"name": "fat", "values": ["x"]}]}, ".attributes[0].values", "'x' as its fat"),
    (
        {"price_min_minor": 5, "price_max_minor": 4},
        ".price_min_minor",
        "at least 0.05 and at most 0.04",
    ),
    ({"kinds": ["goods", "delivery"]}, ".kinds", "delivery stands alone"),
    ({"but_not": {"within": {"brands": ["x"]}}}, ".but_not.within.brands", "no brand 'x'"),
    ({"within": MILK, "skus": ["tea"]}, ".within", "lies within this"),
    ({"within": {"kinds": ["delivery"]}}, ".within", "lies within this"),
    ({"within": {"price_min_minor": 5}, "price_max_minor": 4}, ".within", "lies within this"),
    ({"but_not": {}}, ".but_not", "nothing is left"),
    (MILK | {"but_not": MILK}, ".but_not", "nothing is left"),
    (MILK | {"but_not": {"skus": ["tea", "milk"]}}, ".but_not", "nothing is left"),
    ({"within": MILK, "but_not": MILK}, ".but_not", "nothing is left"),
    ({"but_not": {"kinds": ["goods", "service"]}}, ".but_not", "nothing is left"),
    ({"price_min_minor": 9, "but_not": {"price_min_minor": 5}}, ".but_not", "nothing is left"),
    ({"flags": ["excise"], "but_not": {"flags": ["excise"]}}, ".but_not", "nothing is left"),
    (
        {
            "within": {"skus": ["milk", "tea"], "but_not": MILK},
            "but_not": {"skus": ["milk", "tea"], "but_not": MILK},
        },
        ".but_not",
        "nothing is left",
    ),
    ({"flags": ["no_discount"]}, ".flags", "take no discount"),
    (
        {"within": {"within": {"within": {"within": {"within": MILK}}}}},
        "",
        "nest at most 5 deep",
    ),
]
GOODS_THAT_ARE_RIGHT: list[Doc] = [
    {},
    MILK | {"brands": ["Beta"], "barcodes": ["460"], "tags": ["fresh"]},
    MILK | {"but_not": TEA},
    {"skus": ["milk", "tea"], "but_not": MILK},
    {"categories": ["food"], "but_not": {"categories": ["dairy"]}},
    MILK | {"but_not": {"flags": ["no_discount", "tobacco"]}},
    MILK | {"but_not": MILK | {"price_max_minor": 100}},
    MILK | {"but_not": {"kinds": ["delivery"]}},
    {"kinds": ["delivery"]},
    {"offered": True, "favourites": True},
    {"within": {"within": {"within": {"within": MILK}}}},
    {"tags": ["fresh"], "within": {"attributes": [{"name": "fat", "values": ["low"]}]}},
    MILK | {"but_not": {"but_not": MILK}},
]


def test_whole_rules_have_no_problem() -> None:
    """The rules that the other tests spoil are right."""
    assert problems_of(campaigns=[*campaign(), *FRIENDS]) == []


@pytest.mark.parametrize(("changes", "field", "sentence"), CAMPAIGNS)
def test_a_campaign_that_cannot_work_is_told(changes: Doc, field: str, sentence: str) -> None:
    """A reference that leads nowhere, or a rule that does nothing, is named where it stands."""
    expect_one(problems_of_campaign(changes), field, sentence)


@pytest.mark.parametrize(("changes", "field", "sentence"), PROGRAMS)
def test_a_program_that_cannot_work_is_told(changes: Doc, field: str, sentence: str) -> None:
    """So is what a program cannot do."""
    expect_one(problems_of_program(changes), field, sentence)


@pytest.mark.parametrize(("lane", "field", "sentence"), LANES)
def test_a_lane_that_the_rules_do_not_know_is_told(lane: Doc, field: str, sentence: str) -> None:
    """Phase, policy, scope and base of a lane go together."""
    lanes = [*PROGRAM["lanes"], {"code": "x"} | lane]
    expect_one(problems_of_program({"lanes": lanes}), f"programs[club].lanes[x].{field}", sentence)


@pytest.mark.parametrize(("goods", "field", "sentence"), GOODS)
def test_goods_that_are_none_are_told(goods: Doc, field: str, sentence: str) -> None:
    """Goods name what the catalogue has, and leave something."""
    found = problems_of_campaign({"rewards": [PERCENT | {"goods": goods}]})
    expect_one(found, f"campaigns[c].rewards[0].goods{field}", sentence)


@pytest.mark.parametrize("goods", GOODS_THAT_ARE_RIGHT)
def test_goods_of_which_something_is_left_are_right(goods: Doc) -> None:
    """Only what obviously means nothing is refused."""
    assert problems_of_campaign({"rewards": [PERCENT | {"goods": goods}]}) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"chains": []}, "stores[one].chain"),
        ({"stores": [RULES["stores"][0] | {"program": "x"}]}, "stores[one].program"),
        ({"stores": RULES["stores"] * 2}, "stores[one]"),
        ({"chains": RULES["chains"] * 2}, "chains[chain]"),
        ({"programs": RULES["programs"] * 2}, "programs[club]"),
        ({"categories": [{"code": "food", "parent": "air"}]}, "categories[food].parent"),
        ({"categories": RULES["categories"] * 2}, "categories[food]"),
        ({"products": [{"sku": "milk", "category": "sea"}]}, "products[milk].category"),
        ({"products": RULES["products"] * 2}, "products[milk]"),
        ({"campaigns": campaign() * 2}, "campaigns[c]"),
        *(
            ({"words": {name: ["x", "x"]}}, f"words.{name}[x]")
            for name, words in RULES["words"].items()
            if isinstance(words, list)
        ),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(changes: Doc, field: str) -> None:
    """Places, goods, words and codes are checked like campaigns."""
    assert field in [name for name, _ in problems_of(**changes)]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../../etc/passwd", ""])
def test_a_time_zone_that_is_none_is_told(zone: str) -> None:
    """A folder of the time zone database, a path or a planet is no zone."""
    stores = [RULES["stores"][0] | {"time_zone": zone}]
    expect_one(problems_of(stores=stores), "stores[one].time_zone", "IANA")


def test_categories_in_a_circle_are_told() -> None:
    """Every category of a circle is named; nothing runs round it for ever."""
    circle = [{"code": "food", "parent": "dairy"}, {"code": "dairy", "parent": "food"}]
    found = [field for field, _ in problems_of(categories=circle)]
    assert found == ["categories[food].parent", "categories[dairy].parent"]


def test_categories_that_nest_without_end_are_told() -> None:
    """A chain of categories is followed once, and told where it is too deep."""
    chain = [{"code": "food"}, {"code": "dairy", "parent": "food"}]
    chain += [{"code": f"k{n}", "parent": f"k{n - 1}" if n else "dairy"} for n in range(DEPTH_MAX)]
    assert problems_of(categories=chain[:DEPTH_MAX]) == []
    found = problems_of(categories=chain)
    assert [field for field, _ in found] == ["categories[k98].parent", "categories[k99].parent"]
    assert "at most 100 deep" in found[0][1]


def test_programs_do_not_share_their_tiers_and_campaigns() -> None:
    """What a program declares is known to its own campaigns only."""
    other = PROGRAM | {"code": "other", "tiers": []}
    rules = [
        *campaign(program="other", when={"kind": "tier", "tiers": ["gold"]}, not_with=["d"]),
        *campaign(code="d"),
    ]
    found = [field for field, _ in problems_of(programs=[PROGRAM, other], campaigns=rules)]
    assert found == ["campaigns[c].not_with", "campaigns[c].when.tiers"]


def test_programs_that_share_a_currency_count_it_alike() -> None:
    """An account is not ten points here and a thousand there; what they are worth may differ."""
    points, stars = PROGRAM["currencies"]
    other = PROGRAM | {"code": "other", "currencies": [points | {"value_minor": 2}, stars]}
    assert problems_of(programs=[PROGRAM, other]) == []
    other["currencies"] = [points, stars | {"exponent": 2}]
    found = problems_of(programs=[PROGRAM, other])
    expect_one(found, "programs[other].currencies[stars].exponent", "the same currency with 0")


def test_the_error_names_the_first_problems() -> None:
    """The error of a snapshot carries all problems, its text the first five."""
    problems = [Problem(f"campaigns[{n}]", "does nothing") for n in range(7)]
    error = InvalidSnapshotError(problems)
    assert error.problems == problems
    assert str(error).endswith("campaigns[4]: does nothing; and 2 more")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "a b"}, "campaigns[a b].code"),
        ({"colour": "red"}, "campaigns[c].colour"),
        ({"when": {"kind": "weather"}}, "campaigns[c].when"),
        (
            {"when": {"kind": "receipt_amount", "compare": "about", "amount_minor": 1}},
            "campaigns[c].when.compare",
        ),
        (
            {"rewards": [PERCENT | {"rate_bp": 10_001}]},
            "campaigns[c].rewards[0].rate_bp",
        ),
        ({"limits": [LIMIT | {"bound": -1}]}, "campaigns[c].limits[l].bound"),
    ],
)
def test_what_the_schema_does_not_know_is_refused(changes: Doc, field: str) -> None:
    """An unknown field, kind, operator or a number out of range is never taken for "no"."""
    document: dict[str, Any] = copy.deepcopy(RULES) | {"campaigns": campaign(**changes)}
    with pytest.raises(InvalidDocumentError) as refused:
        parse_snapshot(document)
    assert refused.value.problems[0].field == field
