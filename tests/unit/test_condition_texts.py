"""What conditions say of themselves: what they need, and what they saw."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.condition_cases import CARD, CASH, WINE, amount, attribute, holds, told

Doc = dict[str, Any]


#: A condition, what is known of the sale, what it needs, and what it saw.
TOLD: list[tuple[Doc, Doc, str, str]] = [
    (amount("at_least", 3_000), {}, "at_least 3000", "2900"),
    (
        {"kind": "contains_goods", "goods": {"skus": ["a", "b"], "brands": ["c"]}},
        {},
        "a, b, c",
        "none",
    ),
    (
        {"kind": "contains_goods", "goods": {"skus": list("abcdefg"), "price_max_minor": 9}},
        {},
        "a, b, c, d, e and 2 more priced up to 9",
        "none",
    ),
    (
        {"kind": "contains_goods", "goods": {"but_not": {"flags": ["alcohol"]}}},
        {"lines": (WINE,)},
        "goods but not (goods marked alcohol)",
        "none",
    ),
    (
        {"kind": "place", "stores": ["two"], "terminals": [{"store": "one", "terminal": "6"}]},
        {"terminal": "5"},
        "one/6, two",
        "one/5",
    ),
    (
        {"kind": "place", "formats": ["big", "huge"]},
        {},
        "format big, format huge",
        "format mini",
    ),
    (
        {"kind": "place", "stores": ["two"], "regions": ["south"], "chains": ["other"]},
        {},
        "two, chain other, region south",
        "one, chain chain, region north",
    ),
    (
        {"kind": "schedule", "schedule": {"weekdays": [7, 1], "time_from": "22:00"}},
        {},
        "Mon, Sun; from 22:00",
        "2026-11-21T18:30",
    ),
    (
        {"kind": "tender", "kinds": ["card"], "bins": ["2200"], "tokens": ["t1", "t2"]},
        {"tenders": (CASH, CARD)},
        "card beginning with 2200 with one of 2 tokens",
        "cash, card 427600",
    ),
    (
        {"kind": "coupon", "code": "Save"},
        {"coupons": ("B", "a", "B")},
        "Save",
        "B, a",
    ),
    ({"kind": "coupon_series", "series": "s"}, {}, "a coupon of s", "none"),
    (
        {"kind": "tier", "tiers": ["silver", "gold"]},
        {"member": {"tier": "basic"}},
        "gold, silver",
        "basic",
    ),
    ({"kind": "tier", "tiers": ["gold"]}, {}, "gold", "a guest"),
    ({"kind": "tier", "tiers": ["gold"]}, {"member": {}}, "gold", "no tier"),
    (
        {"kind": "segment", "segments": ["a"]},
        {"member": {"segments": frozenset({"b"})}},
        "a",
        "none",
    ),
    (
        {"kind": "member_list", "list": "vip"},
        {"member": {}},
        "vip",
        "not in the list",
    ),
    (
        {"kind": "age", "compare": "at_least", "years": 18},
        {"member": {}},
        "at_least 18",
        "not known",
    ),
    (
        {"kind": "birthday", "days_before": 3, "days_after": 7},
        {"member": {"days_to_birthday": 300, "days_since_birthday": 65}},
        "3 days before to 7 days after",
        "65 days ago",
    ),
    (
        {"kind": "purchase_number", "every": 5},
        {"member": {"purchases": 7}},
        "each 5",
        "8",
    ),
    (
        {"kind": "days_since_purchase", "compare": "at_least", "days": 30},
        {"member": {}},
        "at_least 30",
        "never bought",
    ),
    (
        {
            "kind": "spend_in_window",
            "window_days": 30,
            "category": "milk",
            "compare": "at_least",
            "amount_minor": 500,
        },
        {"member": {"spend": {"30/milk": 499}}},
        "at_least 500 in 30 days (milk)",
        "499",
    ),
    (
        attribute("equal", True),
        {"member": {"attributes": {"x": False}}},
        "x equal yes",
        "no",
    ),
]


@pytest.mark.parametrize(("condition", "receipt", "needed", "seen"), TOLD)
def test_a_condition_says_what_it_needs_and_what_it_saw(
    condition: Doc, receipt: Doc, needed: str, seen: str
) -> None:
    """Short, with numbers, and without tokens or what else a member has."""
    assert told(condition, **receipt) == (needed, seen)


def any_of(*conditions: Doc) -> Doc:
    return {"kind": "any", "of": list(conditions)}


def all_of(*conditions: Doc) -> Doc:
    return {"kind": "all", "of": list(conditions)}


def no(condition: Doc) -> Doc:
    return {"kind": "not", "of": condition}


APP: Doc = {"kind": "channel", "channels": ["app"]}
GOLD: Doc = {"kind": "tier", "tiers": ["gold"]}
TILL: Doc = {"kind": "channel", "channels": ["till"]}


@pytest.mark.parametrize(
    ("condition", "needed", "seen"),
    [
        (any_of(APP, GOLD), "channel app or tier gold", "channel till; tier a guest"),
        (all_of(TILL, GOLD), "channel till and tier gold", "tier a guest"),
        (
            any_of(APP, all_of(GOLD, TILL)),
            "channel app or (tier gold and channel till)",
            "channel till; tier a guest",
        ),
        (no(TILL), "not (channel till)", "channel till"),
        (no(any_of(TILL, GOLD)), "not (channel till or tier gold)", "channel till"),
        (
            no(all_of(TILL, amount("at_least", 1))),
            "not (channel till and receipt_amount at_least 1)",
            "channel till; receipt_amount 2900",
        ),
        (
            no({"kind": "contains_goods", "goods": {"categories": ["drinks", "food"]}}),
            "not (contains_goods drinks, food)",
            "contains_goods milk-1, wine",
        ),
        (no(no(APP)), "not (not (channel app))", "channel till"),
        (
            all_of(no(TILL), no(APP)),
            "not (channel till) and not (channel app)",
            "channel till",
        ),
    ],
)
def test_combinations_say_which_of_their_parts_decided(
    condition: Doc, needed: str, seen: str
) -> None:
    """The failing parts of `all`, all of `any`, and inside `not` what made it hold."""
    assert not holds(condition)
    assert told(condition) == (needed, seen)
