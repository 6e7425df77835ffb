"""Rewards worked out by hand from docs/rules.md, 3: wishes, how far they fit, units.

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
    line,
    member,
    percent,
    shop,
)

CUPS = {"quantity_milli": 3000, "price_minor": 33}


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


def off(ask: Ask, lines: list[Doc], *rewards: Doc) -> dict[str, int]:
    """What one campaign with these rewards takes off each line."""
    return by_sku(ask(shop(campaign("a", *rewards)), lines), "discount_minor")


def reward(kind: str, **more: object) -> Doc:
    """A reward in the lane of discounts."""
    return {"kind": kind, "lane": "off", **more}


# --- Percents ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounding", "discount"), [("half_up", 51), ("down", 50), ("up", 51), ("half_up_price", 50)]
)
def test_half_of_101_is_rounded_as_the_reward_says(ask: Ask, rounding: str, discount: int) -> None:
    """50.5 off, or a price of 50.5 that is rounded up, which is 50 off."""
    assert off(ask, [line(1, "milk", 101)], percent(5000, rounding=rounding)) == {"milk": discount}


def test_a_percent_may_be_rounded_for_each_unit(ask: Ask) -> None:
    """Three units at 33 1/3 and 3.33 off each: three times 3, where the line would give 10."""
    lines = [line(1, "milk", 100, **CUPS)]
    assert off(ask, lines, percent(1000, level="unit")) == {"milk": 9}
    assert off(ask, lines, percent(1000)) == {"milk": 10}


def test_what_is_left_of_a_quantity_is_rounded_by_itself(ask: Ask) -> None:
    """One and a half units for 50: 3.33 for the unit, 1.67 for the half: 3 + 2."""
    lines = [line(1, "milk", 50, quantity_milli=1500, price_minor=33)]
    assert off(ask, lines, percent(1000, level="unit")) == {"milk": 5}


def test_a_percent_of_the_total_is_rounded_once_and_spread(ask: Ask) -> None:
    """A tenth of 15 is 1.5, so 2; each share is 2/3, and the two go to the earlier lines."""
    lines = [line(1, "soap", 5), line(2, "milk", 5), line(3, "bread", 5)]
    assert off(ask, lines, percent(1000, level="total")) == {"bread": 1, "milk": 1, "soap": 0}
    assert off(ask, lines, percent(1000)) == {"bread": 1, "milk": 1, "soap": 1}  # 0.5 each


def test_percents_of_the_receipt_are_rounded_together(ask: Ask) -> None:
    """1.4 is 1; 1.4 + 1.3 is 2.7, so 3 in all: the second takes 2."""
    rewards = [percent(1000, level="receipt"), percent(1000, level="receipt")]
    assert off(ask, [line(1, "milk", 14)], *rewards) == {"milk": 3}


def test_rates_of_a_line_add_up_before_they_are_rounded(ask: Ask) -> None:
    """15 % of 103 is 15.45, 30 % is 30.9: 15, then 16; by itself the second would be 15."""
    for base, discount in (("added_up", 31), ("original", 30)):
        lanes = [{"code": "off", "phase": "discount", "base": base}]
        both = shop(campaign("a", percent(1500), percent(1500)), lanes=lanes)
        assert by_sku(ask(both, [line(1, "milk", 103)]), "discount_minor") == {"milk": discount}


def test_rates_that_add_up_end_at_the_whole(ask: Ask) -> None:
    """70 % and 70 % are 70 and 30."""
    lanes = [{"code": "off", "phase": "discount", "base": "added_up"}]
    outcome = ask(
        shop(campaign("a", percent(7000), percent(7000)), lanes=lanes), [line(1, "a", 100)]
    )
    assert [each["granted_minor"] for each in outcome["lines"][0]["discounts"]] == [70, 30]


# --- Amounts and fixed prices -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "discount"),
    [
        ({"per": "unit"}, 3),  # one whole unit
        ({"per": "quantity"}, 5),  # 4.5, half up
        ({"per": "line"}, 3),
    ],
)
def test_an_amount_is_off_each_unit_or_quantity_or_line(ask: Ask, more: Doc, discount: int) -> None:
    """3 off, of a unit and a half."""
    lines = [line(1, "milk", 150, quantity_milli=1500, price_minor=100)]
    assert off(ask, lines, reward("amount", amount_minor=3, **more)) == {"milk": discount}


def test_an_amount_for_each_so_much_counts_full_ones(ask: Ask) -> None:
    """250 is twice 100, so 20 off: 8 and 12 by value. Five units are twice two: 14 off."""
    lines = [line(1, "bread", 100), line(2, "milk", 150, quantity_milli=4000, price_minor=37)]
    each_100 = reward("amount", amount_minor=10, per="each_amount", each_minor=100)
    assert off(ask, [lines[0], line(2, "milk", 150)], each_100) == {"bread": 8, "milk": 12}
    each_2 = reward("amount", amount_minor=7, per="each_units", each_units=2)
    lines[1] |= {"amount_minor": 148}
    # 14 * 100 / 248 = 5.65, 14 * 148 / 248 = 8.35: 6 and 8.
    assert off(ask, lines, each_2) == {"bread": 6, "milk": 8}


def test_an_amount_may_look_at_prices_after_earlier_lanes(ask: Ask) -> None:
    """Half off leaves 125 of 250: once 100."""
    lanes = [{"code": "first", "phase": "discount"}, {"code": "off", "phase": "discount"}]
    rewards = [
        percent(5000, "first"),
        reward("amount", amount_minor=10, per="each_amount", each_minor=100, after="earlier_lanes"),
    ]
    outcome = ask(shop(campaign("a", *rewards), lanes=lanes), [line(1, "milk", 250)])
    assert outcome["discount_minor"] == 125 + 10


def test_a_fixed_price_takes_off_what_is_above_it(ask: Ask) -> None:
    """A unit and a half at 80 is 120: 30 off 150; what is cheaper already stays."""
    lines = [
        line(1, "milk", 150, quantity_milli=1500, price_minor=100),
        line(2, "soap", 79),
        line(3, "bread", 200, quantity_milli=2500, price_minor=80, weighed=True),
    ]
    each = reward("fixed_price", price_minor=80)
    # A weighed line is one unit: 200 - 80.
    assert off(ask, lines, each) == {"bread": 120, "milk": 30, "soap": 0}


# --- Values -----------------------------------------------------------------------------------


def test_the_first_entry_that_names_the_member_says_the_value(ask: Ask) -> None:
    """A gold member of a family gets what stands first; a guest gets nothing."""
    entries = [{"segments": ["families"], "value": 1000}, {"tiers": ["gold"], "value": 2000}]
    program = {"tiers": [{"code": "gold", "name": "Gold"}]}
    snapshot = shop(campaign("a", reward("percent", by_member=entries)), **program)
    lines = [line(1, "milk", 100)]
    both = member(tier="gold", segments=["families"])
    assert ask(snapshot, lines, both)["discount_minor"] == 10
    assert ask(snapshot, lines, member(tier="gold"))["discount_minor"] == 20
    assert ask(snapshot, lines)["discount_minor"] == 0


def test_a_personal_offer_says_the_value_and_a_rate_ends_at_the_whole(ask: Ask) -> None:
    """An offer of 120 % is 100 %; without an offer there is no discount."""
    snapshot = shop(campaign("a", reward("percent", personal=True)))
    lines = [line(1, "milk", 100)]
    offered = member(offers={"a": {"value": 12_000}})
    assert ask(snapshot, lines, offered)["discount_minor"] == 100
    assert ask(snapshot, lines, member())["discount_minor"] == 0


def test_a_whole_scale_gives_the_step_that_is_reached(ask: Ask) -> None:
    """Three units of all goods together reach the second step; each line alone the first."""
    steps = [{"from": 1000, "value": 1000}, {"from": 3000, "value": 2000}]
    lines = [line(1, "milk", 200, quantity_milli=2000, price_minor=100), line(2, "soap", 100)]
    together = reward("percent", scale={"by": "quantity", "steps": steps})
    assert off(ask, lines, together) == {"milk": 40, "soap": 20}
    alone = reward("percent", scale={"by": "quantity", "over": "line", "steps": steps})
    assert off(ask, lines, alone) == {"milk": 20, "soap": 10}


def test_below_the_first_step_there_is_no_value(ask: Ask) -> None:
    """99 of the 100 that the first step wants."""
    scale = {"by": "receipt_amount", "steps": [{"from": 100, "value": 1000}]}
    assert off(ask, [line(1, "milk", 99)], reward("percent", scale=scale)) == {"milk": 0}
    assert off(ask, [line(1, "milk", 100)], reward("percent", scale=scale)) == {"milk": 10}


def test_a_marginal_scale_counts_each_step_for_its_own_part(ask: Ask) -> None:
    """Of 250: nothing of the first 100, 10 % of the second, 20 % of 50: 20, spread 8 to 12."""
    steps = [{"from": 100, "value": 1000}, {"from": 200, "value": 2000}]
    scale = {"by": "amount", "mode": "marginal", "steps": steps}
    lines = [line(1, "bread", 100), line(2, "milk", 150)]
    assert off(ask, lines, reward("percent", scale=scale)) == {"bread": 8, "milk": 12}


def test_from_the_third_unit_on_the_price_is_80(ask: Ask) -> None:
    """A third of 300 lies in the step: 100 - 80."""
    steps = [{"from": 2000, "value": 80}]
    scale = {"by": "quantity", "over": "line", "mode": "marginal", "steps": steps}
    lines = [line(1, "milk", 300, quantity_milli=3000, price_minor=100)]
    assert off(ask, lines, reward("fixed_price", per="quantity", scale=scale)) == {"milk": 20}


# --- How far it fits --------------------------------------------------------------------------


def test_a_maximum_for_each_unit_cuts_or_leaves_nothing(ask: Ask) -> None:
    """150 is wanted; three units may have 10 each; a bound that leaves nothing leaves nothing."""
    lines = [line(1, "milk", 300, quantity_milli=3000, price_minor=100), line(2, "soap", 10)]
    part = percent(5000, maximum={"unit_minor": 10})
    outcome = ask(shop(campaign("a", part)), lines)
    assert by_sku(outcome, "discount_minor") == {"milk": 30, "soap": 5}
    cut = outcome["cuts"][0]
    assert (cut["by"], cut["wanted_minor"], cut["granted_minor"]) == ("maximum", 155, 35)
    nothing = percent(5000, maximum={"unit_minor": 10, "above": "nothing"})
    assert off(ask, lines, nothing) == {"milk": 0, "soap": 5}


def test_what_a_full_line_refuses_moves_on_or_lapses(ask: Ask) -> None:
    """30 each is wanted, bread has room for 10."""
    lines = [line(1, "bread", 100, min_price_minor=90), line(2, "milk", 100)]
    assert off(ask, lines, amount_off(60)) == {"bread": 10, "milk": 50}
    lapsing = amount_off(60, spread={"full_line": "lapses"})
    outcome = ask(shop(campaign("a", lapsing)), lines)
    assert by_sku(outcome, "discount_minor") == {"bread": 10, "milk": 30}
    cut = outcome["cuts"][0]
    assert (cut["by"], cut["wanted_minor"], cut["granted_minor"]) == ("floor", 60, 40)


@pytest.mark.parametrize(
    ("left_over", "bread", "milk", "soap"),
    [("largest_remainder", 34, 34, 33), ("first_lines", 34, 34, 33), ("last_line", 33, 33, 35)],
)
def test_who_gets_what_a_spread_leaves_over(
    ask: Ask, left_over: str, bread: int, milk: int, soap: int
) -> None:
    """101 over three equal lines: 33 each, and two are left."""
    lines = [line(1, "bread", 50), line(2, "milk", 50), line(3, "soap", 50)]
    shared = off(ask, lines, amount_off(101, spread={"left_over": left_over}))
    assert shared == {"bread": bread, "milk": milk, "soap": soap}


def test_an_amount_may_be_spread_by_units(ask: Ask) -> None:
    """Three units of milk and one of soap: 30 and 10, whatever they cost."""
    lines = [line(1, "milk", 60, quantity_milli=3000, price_minor=20), line(2, "soap", 500)]
    assert off(ask, lines, amount_off(40, spread={"by": "units"})) == {"milk": 30, "soap": 10}


def test_bounds_of_the_total_cut_in_their_order(ask: Ask) -> None:
    """Of 100 the budget leaves 80, the program's limit 60, the cap 50; the last one is named."""
    limit = {
        "code": "l",
        "name": "L",
        "measure": "discount",
        "bound": 60,
        "subject": "store",
        "period": "day",
    }
    snapshot = shop(
        campaign("a", amount_off(100), budget={"discount_minor": 80}),
        discount_cap={"amount_minor": 50},
        limits=[limit],
    )
    outcome = ask(snapshot, [line(1, "milk", 1000)])
    assert outcome["cuts"] == [
        {
            "campaign": "a",
            "lane": "off",
            "by": "cap",
            "limit": "",
            "wanted_minor": 100,
            "granted_minor": 50,
        }
    ]
    capped = shop(
        campaign("a", percent(1000)), discount_cap={"amount_minor": 50, "above": "nothing"}
    )
    assert ask(capped, [line(1, "milk", 500)])["discount_minor"] == 50
    assert ask(capped, [line(1, "milk", 510)])["discount_minor"] == 0


