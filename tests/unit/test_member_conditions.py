"""Conditions about the member: who has a value, whose is not known, and guests."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.engine.facts import Offer
from tests.unit.condition_cases import attribute, holds

Doc = dict[str, Any]


@pytest.mark.parametrize(
    ("condition", "member", "other"),
    [
        ({"kind": "tier", "tiers": ["gold"]}, {"tier": "gold"}, {"tier": "silver"}),
        ({"kind": "gender", "genders": ["f"]}, {"gender": "f"}, {"gender": "m"}),
        (
            {"kind": "card_type", "types": ["family"]},
            {"card_type": "family"},
            {"card_type": "staff"},
        ),
        ({"kind": "lifecycle", "states": ["new"]}, {"lifecycle": "new"}, {"lifecycle": "lost"}),
        ({"kind": "member_list", "list": "vip"}, {"lists": {"vip"}}, {"lists": {"staff"}}),
        ({"kind": "segment", "segments": ["a", "b"]}, {"segments": {"b"}}, {"segments": {"c"}}),
        ({"kind": "member_tag", "tags": ["x"]}, {"tags": {"x", "y"}}, {"tags": {"y"}}),
        ({"kind": "consent", "channel": "sms"}, {"consents": {"sms"}}, {"consents": {"push"}}),
        (
            {"kind": "favourite_category", "categories": ["milk"]},
            {"favourites": {"milk"}},
            {"favourites": {"dairy"}},
        ),
        ({"kind": "personal_offer"}, {"offers": {"c": Offer()}}, {"offers": {"d": Offer()}}),
    ],
)
def test_a_member_has_one_of_the_named_values(condition: Doc, member: Doc, other: Doc) -> None:
    """It holds for who has it, and for nobody else, of whom nothing is known, or who is a guest."""
    assert holds(condition, member=member)
    assert not holds(condition, member=other)
    assert not holds(condition, member={})
    assert not holds(condition)


def test_who_is_known_by_a_card_is_identified() -> None:
    """A member is, of whom nothing else is known; a guest is not."""
    assert holds({"kind": "identified"}, member={})
    assert not holds({"kind": "identified"})


@pytest.mark.parametrize(
    ("compare", "value", "known", "held"),
    [
        ("equal", True, True, True),
        ("equal", True, False, False),
        ("equal", True, 1, False),
        ("equal", 1, True, False),
        ("equal", 1, 1, True),
        ("at_least", 5, 5, True),
        ("more_than", 5, 5, False),
        ("equal", "5", 5, False),
        ("equal", "blue", "blue", True),
        ("equal", "blue", "Blue", False),
        ("at_most", "2026-11-21", "2026-11-21", True),
        ("less_than", "2026-11-21", "2026-02-28", True),
        ("less_than", "2026-11-21", "2027-01-01", False),
    ],
)
def test_an_attribute_compares_with_a_value_of_its_type(
    compare: str, value: object, known: object, held: bool
) -> None:
    """Numbers with numbers, texts and dates by their characters; yes is not 1."""
    condition = attribute(compare, value)
    assert holds(condition, member={"attributes": {"x": known}}) == held
    assert not holds(condition, member={"attributes": {"y": known}})
    assert not holds(condition)


@pytest.mark.parametrize(
    ("condition", "member", "held"),
    [
        ({"kind": "age", "compare": "at_least", "years": 18}, {"age_years": 18}, True),
        ({"kind": "age", "compare": "at_least", "years": 18}, {"age_years": 17}, False),
        ({"kind": "age", "compare": "at_most", "years": 18}, {}, False),
        ({"kind": "birthday"}, {"days_to_birthday": 0, "days_since_birthday": 0}, True),
        ({"kind": "birthday"}, {"days_to_birthday": 1, "days_since_birthday": 364}, False),
        (
            {"kind": "birthday", "days_before": 3},
            {"days_to_birthday": 3, "days_since_birthday": 362},
            True,
        ),
        (
            {"kind": "birthday", "days_before": 3, "days_after": 7},
            {"days_to_birthday": 358, "days_since_birthday": 7},
            True,
        ),
        (
            {"kind": "birthday", "days_before": 3, "days_after": 7},
            {"days_to_birthday": 357, "days_since_birthday": 8},
            False,
        ),
        ({"kind": "birthday", "days_before": 180, "days_after": 180}, {}, False),
        ({"kind": "purchase_number", "number": 1}, {}, True),
        ({"kind": "purchase_number", "number": 1}, {"purchases": 1}, False),
        (
            {"kind": "purchase_number", "number": 3, "compare": "at_most"},
            {"purchases": 2},
            True,
        ),
        ({"kind": "purchase_number", "every": 5}, {"purchases": 9}, True),
        ({"kind": "purchase_number", "every": 5}, {"purchases": 10}, False),
        (
            {"kind": "days_since_purchase", "compare": "at_least", "days": 30},
            {"days_since_purchase": 30},
            True,
        ),
        ({"kind": "days_since_purchase", "compare": "at_least", "days": 0}, {}, False),
    ],
)
def test_numbers_of_a_member_stand_to_their_bounds(
    condition: Doc, member: Doc, *, held: bool
) -> None:
    """At the bound and beside it; what is not known fails, and so does a guest."""
    assert holds(condition, member=member) == held
    assert not holds(condition)


@pytest.mark.parametrize(
    ("condition", "field", "key"),
    [
        ({"kind": "spend_in_window", "window_days": 30, "amount_minor": 5}, "spend", "30"),
        (
            {"kind": "spend_in_window", "window_days": 30, "category": "milk", "amount_minor": 5},
            "spend",
            "30/milk",
        ),
        ({"kind": "visits_in_window", "window_days": 7, "count": 5}, "visits", "7"),
        (
            {"kind": "visits_in_window", "window_days": 7, "category": "milk", "count": 5},
            "visits",
            "7/milk",
        ),
        (
            {"kind": "activity_in_window", "activity": "app", "window_days": 7, "count": 5},
            "activities",
            "app/7",
        ),
    ],
)
def test_a_window_is_read_from_the_facts(condition: Doc, field: str, key: str) -> None:
    """Under the key of its days and category or activity; absent means 0, but not for a guest."""
    assert holds(condition | {"compare": "at_least"}, member={field: {key: 5}})
    assert not holds(condition | {"compare": "at_least"}, member={field: {key: 4}})
    assert not holds(condition | {"compare": "at_least"}, member={field: {"31": 5, "x": 5}})
    assert holds(condition | {"compare": "less_than"}, member={})
    assert not holds(condition | {"compare": "less_than"})
