"""Rules that are right, and what is wrong with them once a part has been replaced."""

from __future__ import annotations

import copy
from typing import Any

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from tests.unit.faults_in_russian import in_both

Doc = dict[str, Any]
#: The change, the field that is named, and a part of the sentence.
Case = tuple[Doc, str, str]

PERCENT: Doc = {"kind": "percent", "lane": "off", "rate_bp": 1_000}
AMOUNT: Doc = {"kind": "amount", "lane": "off", "amount_minor": 500}
FIXED: Doc = {"kind": "fixed_price", "lane": "off", "price_minor": 500}
POINTS: Doc = {"kind": "points_percent", "lane": "earn", "rate_bp": 100}
FOR_UNITS: Doc = {"kind": "points_amount", "lane": "earn", "points_minor": 100}
TWICE: Doc = {"kind": "points_multiplier", "lane": "more", "factor_bp": 20_000}
MULTIBUY: Doc = {"kind": "multibuy", "lane": "off", "buy_units": 2}
MILK: Doc = {"skus": ["milk"]}
TEA: Doc = {"skus": ["tea"]}
LIMIT: Doc = {"code": "l", "name": "L", "bound": 1, "period": "day"}

IDENTIFIED: Doc = {"kind": "identified"}

PROGRAM: Doc = {
    "code": "club",
    "name": "Club",
    "currencies": [{"code": "points", "name": "Points"}, {"code": "stars", "name": "Stars"}],
    "tiers": [
        {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
        {"code": "silver", "name": "Silver"},
    ],
    "lanes": [
        {"code": "off", "phase": "discount"},
        {"code": "late", "phase": "discount", "policy": "first", "scope": "unit"},
        {"code": "earn", "phase": "accrual"},
        {"code": "more", "phase": "accrual"},
    ],
}
RULES: Doc = {
    "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
    "programs": [PROGRAM],
    "chains": [{"code": "chain", "name": "Chain"}],
    "stores": [
        {"code": "one", "chain": "chain", "program": "club", "name": "One", "format": "big"},
        {"code": "two", "chain": "chain", "program": "club", "name": "Two", "region": "east"},
    ],
    "categories": [{"code": "food"}, {"code": "dairy", "parent": "food"}],
    "products": [
        {
            "sku": "milk",
            "category": "dairy",
            "brand": "Alpha",
            "supplier": "Farm",
            "tags": ["fresh"],
            "attributes": {"fat": "low"},
        },
        {"sku": "tea", "brand": "Beta"},
    ],
    "words": {
        "segments": ["young", "old"],
        "tags": ["fan"],
        "attributes": {
            "city": "text",
            "children": "number",
            "pet": "yes_no",
            "wedding": "date",
        },
        "activities": ["review"],
        "card_types": ["plastic", "app"],
        "lifecycles": ["new", "lost"],
        "consents": ["mail"],
        "member_lists": ["vip"],
        "coupon_series": ["spring"],
        "certificate_series": ["present"],
        "gifts": ["cup"],
    },
    "campaigns": [],
}
#: Campaigns that others refer to: with a discount, with points, and without rewards.
FRIENDS: list[Doc] = [
    {"code": "before", "program": "club", "name": "Before", "rewards": [PERCENT]},
    {"code": "after", "program": "club", "name": "After", "rewards": [TWICE]},
    {
        "code": "gives",
        "program": "club",
        "name": "Gives",
        "issues": [{"kind": "give_gift", "gift": "cup"}],
    },
]


def no(condition: Doc) -> Doc:
    """That a condition does not hold."""
    return {"kind": "not", "of": condition}


def both(*conditions: Doc) -> Doc:
    """Several conditions at once."""
    return {"kind": "all", "of": list(conditions)}


def either(*conditions: Doc) -> Doc:
    """One of several conditions."""
    return {"kind": "any", "of": list(conditions)}


def problems_of(**changes: Any) -> list[tuple[str, str]]:
    """Fields and sentences of the rules with some parts replaced."""
    document = copy.deepcopy(RULES) | changes
    return in_both(check_snapshot(parse_snapshot(document)), document)


def campaign(**changes: Any) -> list[Doc]:
    """One campaign with changes."""
    whole: Doc = {"code": "c", "program": "club", "name": "C", "rewards": [PERCENT]}
    return [whole | changes]


def problems_of_campaign(changes: Doc) -> list[tuple[str, str]]:
    """Fields and sentences of one campaign with changes, beside its friends."""
    return problems_of(campaigns=[*campaign(**changes), *FRIENDS])


def problems_of_program(changes: Doc) -> list[tuple[str, str]]:
    """Fields and sentences of the program with changes."""
    return problems_of(programs=[PROGRAM | changes])


def expect_one(found: list[tuple[str, str]], field: str, sentence: str) -> None:
    """There is one problem, of that field, that says so."""
    assert [name for name, _ in found] == [field], found
    assert sentence in found[0][1]