def test_a_campaign_gives_at_most_its_maximum_over_all_its_rewards(ask: Ask) -> None:
    """30 and 20 of the 30 that are wanted then."""
    rewards = campaign("a", amount_off(30), amount_off(30), maximum_discount_minor=50)
    outcome = ask(shop(rewards), [line(1, "milk", 100)])
    assert outcome["discount_minor"] == 50


def test_the_cap_does_not_bound_a_discount_of_the_delivery(ask: Ask) -> None:
    """The cap is used up, and delivery is half as dear all the same."""
    goods = {"kinds": ["delivery"]}
    snapshot = shop(
        campaign("a", percent(5000), percent(5000, goods=goods)), discount_cap={"amount_minor": 10}
    )
    outcome = ask(snapshot, [line(1, "milk", 100), line(2, "van", 60, kind="delivery")])
    assert by_sku(outcome, "discount_minor") == {"milk": 10, "van": 30}


def test_a_cap_in_money_bounds_a_set_with_delivery_whatever_the_goods_cost(ask: Ask) -> None:
    """Half of 10 and of 100 is 55, and the cap leaves 50, though the milk alone costs 10."""
    parts = [{"goods": {"skus": ["milk"]}}, {"goods": {"kinds": ["delivery"]}}]
    half = {"kind": "bundle", "lane": "off", "parts": parts, "effect": {"rate_bp": 5000}}
    snapshot = shop(campaign("a", half), discount_cap={"amount_minor": 50})
    outcome = ask(snapshot, [line(1, "milk", 10), line(2, "van", 100, kind="delivery")])
    assert outcome["discount_minor"] == 50


