"""Lanes and points worked out by hand from docs/rules.md, 3 and 5: who works beside whom, on what.

The numbers stand in the comments; nothing here computes what it expects.
"""

from __future__ import annotations

import pytest

from tests.oracle.by_hand import (
    Ask,
    Doc,
    amount_off,
    asking,
    by_sku,
    campaign,
    earning,
    line,
    member,
    percent,
    shop,
)

MILK: Doc = {"skus": ["milk"]}
SOAP: Doc = {"skus": ["soap"]}


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


def lanes(**of_discounts: object) -> list[Doc]:
    """One lane of discounts, one of points."""
    return [
        {"code": "off", "phase": "discount", **of_discounts},
        {"code": "earn", "phase": "accrual"},
    ]


def given(outcome: Doc) -> dict[str, int]:
    """What each campaign that applied took off."""
    return {each["code"]: each["discount_minor"] for each in outcome["applied"]}


def milk_and_soap() -> list[Doc]:
    """100 and 100."""
    return [line(1, "milk", 100), line(2, "soap", 100)]


def second_unit_free(**more: object) -> Doc:
    """Of every two units of milk the second is free."""
    return {"kind": "multibuy", "lane": "off", "buy_units": 1, "goods": MILK, **more}


# --- Policies ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "scope", "discounts"),
    [
        ("all", "line", {"a": 10, "b": 57}),  # b: 30 % of 90 and 100
        ("first", "line", {"a": 10, "b": 30}),  # the soap is left to b
        ("first", "receipt", {"a": 10}),
        ("best", "line", {"b": 60}),  # 30 against 10 on milk, 30 against nothing on soap
        ("best", "receipt", {"b": 60}),
        ("best_combination", "line", {"b": 60}),
    ],
)
def test_policies_say_who_works_on_what(
    ask: Ask, policy: str, scope: str, discounts: dict[str, int]
) -> None:
    """10 % off milk meets 30 % off everything."""
    both = [campaign("a", percent(1000, goods=MILK)), campaign("b", percent(3000))]
    outcome = ask(shop(*both, lanes=lanes(policy=policy, scope=scope)), milk_and_soap())
    assert given(outcome) == discounts


def test_units_that_a_multibuy_used_are_closed_to_others(ask: Ask) -> None:
    """Two of three units make one free; the third is left: half of 100."""
    both = [campaign("a", second_unit_free()), campaign("b", percent(5000))]
    lines = [line(1, "milk", 300, quantity_milli=3000, price_minor=100)]
    first = shop(*both, lanes=lanes(policy="first", scope="unit"))
    assert given(ask(first, lines)) == {"a": 100, "b": 50}
    whole = shop(*both, lanes=lanes(policy="first", scope="line"))
    assert given(ask(whole, lines)) == {"a": 100}


def test_no_line_gives_more_than_it_has_room_for(ask: Ask) -> None:
    """Two rewards of a for one unit each leave nothing of two units for b, whatever they used."""
    one_free = second_unit_free(rewarded_counts=True, times=1)
    both = [campaign("a", one_free, one_free), campaign("b", one_free)]
    snapshot = shop(*both, lanes=lanes(policy="first", scope="unit"))
    lines = [line(1, "milk", 200, quantity_milli=2000, price_minor=100)]
    assert given(ask(snapshot, lines)) == {"a": 200}


def test_each_line_goes_to_the_one_that_gives_most_on_it(ask: Ask) -> None:
    """40 off milk and 30 off soap, though the second gives more on the receipt."""
    both = [campaign("a", percent(4000, goods=MILK)), campaign("b", percent(3000))]
    by_line = shop(*both, lanes=lanes(policy="best"))
    assert given(ask(by_line, milk_and_soap())) == {"a": 40, "b": 30}
    by_receipt = shop(*both, lanes=lanes(policy="best", scope="receipt"))
    assert given(ask(by_receipt, milk_and_soap())) == {"b": 60}


