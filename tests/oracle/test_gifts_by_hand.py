"""Gifts that campaigns hand out, worked out by hand: put to the oracle and to the engine."""

from __future__ import annotations

import pytest

from tests.oracle.by_hand import Ask, Doc, asking, campaign, limit_per_day, line, percent, shop

MILK = [line(1, "milk", 1000)]
MUG: Doc = {"kind": "give_gift", "gift": "mug"}
LISTED: Doc = {"code": "mug", "name": "Mug"}


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


def given(outcome: Doc) -> list[tuple[str, int]]:
    """Campaigns that give, and how many."""
    return [(each["campaign"], each["count"]) for each in outcome["issued"]]


def missed(outcome: Doc) -> list[tuple[str, int, int, str]]:
    """Campaigns that would have given: how many, of how many left, and why not."""
    names = ("campaign", "count", "left", "fault")
    return [tuple(each[name] for name in names) for each in outcome["gifts_missed"]]


def applied(outcome: Doc) -> list[str]:
    """Codes of the campaigns that applied."""
    return [each["code"] for each in outcome["applied"]]


def test_a_campaign_takes_its_gift_before_those_after_it(ask: Ask) -> None:
    """Of three mugs the higher priority takes two; nobody gives a part of two."""
    rules = shop(
        campaign("b", issues=[MUG | {"count": 2}], priority=5),
        campaign("a", issues=[MUG | {"count": 2}], limits=[limit_per_day(9)]),
        campaign("c", issues=[MUG]),
        gifts=[LISTED],
    )
    outcome = ask(rules, MILK, gifts_left={"mug": 3})
    assert given(outcome) == [("b", 2), ("c", 1)]
    assert missed(outcome) == [("a", 2, 1, "out_of_stock")]
    assert applied(outcome) == ["b", "c"]
    assert outcome["limit_claims"] == []


def test_what_facts_do_not_know_is_not_there(ask: Ask) -> None:
    """Of a counted gift; one that is not counted, or only named, is always there."""
    rules = shop(campaign("a", issues=[MUG]), gifts=[LISTED])
    assert missed(ask(rules, MILK)) == [("a", 1, 0, "out_of_stock")]
    free = shop(campaign("a", issues=[MUG]), gifts=[LISTED | {"counted": False}])
    assert given(ask(free, MILK)) == [("a", 1)]
    assert given(ask(shop(campaign("a", issues=[MUG])), MILK)) == [("a", 1)]


def test_a_gift_is_given_where_and_when_its_list_says(ask: Ask) -> None:
    """It is a Sunday; the store is looked at first."""
    for changes, fault in (
        ({"schedule": {"weekdays": [1]}}, "wrong_time"),
        ({"schedule": {"ends_at": "2026-11-22T18:30:00"}}, "wrong_time"),
        ({"stores": ["two"], "schedule": {"weekdays": [1]}}, "wrong_store"),
    ):
        rules = shop(campaign("a", issues=[MUG]), gifts=[LISTED | changes])
        rules["stores"].append({**rules["stores"][0], "code": "two"})
        assert missed(ask(rules, MILK, gifts_left={"mug": 9})) == [("a", 1, 9, fault)]


def test_a_discount_stands_without_its_gift(ask: Ask) -> None:
    """What was granted makes the campaign apply; so does another issue; a message does not."""
    rules = shop(
        campaign("a", percent(1000), issues=[MUG]),
        campaign("b", issues=[MUG, {"kind": "issue_coupon", "series": "autumn"}]),
        campaign("c", issues=[MUG], messages=[{"place": "slip", "text": "A mug!"}]),
        gifts=[LISTED],
    )
    outcome = ask(rules, MILK, gifts_left={"mug": 0})
    assert applied(outcome) == ["a", "b"]
    assert outcome["discount_minor"] == 100
    assert [each["kind"] for each in outcome["issued"]] == ["issue_coupon"]
    assert [each[0] for each in missed(outcome)] == ["a", "b", "c"]
    assert outcome["messages"] == []