@pytest.mark.parametrize(
    ("how", "milk", "soap"), [("count", 40, 50), ("skip", 0, 50), ("refuse", 0, 0)]
)
def test_goods_that_are_reduced_count_or_not(ask: Ask, how: str, milk: int, soap: int) -> None:
    """Milk was reduced before us, from 100 to 80."""
    lines = [line(1, "milk", 100, external_discount_minor=20), line(2, "soap", 100)]
    assert off(ask, lines, percent(5000, reduced_goods=how)) == {"milk": milk, "soap": soap}


# --- Units ------------------------------------------------------------------------------------


def six_articles() -> list[Doc]:
    """Units at 100, 90, 80, 70, 60, 50."""
    return [line(n, f"s{n}", price) for n, price in enumerate((100, 90, 80, 70, 60, 50), 1)]


@pytest.mark.parametrize(
    ("more", "free"),
    [
        ({}, {"s3": 80, "s6": 50}),  # 100 90 [80] 70 60 [50]
        ({"pick": "of_all"}, {"s5": 60, "s6": 50}),
        ({"which": "dearest"}, {"s1": 100, "s4": 70}),
        ({"which": "dearest", "pick": "of_all"}, {"s1": 100, "s2": 90}),
        ({"times": 1}, {"s3": 80}),
        ({"rewarded_counts": True}, {"s2": 90, "s4": 70, "s6": 50}),  # of every two
        ({"effect": {"rate_bp": 5000}}, {"s3": 40, "s6": 25}),
        ({"effect": {"price_minor": 55}}, {"s3": 25}),  # the 50 is cheaper already
    ],
)
def test_three_for_two(ask: Ask, more: Doc, free: dict[str, int]) -> None:
    """Of every three units one is rewarded."""
    multibuy = reward("multibuy", buy_units=2, get_units=1, **more)
    shared = off(ask, six_articles(), multibuy)
    assert {sku: discount for sku, discount in shared.items() if discount} == free


