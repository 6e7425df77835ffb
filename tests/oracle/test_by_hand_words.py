"""Sales worked out by hand: cash, codes, messages, nearly applied campaigns.

Put to the oracle and to the engine, as in `test_by_hand`.
"""

from __future__ import annotations

import pytest

from tests.oracle.by_hand import (
    SUNDAY,
    Ask,
    Doc,
    amount_off,
    asking,
    campaign,
    line,
    member,
    nearly,
    percent,
    shop,
)


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


@pytest.mark.parametrize(
    ("rounding", "tenders", "rounded"),
    [
        ({"to_minor": 100}, ["cash"], 50),  # 950 down to 900
        ({"to_minor": 100, "nearest": True}, ["cash"], 50),  # half goes down
        ({"to_minor": 20, "nearest": True}, ["cash"], 10),  # half of 940 to 960 goes down
        ({"to_minor": 300, "nearest": True}, ["cash"], 50),
        ({"to_minor": 500, "nearest": True}, ["cash"], -50),
        ({"to_minor": 100}, ["cash", "card"], 0),
        ({"to_minor": 100}, [], 0),
        ({"to_minor": 100, "always": True}, ["card"], 50),
    ],
)
def test_what_is_paid_in_cash_is_a_multiple_of_a_coin(
    ask: Ask, rounding: Doc, tenders: list[str], rounded: int
) -> None:
    """Of 950; positive is what the customer pays less."""
    rules = shop(campaign("a", amount_off(50)), cash_rounding=rounding)
    planned = [{"kind": kind} for kind in tenders]
    outcome = ask(rules, [line(1, "milk", 1000)], tenders=planned)
    assert outcome["rounding_minor"] == rounded
    assert outcome["payable_minor"] == 950 - rounded


def test_codes_are_equal_in_small_and_capital_letters(ask: Ask) -> None:
    """SAVE and save are one code, unless case matters; standing twice it may be refused."""
    off = campaign("a", percent(1000), when={"kind": "coupon", "code": "Save"})
    lines = [line(1, "milk", 1000)]

    def answers(typed: list[str], **coupons: bool) -> list[tuple[str, str, bool]]:
        outcome = ask(shop(off, coupons=coupons), lines, coupons=typed)
        return [(each["code"], each["status"], each["used_up"]) for each in outcome["coupons"]]

    assert answers(["save", "SAVE"]) == [("SAVE", "applied", True)]
    assert answers(["save", "SAVE"], repeated_refused=True) == [("SAVE", "repeated", False)]
    assert answers(["save", "Save"], case_matters=True) == [
        ("Save", "applied", True),
        ("save", "unknown", False),
    ]


def test_a_code_of_a_series_that_no_campaign_names_is_not_unknown(ask: Ask) -> None:
    """It is not applicable, and used up all the same where the program says so."""
    rules = shop(campaign("a", percent(1000)), coupons={"unused_used_up": True})
    outcome = ask(
        rules, [line(1, "milk", 9)], coupons=["U-1", "no"], coupon_series={"U-1": "autumn"}
    )
    assert outcome["coupons"] == [
        {"code": "U-1", "status": "not_applicable", "used_up": True, "series": "autumn"},
        {"code": "no", "status": "unknown", "used_up": False, "series": ""},
    ]


def test_a_unique_coupon_that_cannot_be_used_says_why(ask: Ask) -> None:
    """The reason of the facts stands before all others; it is in no series and uses nothing up."""
    when = {"kind": "coupon_series", "series": "autumn"}
    rules = shop(campaign("a", percent(1000), when=when), coupons={"unused_used_up": True})
    outcome = ask(
        rules,
        [line(1, "milk", 4)],
        coupons=["G-1", "U-1", "U-1"],
        coupon_series={"G-1": "autumn"},
        coupons_refused={"u-1": "expired"},
    )
    assert outcome["coupons"] == [
        {"code": "G-1", "status": "not_applicable", "used_up": True, "series": "autumn"},
        {"code": "U-1", "status": "expired", "used_up": False, "series": ""},
    ]
    outcome = ask(
        rules,
        [line(1, "milk", 1000)],
        coupons=["G-1", "B-1"],
        coupon_series={"G-1": "autumn"},
        coupons_refused={"B-1": "already_used"},
    )
    assert outcome["discount_minor"] == 100
    assert [(each["code"], each["status"]) for each in outcome["coupons"]] == [
        ("B-1", "already_used"),
        ("G-1", "applied"),
    ]


def test_of_two_coupons_of_a_series_one_is_used(ask: Ask) -> None:
    """The smaller code switches the campaign on; the other one gave nothing, and stays unused."""
    when = {"kind": "coupon_series", "series": "autumn"}
    rules = shop(campaign("a", percent(1000), when=when))
    outcome = ask(
        rules,
        [line(1, "milk", 1000)],
        coupons=["b-2", "A-1"],
        coupon_series={"A-1": "autumn", "b-2": "autumn"},
    )
    assert outcome["discount_minor"] == 100
    assert [(each["code"], each["status"], each["used_up"]) for each in outcome["coupons"]] == [
        ("A-1", "applied", True),
        ("b-2", "not_applicable", False),
    ]


