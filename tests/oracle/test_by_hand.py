"""Receipts worked out by hand from docs/rules.md: put to the oracle, so that it can fail by itself.

So is the engine. The numbers stand in the comments; nothing here computes what it expects.
"""

from __future__ import annotations

import pytest

from tests.oracle.by_hand import (
    Ask,
    Doc,
    amount_off,
    asking,
    by_position,
    by_sku,
    campaign,
    earning,
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


def test_half_a_percent_of_999_99_earns_4_99_points(ask: Ask) -> None:
    """A share of the amount is rounded down to a minor unit of points, once."""
    # 99,999 * 50 / 10,000 = 499.995, down: 499 hundredths of a point.
    fine = ask(shop(campaign("a", earning(50))), [line(1, "milk", 99_999)], member())
    assert fine["points_earned_minor"] == 499

    # In whole points: 999.99 * 0.005 = 4.99995, down: 4.
    whole = {"code": "points", "name": "Points", "exponent": 0}
    coarse = shop(campaign("a", earning(50)), currencies=[whole])
    assert ask(coarse, [line(1, "milk", 99_999)], member())["points_earned_minor"] == 4


def test_points_per_unit_count_whole_units_and_leave_out_what_is_not_meant(ask: Ask) -> None:
    """Three units earn three times the points, part of a unit and excluded goods nothing."""
    goods = {"categories": ["food"], "but_not": {"skus": ["bread"]}}
    reward = {"kind": "points_amount", "lane": "earn", "points_minor": 7, "goods": goods}
    lines = [
        line(1, "milk", 350, quantity_milli=3500, price_minor=100),  # 3 units: 3 * 7
        line(2, "bread", 100),  # left out by but_not
        line(3, "soap", 100),  # not food
    ]
    earned = by_sku(ask(shop(campaign("a", reward)), lines, member()), "points_earned_minor")
    assert earned == {"milk": 21, "bread": 0, "soap": 0}


def test_weighed_lines_are_one_unit_each(ask: Ask) -> None:
    """Two weighings of the same cheese are two canonical lines of one unit each."""
    reward = {"kind": "amount", "lane": "off", "amount_minor": 10}
    lines = [
        line(2, "milk", 150, quantity_milli=750, price_minor=200, weighed=True),
        line(1, "milk", 50, quantity_milli=250, price_minor=200, weighed=True),
    ]
    outcome = ask(shop(campaign("a", reward)), lines)
    # 10 each, whatever they weigh; in order of quantity.
    assert [each["quantity_milli"] for each in outcome["lines"]] == [250, 750]
    assert by_position(outcome, "discount_minor") == {1: 10, 2: 10}


def test_goods_set_how_much_may_be_paid_with_points(ask: Ask) -> None:
    """With 30 % of food and nothing of soap, 300 of 1,000 + 500 may be paid, and not one more."""
    caps = [
        {"goods": {"categories": ["food"]}, "rate_bp": 3000},
        {"goods": {"skus": ["soap"]}, "rate_bp": 0},
    ]
    rules = shop(campaign("a", earning(1)), redemption={"goods_caps": caps})
    lines = [line(1, "milk", 1000), line(2, "soap", 500)]

    paid = ask(rules, lines, member(5000), points_to_spend=300)
    assert paid["redemption"]["max_points_minor"] == 300
    assert paid["redemption"]["value_minor"] == 300
    assert paid["payable_minor"] == 1200
    assert by_sku(paid, "points_value_minor") == {"milk": 300, "soap": 0}

    above = ask(rules, lines, member(5000), points_to_spend=301)["redemption"]
    assert (above["refused"], above["value_minor"]) == ("POINTS_ABOVE_MAXIMUM", 0)
    short = ask(rules, lines, member(200), points_to_spend=201)["redemption"]
    assert (short["refused"], short["max_points_minor"]) == ("INSUFFICIENT_POINTS", 200)
    guest = ask(rules, lines, points_to_spend=1)
    assert (guest["redemption"]["refused"], guest["payable_minor"]) == ("MEMBER_REQUIRED", 1500)


def test_full_payment_leaves_the_money_that_must_remain(ask: Ask) -> None:
    """The delivery charge is not paid with points, but its money counts as money that remains."""
    rules = shop(campaign("a", earning(1)), redemption={"min_money_minor": 100})
    goods = line(1, "milk", 1000)
    # Payable 1,000: at most 1,000 - 100. With a delivery of 60 at most 1,060 - 100 = 960.
    assert ask(rules, [goods], member(5000), points_to_spend="max")["points_value_minor"] == 900
    with_delivery = [goods, line(2, "van", 60, kind="delivery")]
    outcome = ask(rules, with_delivery, member(5000), points_to_spend="max")
    assert by_sku(outcome, "points_value_minor") == {"milk": 960, "van": 0}
    assert outcome["payable_minor"] == 100


def test_points_are_worth_their_ratio_down_and_the_fewest_are_taken(ask: Ask) -> None:
    """At 5 minor units for 2 points 999 cannot be met exactly; at 1 for 100 the odd 50 stay."""
    currency = {"code": "points", "name": "Points", "value_minor": 5, "value_points_minor": 2}
    rules = shop(campaign("a", earning(1)), currencies=[currency])
    # 399 * 2.5 = 997.5 → 997; 400 * 2.5 = 1,000 is more than 999; 398 are worth only 995.
    best = ask(rules, [line(1, "milk", 999)], member(9999), points_to_spend="max")["redemption"]
    assert (best["max_points_minor"], best["max_value_minor"]) == (399, 997)

    currency = {"code": "points", "name": "Points", "value_minor": 1, "value_points_minor": 100}
    rules = shop(campaign("a", earning(1)), currencies=[currency])
    # 250 / 100 = 2.5 → 2, and 200 points are worth 2 too.
    some = ask(rules, [line(1, "milk", 999)], member(9999), points_to_spend=250)["redemption"]
    assert (some["wanted_points_minor"], some["points_minor"], some["value_minor"]) == (250, 200, 2)


def test_points_are_earned_on_what_is_left_to_pay_for_eligible_lines(ask: Ask) -> None:
    """The base is the sum of eligible lines after discounts."""
    off = campaign("a", percent(1000, goods={"skus": ["milk"]}))
    lines = [
        line(1, "milk", 1000),  # 900 after 10 %
        line(2, "bread", 500, no_points=True),  # not eligible
        line(3, "van", 300, kind="delivery"),  # not eligible
        line(4, "soap", 205),
    ]
    outcome = ask(shop(off, campaign("b", earning(1000))), lines, member())
    # (900 + 205) * 10 % = 110.5 → 110; by base: 89.59… and 20.40…, the unit left over to milk.
    assert outcome["points_earned_minor"] == 110
    earned = by_sku(outcome, "points_earned_minor")
    assert earned == {"milk": 90, "bread": 0, "van": 0, "soap": 20}


@pytest.mark.parametrize(
    ("accrual", "earned"),
    [
        ({"exclude_paid_with_points": True}, 70),  # 10 % of 1,000 - 300
        ({"exclude_paid_with_points": False}, 100),  # 10 % of 1,000
        ({"earn_when_points_spent": False}, 0),
    ],
)
def test_what_is_paid_with_points_earns_as_the_program_says(
    ask: Ask, accrual: Doc, earned: int
) -> None:
    """Of 1,000 paid with 300 points, 700 earn, or 1,000, or nothing."""
    rules = shop(campaign("a", earning(1000)), accrual=accrual)
    outcome = ask(rules, [line(1, "milk", 1000)], member(300), points_to_spend="max")
    assert outcome["points_value_minor"] == 300
    assert outcome["points_earned_minor"] == earned


def test_a_tier_multiplies_points_before_they_are_rounded(ask: Ask) -> None:
    """123.45 at 100 % and times 1.5 are 185 whole points, not one and a half times 123."""
    whole = {"code": "points", "name": "Points"}
    gold = {"code": "gold", "name": "Gold", "points_multiplier_bp": 15_000}
    rules = shop(campaign("a", earning(10_000)), currencies=[whole], tiers=[gold])
    basket = [line(1, "milk", 12_345)]
    # 123.45 * 1.5 = 185.175 → 185; without a tier 123.
    assert ask(rules, basket, member(tier="gold"))["points_earned_minor"] == 185
    assert ask(rules, basket, member())["points_earned_minor"] == 123


def test_a_guest_gets_discounts_and_earns_nothing(ask: Ask) -> None:
    """Without a member the campaigns for all still work, and nothing is an error."""
    both = campaign("a", percent(1000), earning(1000), messages=[{"place": "slip", "text": "Hi"}])
    outcome = ask(shop(both), [line(1, "milk", 1000)])
    assert (outcome["discount_minor"], outcome["points_earned_minor"]) == (100, 0)
    assert outcome["redemption"]["refused"] == ""
    assert [shown["text"] for shown in outcome["messages"]] == ["Hi"]


def test_equal_lines_are_rounded_once_and_split_back(ask: Ask) -> None:
    """Two lines of 5 at 10 % are one of 10: one minor unit off, on the earlier line."""
    lines = [line(7, "milk", 5), line(3, "milk", 5)]
    outcome = ask(shop(campaign("a", percent(1000))), lines)
    # Each alone would round 0.5 up to 1. Together 1, shared 0.5 and 0.5; the tie goes to line 3.
    assert outcome["discount_minor"] == 1
    assert by_position(outcome, "discount_minor") == {3: 1, 7: 0}


def test_one_amount_is_spread_by_value_and_a_full_line_passes_it_on(ask: Ask) -> None:
    """The remainder goes to the earlier line, and what a floor keeps back to the others."""
    rules = shop(campaign("a", amount_off(100)))
    even = [line(1, "bread", 300), line(2, "milk", 300), line(3, "soap", 300)]
    # 33.33… each: 33, and the unit left over to the first in canonical order, bread.
    assert by_sku(ask(rules, even), "discount_minor") == {"bread": 34, "milk": 33, "soap": 33}

    floored = [line(1, "bread", 300, min_price_minor=290), *even[1:]]
    # bread has room for 10; the other 90 are 45 and 45.
    assert by_sku(ask(rules, floored), "discount_minor") == {"bread": 10, "milk": 45, "soap": 45}


def test_discount_and_points_go_back_to_the_tills_lines_within_their_own_rooms(ask: Ask) -> None:
    """The discount by starts, each at most down to its own floor; then points by what is left."""
    milk = {"price_minor": 100, "min_price_minor": 80}
    lines = [
        line(1, "milk", 100, **milk, external_discount_minor=15),  # start 85, floor 80, room 5
        line(2, "milk", 100, **milk),  # start 100, room 20
    ]
    outcome = ask(shop(campaign("a", amount_off(20))), lines, member(50), points_to_spend=50)
    # 20 * 85 / 185 = 9.1… is more than 5: 5, and 15 for the other.
    assert by_position(outcome, "discount_minor") == {1: 5, 2: 15}
    # Left 80 and 85: 50 * 80 / 165 = 24.24… and 25.75…: 24 and 26.
    assert by_position(outcome, "points_value_minor") == {1: 24, 2: 26}


def test_a_floor_cuts_what_a_reward_wants_and_says_so(ask: Ask) -> None:
    """Half of 1,000 above a minimum price of 800 is 200, and the cut is named."""
    lines = [line(1, "milk", 1000, min_price_minor=800), line(2, "soap", 100, no_discount=True)]
    outcome = ask(shop(campaign("a", percent(5000))), lines)
    # Wanted 500 on milk and 50 on soap, granted 200.
    assert by_sku(outcome, "discount_minor") == {"milk": 200, "soap": 0}
    (cut,) = outcome["cuts"]
    assert cut == {
        "campaign": "a",
        "lane": "off",
        "by": "floor",
        "limit": "",
        "wanted_minor": 550,
        "granted_minor": 200,
    }


def test_external_discounts_use_the_cap_up_first(ask: Ask) -> None:
    """Of a cap of 10 % of 1,000, an external discount of 30 leaves 70."""
    rules = shop(campaign("a", percent(5000)), discount_cap={"rate_bp": 1000, "amount_minor": 999})
    lines = [line(1, "bread", 600, external_discount_minor=30), line(2, "milk", 400)]
    outcome = ask(rules, lines)
    # Wanted 50 % of 570 and 400: 285 + 200 = 485. 70 * 285 / 485 = 41.13… and 28.86…: 41 and 29.
    assert by_sku(outcome, "discount_minor") == {"bread": 41, "milk": 29}
    (cut,) = outcome["cuts"]
    assert (cut["by"], cut["wanted_minor"], cut["granted_minor"]) == ("cap", 485, 70)


def test_a_budget_gives_what_it_has_left_and_is_named_before_an_equal_cap(ask: Ask) -> None:
    """The last part of a budget fits; a campaign without budget left is not open."""
    limited = campaign("a", percent(1000), budget={"discount_minor": 500, "uses": 10})
    rules = shop(limited, discount_cap={"amount_minor": 60})
    basket = [line(1, "milk", 1000)]
    # 100 wanted; 500 - 440 = 60 left of the budget, and 60 of the cap.
    outcome = ask(rules, basket, budgets={"a": {"discount_minor": 440, "uses": 3}})
    assert [(cut["by"], cut["granted_minor"]) for cut in outcome["cuts"]] == [("budget", 60)]
    assert outcome["budget_claims"] == [{"campaign": "a", "discount_minor": 60, "uses": 1}]

    spent = ask(rules, basket, budgets={"a": {"discount_minor": 440, "uses": 10}})
    assert (spent["discount_minor"], spent["budget_claims"]) == (0, [])
    assert nearly(spent) == [("a", "budget")]


@pytest.mark.parametrize(
    ("lane", "milk", "soap"),
    [
        # b, of higher priority, takes 10 % of milk; a then takes 20 % of all.
        ({}, 100 + 180, 200),  # 20 % of 900
        ({"base": "original"}, 100 + 200, 200),  # 20 % of 1,000
        ({"policy": "first", "scope": "line"}, 100, 200),  # milk is closed to a
        ({"policy": "first", "scope": "receipt"}, 100, 0),  # b keeps the lane
    ],
)
def test_campaigns_stand_together_as_their_lane_says(
    ask: Ask, lane: Doc, milk: int, soap: int
) -> None:
    """All add up on the current or the original price, or the first takes line or receipt."""
    of_milk = campaign("b", percent(1000, goods={"skus": ["milk"]}), priority=1)
    of_all = campaign("a", percent(2000))
    rules = shop(of_all, of_milk, lanes=[{"code": "off", "phase": "discount", **lane}])
    outcome = ask(rules, [line(1, "milk", 1000), line(2, "soap", 1000)])
    assert by_sku(outcome, "discount_minor") == {"milk": milk, "soap": soap}


def test_a_weekly_limit_counts_from_monday_and_is_claimed_once(ask: Ask) -> None:
    """The use of this week counts, that of the last does not; a guest fails the limit."""
    limit = {"code": "weekly", "name": "Weekly", "bound": 2, "period": "week"}
    rules = shop(campaign("a", percent(1000), percent(1000), limits=[limit]))
    basket = [line(1, "milk", 1000)]

    uses = {"a/weekly/2026-11-16": 1, "a/weekly/2026-11-09": 2}
    (claim,) = ask(rules, basket, member(), limit_uses=uses)["limit_claims"]
    assert claim == {
        "campaign": "a",
        "limit": "weekly",
        "subject": "member",
        "slot": "2026-11-16",
        "uses": 1,
        "bound": 2,
    }
    used = ask(rules, basket, member(), limit_uses={"a/weekly/2026-11-16": 2})
    assert (used["discount_minor"], used["limit_claims"]) == (0, [])
    assert nearly(used) == [("a", "limit")]
    assert ask(rules, basket)["discount_minor"] == 0


def test_every_distinct_coupon_is_answered(ask: Ask) -> None:
    """Applied, not applicable, not in force or unknown; inside a `not` a code is known at least."""

    def coupon(code: str) -> Doc:
        return {"kind": "coupon", "code": code}

    over = {"ends_at": "2026-11-22T18:30:00"}
    identified = {"kind": "identified"}
    rules = shop(
        campaign("a", percent(1000), when=coupon("GOOD")),
        campaign("b", percent(1000), when={"kind": "all", "of": [coupon("CLUB"), identified]}),
        campaign("c", percent(1000), when=coupon("PAST"), schedule=over),
        campaign("d", percent(1000), when={"kind": "not", "of": coupon("BAR")}),
    )
    codes = ["PAST", "GOOD", "CLUB", "GOOD", "BAR", "NO"]
    outcome = ask(rules, [line(1, "milk", 1000)], coupons=codes)
    assert {each["code"]: each["status"] for each in outcome["coupons"]} == {
        "GOOD": "applied",
        "CLUB": "not_applicable",
        "PAST": "not_in_force",
        "BAR": "not_applicable",
        "NO": "unknown",
    }
    assert len(outcome["coupons"]) == 5
    # b lacks a member only, and its coupon found it; c is outside its dates, d reached by everyone.
    assert nearly(outcome) == [("b", "identified"), ("d", "not")]


@pytest.mark.parametrize(
    ("time", "discount"),
    [("21:59:59", 0), ("22:00:00", 100), ("23:00:00", 100), ("05:59:59", 100), ("06:00:00", 0)],
)
def test_a_span_of_the_day_may_run_across_midnight(ask: Ask, time: str, discount: int) -> None:
    """From ten in the evening until six: the first moment counts, the last does not."""
    night = {"time_from": "22:00:00", "time_until": "06:00:00", "weekdays": [7]}
    rules = shop(campaign("a", percent(1000), schedule=night))
    outcome = ask(rules, [line(1, "milk", 1000)], local_time=f"2026-11-22T{time}")
    assert outcome["discount_minor"] == discount


def test_messages_say_what_was_taken_off_and_earned(ask: Ask) -> None:
    """Money and points are written with their own decimals."""
    text = "{campaign}: {discount} and {points}"
    both = campaign("a", percent(1000), earning(1), messages=[{"place": "display", "text": text}])
    currency = {"code": "points", "name": "Points", "exponent": 4}
    outcome = ask(shop(both, currencies=[currency]), [line(1, "milk", 1004)], member())
    # 10 % of 1,004 is 100.4 → 100: 1.00. On 9.04 the ten-thousandth part: 0.000904 → 0.0009.
    assert [shown["text"] for shown in outcome["messages"]] == ["a: 1.00 and 0.0009"]


def test_no_wish_and_no_reward_passes_ten_to_the_fifteen(ask: Ask) -> None:
    """A line of a million units times 10^14 would leave 64 bits: both stop at 10^15."""
    huge = {
        "position": 1,
        "sku": "milk",
        "quantity_milli": 10**9,
        "price_minor": 1,
        "amount_minor": 10**6,
    }
    rules = shop(
        campaign("off", {"kind": "amount", "lane": "off", "amount_minor": 10**14}),
        campaign("earn", {"kind": "points_amount", "lane": "earn", "points_minor": 10**14}),
    )
    outcome = ask(rules, [huge], {"member_id": "m"})
    # 10^14 x 10^6 units = 10^20 wished, cut to 10^15; the line has room for its 10^6.
    assert outcome["cuts"][0]["wanted_minor"] == 10**15
    assert outcome["discount_minor"] == 10**6
    # 10^14 x 10^6 units = 10^20 points, cut to 10^15.
    assert outcome["points_earned_minor"] == 10**15


@pytest.mark.parametrize("level", ["line", "reward", "receipt"])
def test_a_receipt_earns_at_most_ten_to_the_fifteen_of_each_currency(ask: Ask, level: str) -> None:
    """So many rewards of a campaign, and campaigns, would leave 64 bits together."""
    most: Doc = {"kind": "points_amount", "lane": "earn", "points_minor": 10**15 - 3}
    two = {**most, "points_minor": 2}
    rules = shop(
        campaign("a", most, two, {**most, "currency": "stars"}),
        campaign("b", two, most),
        currencies=[{"code": "points", "name": "Points"}, {"code": "stars", "name": "Stars"}],
        accrual={"level": level},
    )
    outcome = ask(rules, [line(1, "milk", 1000)], member())
    # Of points a has 10^15 - 3 and 2, so b has 1, and then nothing; stars are counted apart.
    assert [(each["currency"], each["points_minor"]) for each in outcome["earned"]] == [
        ("points", 10**15),
        ("stars", 10**15 - 3),
    ]
    points = [each for each in outcome["lines"][0]["points"] if each["currency"] == "points"]
    assert [each["points_minor"] for each in points] == [10**15 - 3, 2, 1]
    assert not outcome["cuts"]


def test_a_variable_is_filled_in_once(ask: Ask) -> None:
    """A campaign whose name looks like a variable is shown by its name."""
    named = campaign("c", percent(1000), messages=[{"place": "slip", "text": "{campaign}!"}])
    named["name"] = "Earn {points}"
    milk = {
        "position": 1,
        "sku": "milk",
        "quantity_milli": 1000,
        "price_minor": 1000,
        "amount_minor": 1000,
    }
    assert ask(shop(named), [milk])["messages"][0]["text"] == "Earn {points}!"
