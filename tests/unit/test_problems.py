"""Rules that lead nowhere or cannot work: each is told with the path of the field."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import DEPTH_MAX, check_snapshot

Doc = dict[str, Any]

PERCENT: Doc = {"kind": "percent", "lane": "off", "rate_bp": 1_000}
RULES: Doc = {
    "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
    "programs": [
        {
            "code": "club",
            "name": "Club",
            "currency": {"code": "points", "name": "Points"},
            "tiers": [{"code": "gold", "name": "Gold"}],
            "lanes": [
                {"code": "off", "phase": "discount"},
                {"code": "earn", "phase": "accrual"},
            ],
        }
    ],
    "chains": [{"code": "chain", "name": "Chain"}],
    "stores": [{"code": "one", "chain": "chain", "program": "club", "name": "One"}],
    "categories": [{"code": "food"}, {"code": "dairy", "parent": "food"}],
    "products": [{"sku": "milk", "category": "dairy", "brand": "Alpha"}],
    "member_lists": ["vip"],
    "campaigns": [],
}


def problems_of(**changes: Any) -> dict[str, str]:
    """Fields and sentences of the rules with some parts replaced."""
    document = copy.deepcopy(RULES) | changes
    return {p.field: p.message for p in check_snapshot(parse_snapshot(document))}


def campaign(**changes: Any) -> list[Doc]:
    """One campaign with changes."""
    whole: Doc = {"code": "c", "program": "club", "name": "C", "rewards": [PERCENT]}
    return [whole | changes]


def nested(depth: int) -> Doc:
    """Conditions so deep."""
    condition: Doc = {"kind": "identified"}
    for _ in range(depth - 1):
        condition = {"kind": "not", "of": condition}
    return condition


def test_whole_rules_have_no_problem() -> None:
    """The rules that the other tests spoil are right."""
    assert problems_of(campaigns=campaign()) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"program": "other"}, "campaigns[c].program"),
        ({"rewards": [PERCENT | {"lane": "x"}]}, "campaigns[c].rewards[0].lane"),
        ({"rewards": [PERCENT | {"lane": "earn"}]}, "campaigns[c].rewards[0].lane"),
        (
            {"rewards": [{"kind": "points_percent", "lane": "off", "rate_bp": 1}]},
            "campaigns[c].rewards[0].lane",
        ),
        (
            {"rewards": [PERCENT | {"goods": {"skus": ["tea"]}}]},
            "campaigns[c].rewards[0].goods.skus",
        ),
        (
            {"rewards": [PERCENT | {"goods": {"categories": ["tea"]}}]},
            "campaigns[c].rewards[0].goods.categories",
        ),
        (
            {"rewards": [PERCENT | {"goods": {"but_not": {"brands": ["Tea"]}}}]},
            "campaigns[c].rewards[0].goods.but_not.brands",
        ),
        ({"when": {"kind": "tier", "tiers": ["iron"]}}, "campaigns[c].when.tiers"),
        ({"when": {"kind": "member_list", "list": "none"}}, "campaigns[c].when.list"),
        ({"when": {"kind": "place"}}, "campaigns[c].when"),
        ({"when": {"kind": "place", "stores": ["two"]}}, "campaigns[c].when.stores"),
        ({"when": {"kind": "place", "chains": ["two"]}}, "campaigns[c].when.chains"),
        ({"when": {"kind": "place", "formats": ["two"]}}, "campaigns[c].when.formats"),
        ({"when": {"kind": "place", "regions": ["two"]}}, "campaigns[c].when.regions"),
        (
            {
                "when": {
                    "kind": "all",
                    "of": [
                        {"kind": "identified"},
                        {"kind": "not", "of": {"kind": "tier", "tiers": ["iron"]}},
                    ],
                }
            },
            "campaigns[c].when.of[1].of.tiers",
        ),
        (
            {"when": {"kind": "receipt_amount", "compare": "less_than", "amount_minor": 0}},
            "campaigns[c].when.amount_minor",
        ),
        ({"when": nested(DEPTH_MAX + 1)}, "campaigns[c].when"),
        (
            {"schedule": {"starts_at": "2026-01-02T00:00:00", "ends_at": "2026-01-02T00:00:00"}},
            "campaigns[c].schedule.ends_at",
        ),
        ({"schedule": {"starts_at": "2026-01-02T00:00:00Z"}}, "campaigns[c].schedule.starts_at"),
        ({"budget": {}}, "campaigns[c].budget"),
        ({"messages": [{"place": "slip", "text": "{sum} off"}]}, "campaigns[c].messages[0].text"),
        (
            {"limits": [{"code": "l", "name": "L", "uses": 1, "period": "day"}] * 2},
            "campaigns[c].limits[l]",
        ),
    ],
)
def test_a_campaign_that_cannot_work_is_told_by_its_field(changes: Doc, field: str) -> None:
    """A reference that leads nowhere, or a rule that never holds, is named where it stands."""
    assert list(problems_of(campaigns=campaign(**changes))) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"chains": []}, "stores[one].chain"),
        ({"stores": RULES["stores"] * 2}, "stores[one]"),
        ({"categories": [{"code": "food", "parent": "air"}]}, "categories[food].parent"),
        ({"products": [{"sku": "milk", "category": "sea"}]}, "products[milk].category"),
        ({"campaigns": campaign() * 2}, "campaigns[c]"),
    ],
)
def test_a_reference_that_leads_nowhere_is_told(changes: Doc, field: str) -> None:
    """Places, goods and codes are checked like campaigns."""
    assert field in problems_of(**changes)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "../../etc/passwd", ""])
def test_a_time_zone_that_is_none_is_told(zone: str) -> None:
    """A folder of the time zone database, a path or a planet is no zone."""
    stores = [RULES["stores"][0] | {"time_zone": zone}]
    assert list(problems_of(stores=stores)) == ["stores[one].time_zone"]


def test_categories_in_a_circle_are_told() -> None:
    """Every category of a circle is named; nothing runs round it for ever."""
    circle = [{"code": "food", "parent": "dairy"}, {"code": "dairy", "parent": "food"}]
    found = problems_of(categories=circle)
    assert list(found) == ["categories[food].parent", "categories[dairy].parent"]


def test_conditions_at_the_bound_are_compiled() -> None:
    """The bound itself is allowed."""
    assert problems_of(campaigns=campaign(when=nested(DEPTH_MAX))) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "a b"}, "snapshot.campaigns[0].code"),
        ({"colour": "red"}, "snapshot.campaigns[0].colour"),
        ({"when": {"kind": "weather"}}, "snapshot.campaigns[0].when"),
        (
            {"when": {"kind": "receipt_amount", "compare": "about", "amount_minor": 1}},
            "snapshot.campaigns[0].when.receipt_amount.compare",
        ),
        ({"rewards": []}, "snapshot.campaigns[0].rewards"),
        (
            {"rewards": [PERCENT | {"rate_bp": 10_001}]},
            "snapshot.campaigns[0].rewards[0].percent.rate_bp",
        ),
    ],
)
def test_what_the_schema_does_not_know_is_refused(changes: Doc, field: str) -> None:
    """An unknown field, kind, operator or a number out of range is never taken for "no"."""
    with pytest.raises(InvalidDocumentError) as refused:
        parse_snapshot(copy.deepcopy(RULES) | {"campaigns": campaign(**changes)})
    assert refused.value.problems[0].field == field