def test_a_group_that_is_not_full_gives_a_part_or_asks_for_a_gift(ask: Ask) -> None:
    """Buy two, get two, with three units: one of them, and one more to be added."""
    lines = six_articles()[:3]
    part = reward("multibuy", buy_units=2, get_units=2, incomplete="part")
    assert off(ask, lines, part) == {"s1": 0, "s2": 0, "s3": 80}
    outcome = ask(shop(campaign("a", {**part, "incomplete": "gift"})), lines)
    assert outcome["discount_minor"] == 80
    assert outcome["gifts"] == [{"campaign": "a", "lane": "off", "skus": [], "units": 1}]
    # With two there is nothing to be rewarded yet, and two are missing.
    outcome = ask(shop(campaign("a", {**part, "incomplete": "gift"})), lines[:2])
    assert outcome["discount_minor"] == 0
    assert outcome["gifts"] == [{"campaign": "a", "lane": "off", "skus": [], "units": 2}]


def test_what_is_bought_leaves_enough_to_be_rewarded(ask: Ask) -> None:
    """The dearer milk would be bought first, but then there would be nothing to reward."""
    both = {"skus": ["milk", "bread"]}
    buy_get = reward("buy_get", buy=[{"goods": both}], goods={"skus": ["milk"]})
    lines = [line(1, "milk", 100), line(2, "bread", 50)]
    assert off(ask, lines, buy_get) == {"bread": 0, "milk": 100}