def test_ties_go_to_the_earlier_in_order(ask: Ask) -> None:
    """Equal discounts: by priority, then by code."""
    both = [campaign("a", percent(1000)), campaign("b", percent(1000))]
    for policy in ("best", "best_combination"):
        snapshot = shop(*both, lanes=lanes(policy=policy))
        assert given(ask(snapshot, milk_and_soap())) == {"a": 20}
    prior = [campaign("a", percent(1000)), campaign("b", percent(1000), priority=1)]
    assert given(ask(shop(*prior, lanes=lanes(policy="best")), milk_and_soap())) == {"b": 20}


def test_a_combination_finds_more_than_the_best_of_each_line(ask: Ask) -> None:
    """Alone, 90 for the receipt is 45 on each line, more than 40 and 30: all for b.

    Together: b's 90 on soap alone (it has room for it) and a's 40 on milk.
    """
    both = [campaign("a", percent(4000, goods=MILK)), campaign("b", amount_off(90))]
    assert given(ask(shop(*both, lanes=lanes(policy="best")), milk_and_soap())) == {"b": 90}
    outcome = ask(shop(*both, lanes=lanes(policy="best_combination")), milk_and_soap())
    assert given(outcome) == {"a": 40, "b": 90}
    assert outcome["combinations"] == [{"lane": "off", "value_minor": 130, "gap_minor": 0}]


def test_a_combination_divides_the_units_of_a_line(ask: Ask) -> None:
    """Four units: pairs of which one is free meet a percentage of whatever is left."""
    both = [campaign("a", second_unit_free(times=2)), campaign("b", percent(6000))]
    lines = [line(1, "milk", 400, quantity_milli=4000, price_minor=100)]
    snapshot = shop(*both, lanes=lanes(policy="best_combination", scope="unit"))
    # Both pairs 200; a pair and 60 % of 200 is 220; b alone takes 240 off all four.
    assert given(ask(snapshot, lines)) == {"b": 240}
    less = [campaign("a", second_unit_free(times=1)), campaign("b", percent(4500))]
    snapshot = shop(*less, lanes=lanes(policy="best_combination", scope="unit"))
    # b alone 180; a alone 100; a pair for a and the other two for b: 100 + 90.
    assert given(ask(snapshot, lines)) == {"a": 100, "b": 90}


# --- Marks ------------------------------------------------------------------------------------


def test_an_exclusive_campaign_keeps_its_lane_alone(ask: Ask) -> None:
    """It works first, whatever its priority; if it grants nothing, the others do."""
    both = [
        campaign("a", percent(1000)),
        campaign("b", percent(500, goods=SOAP), exclusive="lane", priority=-1),
    ]
    assert given(ask(shop(*both), milk_and_soap())) == {"b": 5}
    assert given(ask(shop(*both), [line(1, "milk", 100)])) == {"a": 10}


def test_an_exclusive_campaign_may_keep_all_lanes_alone(ask: Ask) -> None:
    """The lane before its own stays empty; points are another matter."""
    two = [{"code": "early", "phase": "discount"}, *lanes()]
    both = [
        campaign("a", percent(1000, "early"), earning(1000)),
        campaign("b", percent(500), exclusive="all"),
    ]
    outcome = ask(shop(*both, lanes=two), [line(1, "milk", 100)], member())
    assert outcome["discount_minor"] == 5
    assert outcome["points_earned_minor"] == 9  # a tenth of 95, down


def test_a_campaign_may_keep_away_those_after_it(ask: Ask) -> None:
    """The one before it stays."""
    three = [
        campaign("a", amount_off(5), priority=1),
        campaign("b", amount_off(10), exclusive="below"),
        campaign("c", amount_off(20)),
    ]
    assert given(ask(shop(*three), milk_and_soap())) == {"a": 5, "b": 10}


def test_campaigns_that_never_stand_beside_each_other(ask: Ask) -> None:
    """Whichever names the other: also in a later lane, and for points."""
    two = [{"code": "early", "phase": "discount"}, *lanes()]
    both = [
        campaign("a", percent(1000, "early")),
        campaign("b", percent(1000), earning(1000), not_with=["a"]),
    ]
    outcome = ask(shop(*both, lanes=two), milk_and_soap(), member())
    assert given(outcome) == {"a": 20}
    assert outcome["points_earned_minor"] == 0