def test_a_limit_that_is_used_up_says_so_where_nothing_else_is_lacking(ask: Ask) -> None:
    """A full limit speaks for its closed campaign, a guest's does not; nor if cash is lacking."""
    weekly = {"code": "weekly", "name": "Weekly", "bound": 2, "subject": "member", "period": "week"}
    weekly["message"] = {"slip": "Only twice a week"}
    cash = {"kind": "tender", "kinds": ["cash"]}
    of_milk = percent(1000, goods={"skus": ["milk"]})
    rules = shop(
        campaign("a", of_milk, limits=[weekly]),
        campaign("b", of_milk, limits=[weekly], when=cash),
        campaign("c", of_milk, limits=[weekly], schedule={"ends_at": SUNDAY}),
        campaign("d", percent(1000, goods={"skus": ["soap"]}), limits=[weekly]),
    )
    full = {f"{code}/weekly/2026-11-16": 2 for code in "abcd"}
    basket = [line(1, "milk", 1000)]

    def said(member: Doc | None, uses: dict[str, int]) -> list[tuple[str, str]]:
        shown = ask(rules, basket, member, limit_uses=uses)["messages"]
        return [(each["campaign"], each["text"]) for each in shown]

    assert said(member(), full) == [("a", "Only twice a week")]
    assert said(member(), {}) == []
    assert said(None, full) == []


def test_messages_speak_the_language_of_the_receipt(ask: Ask) -> None:
    """A language that is not there gets the text itself."""
    gold = {"code": "gold", "name": "Gold"}
    text = {"place": "slip", "text": "{tier}, {store}", "translations": {"lv": "{tier}: lv"}}
    rules = shop(campaign("a", percent(1000), messages=[text]), tiers=[gold])
    basket = [line(1, "milk", 100)]
    for language, shown in (("lv", "Gold: lv"), ("et", "Gold, One"), ("", "Gold, One")):
        outcome = ask(rules, basket, member(tier="gold"), language=language)
        assert [each["text"] for each in outcome["messages"]] == [shown]
    assert ask(rules, basket, language="lv")["messages"][0]["text"] == ": lv"


def test_a_campaign_that_its_index_does_not_reach_is_not_nearly_applied(ask: Ask) -> None:
    """`a` lacks its coupon, `b` its goods; `c` has both and lacks a tender."""
    of_bread = {"kind": "contains_goods", "goods": {"skus": ["bread"]}}
    cash = {"kind": "tender", "kinds": ["cash"]}
    code = {"kind": "coupon", "code": "X"}
    soap = {"skus": ["soap"]}
    rules = shop(
        campaign("a", percent(1000), when=code),
        campaign("b", percent(1000, goods=soap), when=cash),
        campaign("c", percent(1000, goods=soap), when={"kind": "all", "of": [cash, of_bread]}),
        campaign("d", percent(1000, goods=soap), when={"kind": "all", "of": [code, of_bread]}),
    )
    outcome = ask(rules, [line(1, "bread", 100)])
    assert nearly(outcome) == [("c", "tender")]


def test_any_of_some_codes_is_an_index(ask: Ask) -> None:
    """Without such a code nobody hears of it; of one with more inside, everybody does."""
    code, series = {"kind": "coupon", "code": "SAVE"}, {"kind": "coupon_series", "series": "autumn"}
    either = {"kind": "any", "of": [code, series]}
    open_to_all = {"kind": "any", "of": [code, {"kind": "identified"}]}
    rules = shop(
        campaign("a", percent(1000), when=either),
        campaign("b", percent(1000), when={"kind": "all", "of": [{"kind": "identified"}, either]}),
        campaign("c", percent(1000), when=open_to_all),
    )
    lines = [line(1, "milk", 1000)]
    assert nearly(ask(rules, lines)) == [("c", "any")]
    assert nearly(ask(rules, lines, coupons=["save"])) == [("b", "identified")]
    assert nearly(ask(rules, lines, member(), coupons=["OTHER"])) == []


def test_a_stopped_campaign_is_not_open_whatever_its_rules_say(ask: Ask) -> None:
    """It grants nothing and is not nearly applied; its code is not in force; others go on."""
    spring = {"kind": "coupon", "code": "SPRING"}
    rules = shop(
        campaign("a", percent(1000), when=spring, priority=1),
        campaign("b", percent(500)),
        campaign("c", percent(2000), when={"kind": "identified"}),
    )
    basket = [line(1, "milk", 1000)]
    outcome = ask(rules, basket, coupons=["SPRING"], stopped=["a", "c", "elsewhere"])
    assert [each["code"] for each in outcome["applied"]] == ["b"]
    assert outcome["discount_minor"] == 50
    assert nearly(outcome) == []
    assert [each["status"] for each in outcome["coupons"]] == ["not_in_force"]
    running = ask(rules, basket, coupons=["SPRING"], stopped=["b"])
    assert running["discount_minor"] == 100
    assert nearly(running) == [("c", "identified")]