def test_a_rewarded_unit_may_be_one_of_those_bought(ask: Ask) -> None:
    """Milk and soap together make the cheaper of the two free, without a third unit."""
    goods = {"skus": ["milk", "soap"]}
    buy = [{"goods": {"skus": ["milk"]}}, {"goods": {"skus": ["soap"]}}]
    lines = [line(1, "milk", 100), line(2, "soap", 40)]
    alone = reward("buy_get", buy=buy, goods=goods)
    assert off(ask, lines, alone) == {"milk": 0, "soap": 0}
    assert off(ask, lines, {**alone, "rewarded_counts": True}) == {"milk": 0, "soap": 40}


def test_for_every_set_that_is_bought_the_till_is_told_what_is_missing(ask: Ask) -> None:
    """Two units of milk, each with a soap, of which there is one."""
    buy_get = reward(
        "buy_get",
        buy=[{"goods": {"skus": ["milk"]}}],
        goods={"skus": ["soap"]},
        incomplete="gift",
    )
    lines = [line(1, "milk", 200, quantity_milli=2000, price_minor=100), line(2, "soap", 40)]
    outcome = ask(shop(campaign("a", buy_get)), lines)
    assert by_sku(outcome, "discount_minor") == {"milk": 0, "soap": 40}
    assert outcome["gifts"] == [{"campaign": "a", "lane": "off", "skus": ["soap"], "units": 1}]


def bundle(effect: Doc, **more: object) -> Doc:
    """Bread and milk as a set."""
    parts = [{"goods": {"skus": ["bread"]}}, {"goods": {"skus": ["milk"]}}]
    return reward("bundle", parts=parts, effect=effect, **more)


def test_a_set_has_a_price_of_its_own(ask: Ask) -> None:
    """180 for 150: 30 off, by value 16.67 and 13.33."""
    lines = [line(1, "bread", 100), line(2, "milk", 80), line(3, "soap", 500)]
    assert off(ask, lines, bundle({"price_minor": 150})) == {"bread": 17, "milk": 13, "soap": 0}


def test_sets_end_when_one_is_not_worth_more_than_its_price(ask: Ask) -> None:
    """The dearer bread makes a set of 180; the cheaper one would make one of 130."""
    lines = [
        line(1, "bread", 100),
        line(2, "bread", 50),
        line(3, "milk", 160, quantity_milli=2000, price_minor=80),
    ]
    outcome = ask(shop(campaign("a", bundle({"price_minor": 150}))), lines)
    assert outcome["discount_minor"] == 30
    # At 129 both are worth it: 310 - 258.
    assert ask(shop(campaign("a", bundle({"price_minor": 129}))), lines)["discount_minor"] == 52


def test_a_gift_that_is_not_there_is_asked_for(ask: Ask) -> None:
    """Two soaps are promised: one is free, one more is to be added; or neither."""
    gift = reward("gift", goods={"skus": ["soap"]}, units=2)
    lines = [line(1, "milk", 100), line(2, "soap", 40)]
    outcome = ask(shop(campaign("a", gift)), lines)
    assert by_sku(outcome, "discount_minor") == {"milk": 0, "soap": 40}
    assert outcome["gifts"] == [{"campaign": "a", "lane": "off", "skus": ["soap"], "units": 1}]
    nothing = ask(shop(campaign("a", {**gift, "missing": "nothing"})), lines)
    assert (nothing["discount_minor"], nothing["gifts"]) == (0, [])


def test_a_weighed_line_is_one_unit_and_free_as_a_whole(ask: Ask) -> None:
    """Two weighings and one piece: the cheapest of three is the smaller weighing."""
    lines = [
        line(1, "cheese", 300, quantity_milli=1500, price_minor=200, weighed=True),
        line(2, "cheese", 100, quantity_milli=500, price_minor=200, weighed=True),
        line(3, "milk", 120),
    ]
    outcome = ask(shop(campaign("a", reward("multibuy", buy_units=2))), lines)
    assert [each["discount_minor"] for each in outcome["lines"]] == [100, 0, 0]


def test_units_are_worth_their_part_of_the_line(ask: Ask) -> None:
    """One of three units that cost 100 together is worth 33.33, down."""
    lines = [line(1, "milk", 100, **CUPS)]
    assert off(ask, lines, reward("multibuy", buy_units=2)) == {"milk": 33}