# --- Points -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "points"),
    [
        ("after_discounts", 14),  # 200 - 20 - 40
        ("before_discounts", 20),
        ("without_receipt_discounts", 18),  # the 40 was spread
    ],
)
def test_points_are_earned_on_the_base_that_the_program_names(
    ask: Ask, base: str, points: int
) -> None:
    """A tenth off each line, and 40 off the receipt."""
    rules = campaign("a", percent(1000), amount_off(40), earning(1000))
    snapshot = shop(rules, accrual={"base": base})
    assert ask(snapshot, milk_and_soap(), member())["points_earned_minor"] == points


@pytest.mark.parametrize(
    ("level", "rounding", "points"),
    [
        ("line", "down", 0),  # 0.6 four times
        ("line", "nearest", 4),
        ("line", "up", 4),
        ("reward", "down", 2),  # 1.2 twice
        ("reward", "nearest", 2),
        ("reward", "up", 4),
        ("receipt", "down", 2),  # 2.4
        ("receipt", "nearest", 2),
        ("receipt", "up", 3),
    ],
)
def test_points_are_rounded_line_by_line_or_together(
    ask: Ask, level: str, rounding: str, points: int
) -> None:
    """Two rewards of 1 % on two lines of 60."""
    rules = campaign("a", earning(100), earning(100))
    snapshot = shop(rules, accrual={"level": level, "rounding": rounding})
    lines = [line(1, "milk", 60), line(2, "soap", 60)]
    assert ask(snapshot, lines, member())["points_earned_minor"] == points


def test_points_are_multiplied_by_what_earlier_lanes_gave(ask: Ask) -> None:
    """Three times as many on soap, of what was given before; the tier counts once."""
    two = [
        {"code": "earn", "phase": "accrual"},
        {"code": "more", "phase": "accrual"},
    ]
    times_3 = {"kind": "points_multiplier", "lane": "more", "factor_bp": 30_000, "goods": SOAP}
    rules = [campaign("a", earning(1000)), campaign("b", times_3)]
    tiers = [{"code": "gold", "name": "Gold", "points_multiplier_bp": 15_000}]
    outcome = ask(shop(*rules, lanes=two, tiers=tiers), milk_and_soap(), member(tier="gold"))
    # 10 * 1.5 each, then 15 * 2 more on soap.
    assert by_sku(outcome, "points_earned_minor") == {"milk": 15, "soap": 45}


def test_points_may_be_given_for_each_so_much(ask: Ask) -> None:
    """230 is twice 100: 10 points, by bases 3 and 7 (3.04 and 6.96)."""
    reward = {
        "kind": "points_amount",
        "lane": "earn",
        "points_minor": 5,
        "per": "each_amount",
        "each_minor": 100,
    }
    lines = [line(1, "milk", 70), line(2, "soap", 160)]
    outcome = ask(shop(campaign("a", reward)), lines, member())
    assert by_sku(outcome, "points_earned_minor") == {"milk": 3, "soap": 7}


def test_points_are_bounded_by_maximum_and_limit(ask: Ask) -> None:
    """20 are wanted, the maximum leaves 15, the program's limit 12; what is named cut last."""
    limit = {
        "code": "most",
        "name": "Most",
        "measure": "points",
        "bound": 12,
        "subject": "member",
        "period": "day",
    }
    rules = campaign("a", earning(1000, maximum_minor=15))
    outcome = ask(shop(rules, limits=[limit]), milk_and_soap(), member())
    assert by_sku(outcome, "points_earned_minor") == {"milk": 6, "soap": 6}
    assert outcome["cuts"] == [
        {
            "campaign": "a",
            "lane": "earn",
            "by": "limit",
            "limit": "most",
            "wanted_minor": 20,
            "granted_minor": 12,
        }
    ]


def test_points_of_several_currencies_and_dates_stand_apart(ask: Ask) -> None:
    """Stars have no decimals; what is over before it begins is not given."""
    stars = {"code": "stars", "name": "Stars", "exponent": 0}
    points = {"code": "points", "name": "Points", "exponent": 2}
    ended = {"delay_days": 1, "on": "2026-11-23"}  # the day after the sale's is the day itself
    rules = [
        campaign("a", earning(10_000, currency="stars")),
        campaign("b", earning(1000), earning(1000, dates={"months": 1})),
        campaign("c", earning(1000, dates=ended)),
    ]
    outcome = ask(shop(*rules, currencies=[points, stars]), [line(1, "milk", 250)], member())
    assert outcome["points_earned_minor"] == 50
    assert [
        (each["currency"], each["points_minor"], each["months"]) for each in outcome["earned"]
    ] == [("points", 25, None), ("points", 25, 1), ("stars", 2, None)]


def test_the_best_of_a_lane_of_points_gives_most_points(ask: Ask) -> None:
    """15 points for the milk are more than a tenth of it."""
    per_line = {"kind": "points_amount", "lane": "earn", "points_minor": 15, "goods": MILK}
    best = [{"code": "earn", "phase": "accrual", "policy": "best"}]
    rules = [campaign("a", earning(1000)), campaign("b", per_line)]
    outcome = ask(shop(*rules, lanes=best), milk_and_soap(), member())
    assert by_sku(outcome, "points_earned_minor") == {"milk": 15, "soap": 10}


# --- What a long comparison found -------------------------------------------------------------


def test_a_combination_leaves_out_a_line_that_would_spoil_the_other(ask: Ask) -> None:
    """On both lines 10 off milk make the second reward refuse; on soap alone it takes 60 off."""
    spoilt = campaign(
        "a",
        {"kind": "amount", "lane": "off", "per": "line", "amount_minor": 10, "goods": MILK},
        {"kind": "fixed_price", "lane": "off", "price_minor": 40, "reduced_goods": "refuse"},
    )
    outcome = ask(shop(spoilt, lanes=lanes(policy="best_combination")), milk_and_soap())
    assert by_sku(outcome, "discount_minor") == {"milk": 0, "soap": 60}
    assert outcome["combinations"] == [{"lane": "off", "value_minor": 60, "gap_minor": 0}]


@pytest.mark.parametrize("search", [{"policy": "best"}, {"policy": "best_combination"}])
def test_a_combination_is_worth_what_the_best_are_though_two_stand_apart(
    ask: Ask, search: Doc
) -> None:
    """Gum goes to `a`, which gets nothing on it alone; two bundles of milk are left: 2 x 150 off.

    Alone, `b` would bundle the gum with a piece of milk: 52, then 150. One step of work finds it.
    """
    cheapest_free = {
        "kind": "buy_get",
        "lane": "off",
        "buy": [{"goods": {}, "units": 4}],
        "goods": {},
        "which": "cheapest",
    }
    any_two = {
        "kind": "bundle",
        "lane": "off",
        "parts": [{"goods": {}, "units": 2}],
        "which": "receipt_order",
        "effect": {"price_minor": 50},
    }
    both = [campaign("a", cheapest_free, not_with=["b"]), campaign("b", any_two)]
    lines = [line(1, "gum", 2), line(2, "milk", 400, price_minor=100, quantity_milli=4000)]
    outcome = ask(shop(*both, lanes=lanes(**search, work_steps=1)), lines)
    assert given(outcome) == {"b": 300}


def test_a_bound_counts_what_the_floor_of_a_bought_unit_leaves_to_others(ask: Ask) -> None:
    """Buy one of wine at its floor, get milk and a piece of soap at half: 50 and 4.

    Few steps do not find that, but the bound must not be lower because wine gives nothing.
    """
    once = {"kind": "multibuy", "buy_units": 1, "get_units": 2, "pick": "of_all", "times": 1}
    rules = shop(
        campaign("a", {**once, "lane": "off", "effect": {"rate_bp": 5000}, "rounding": "down"}),
        lanes=lanes(policy="best_combination", scope="unit", work_steps=2),
    )
    lines = [
        line(1, "wine", 2_000, quantity_milli=2_000, price_minor=1_000, min_price_minor=1_000),
        line(2, "milk", 100),
        line(3, "soap", 27, quantity_milli=3_000, price_minor=9),
    ]
    (found,) = ask(rules, lines)["combinations"]
    assert found["value_minor"] + found["gap_minor"] >= 54


def test_what_a_limit_leaves_of_a_weighed_piece_is_no_unit_for_others(ask: Ask) -> None:
    """A limit lets b have 600 of a piece of 1,000; a, with 300 at most, gets no part of it."""
    free = percent(10_000, goods=MILK)
    few = {"code": "few", "name": "Few", "measure": "amount", "bound": 600}
    rules = shop(
        campaign("a", free, maximum_discount_minor=300),
        campaign("b", free, limits=[few | {"subject": "campaign", "period": "receipt"}]),
        lanes=lanes(policy="best_combination", scope="unit"),
    )
    piece = line(1, "milk", 1_000, quantity_milli=2_000, price_minor=500, weighed=True)
    assert given(ask(rules, [piece])) == {"b": 600}


def test_what_is_left_of_a_line_may_be_rounded_to_more_than_its_part(ask: Ask) -> None:
    """Six units cost 583: a gets five of them, 485, and b the sixth, at more than its part of 97.

    Alone each would take 348 (10 % of 2997 + 485) and 32 (33.33 % of 97) off; after a there are
    98 left for b: 33.
    """
    off = {"kind": "percent", "lane": "off", "level": "receipt"}
    low = off | {"scale": {"by": "amount", "steps": [{"from": 189, "value": 1000}]}}
    steps = [{"from": 0, "value": 3333}, {"from": 189, "value": 1000}]
    high = off | {"scale": {"by": "amount", "steps": steps}}
    lines = [
        line(1, "milk", 2997, quantity_milli=3000, price_minor=999),
        *(line(n, "milk", 201, quantity_milli=2000, price_minor=100) for n in (2, 3)),
        line(4, "milk", 201, quantity_milli=2000, price_minor=100, external_discount_minor=20),
    ]
    both = [campaign("a", low), campaign("b", high)]
    outcome = ask(shop(*both, lanes=lanes(policy="best_combination", scope="unit")), lines)
    assert given(outcome) == {"a": 348, "b": 33}
    assert outcome["combinations"] == [{"lane": "off", "value_minor": 381, "gap_minor": 0}]


@pytest.mark.parametrize(("cap", "taken"), [(200, 9), (100, 0)])
def test_what_is_told_of_a_combination_is_what_it_takes_off_without_the_cap(
    cap: int, taken: int
) -> None:
    """10 off the cheapest unit: 9 off bread of 9, or 10 off milk, which few steps do not find.

    100 off soap, given before us, use up the lesser cap: then nothing else tells the two apart,
    as either way 10 were wanted and 0 are granted.
    """
    food = {"skus": ["bread", "milk"]}
    off_10 = {"amount_minor": 10}
    rules = shop(
        campaign("a", {"kind": "gift", "lane": "off", "goods": food, "units": 1, "effect": off_10}),
        lanes=lanes(policy="best_combination", scope="unit", work_steps=1),
        discount_cap={"amount_minor": cap},
    )
    lines = [
        line(1, "bread", 18, quantity_milli=2_000, price_minor=9),
        line(2, "milk", 10),
        line(3, "soap", 150, external_discount_minor=100),
    ]
    engine = asking("engine")(rules, lines)
    oracle = asking("oracle", hint=engine)(rules, lines)
    for outcome in (engine, oracle):
        assert by_sku(outcome, "discount_minor") == {"bread": taken, "milk": 0, "soap": 0}
        assert [cut["wanted_minor"] for cut in outcome["cuts"]] == [10]
        (found,) = outcome["combinations"]
        assert found["value_minor"] == 9
        assert found["value_minor"] + found["gap_minor"] >= 10
