"""Sales worked out by hand: goods, conditions, limits, discounts by hand.

Put to the oracle and to the engine, as in `test_by_hand`.
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


def limit(measure: str, bound: int, **more: object) -> Doc:
    """A limit of one receipt, if nothing else is said."""
    standard = {"code": "l", "name": "L", "period": "receipt", "subject": "partner"}
    return {**standard, "measure": measure, "bound": bound, **more}


# --- Lines ------------------------------------------------------------------------------------


def test_a_discount_by_hand_is_cut_by_permission_floor_and_cap(ask: Ask) -> None:
    """Each cut is named with what cut it last, and the program's campaigns work on the rest."""
    by_hand = {"permissions": [{"code": "seller", "rate_bp": 2000}]}
    rules = shop(campaign("a", percent(1000)), manual_discounts=by_hand)
    lines = [
        line(1, "bread", 1000, manual_discount_minor=150),  # 20 % are 200: whole
        line(2, "milk", 1000, manual_discount_minor=300),  # 200
        line(3, "soap", 1000, manual_discount_minor=300, min_price_minor=900),  # 200, then 100
    ]
    outcome = ask(rules, lines, manual_permission="seller")
    assert by_sku(outcome, "manual_discount_minor") == {"bread": 150, "milk": 200, "soap": 100}
    # 10 % of 850, 800 and 900; soap is at its floor.
    assert by_sku(outcome, "discount_minor") == {"bread": 85, "milk": 80, "soap": 0}
    cuts = [
        (c["campaign"], c["by"], c["wanted_minor"], c["granted_minor"]) for c in outcome["cuts"]
    ]
    assert cuts == [
        ("", "maximum", 300, 200),
        ("", "floor", 300, 100),
        ("a", "floor", 255, 165),
    ]
    assert outcome["manual_discount_minor"] == 450

    # A cap of 300: 300 * 150 / 450, 200 / 450, 100 / 450 are 100, 133.3 and 66.6.
    capped = shop(campaign("a", percent(1000)), **rules["programs"][0])
    capped["programs"][0]["discount_cap"] = {"amount_minor": 300}
    outcome = ask(capped, lines, manual_permission="seller")
    assert by_sku(outcome, "manual_discount_minor") == {"bread": 100, "milk": 133, "soap": 67}
    assert {cut["by"] for cut in outcome["cuts"]} == {"cap"}
    assert outcome["discount_minor"] == 0

    # Without a permission of this program nothing is given.
    assert ask(rules, lines, manual_permission="boss")["manual_discount_minor"] == 0


def test_a_discount_by_hand_goes_back_to_the_lines_that_asked_for_it(ask: Ask) -> None:
    """Of two equal lines only one asked, and gets it."""
    by_hand = {"permissions": [{"code": "seller", "rate_bp": 1000}]}
    rules = shop(campaign("a", amount_off(30)), manual_discounts=by_hand)
    lines = [line(1, "milk", 100), line(2, "milk", 100, manual_discount_minor=20)]
    outcome = ask(rules, lines, manual_permission="seller")
    # 10 % of both are 20: granted whole. 30 by the starts 100 and 80: 16.6 and 13.3.
    assert by_position(outcome, "manual_discount_minor") == {1: 0, 2: 20}
    assert by_position(outcome, "discount_minor") == {1: 17, 2: 13}


@pytest.mark.parametrize(
    ("goods", "meant"),
    [
        ({"tags": ["eco"]}, {"milk"}),
        ({"suppliers": ["Delta"]}, {"soap"}),
        ({"barcodes": ["4600"]}, {"bread"}),
        ({"flags": ["alcohol"]}, {"beer"}),
        ({"flags": ["weighed", "alcohol"]}, {"beer", "soap"}),
        ({"brands": ["Alpha", "Beta"], "price_min_minor": 150}, {"bread"}),
        ({"price_max_minor": 150}, {"milk"}),
        ({"kinds": ["delivery"]}, {"van"}),
        ({"categories": ["food"], "within": {"tags": ["eco"]}}, {"milk"}),
        ({"favourites": True}, {"milk"}),
        ({"offered": True}, {"soap", "bread", "beer", "milk"}),
        ({"offered": True, "but_not": {"flags": ["alcohol"]}}, {"soap", "bread", "milk"}),
    ],
)
def test_choices_of_goods_mean_what_lists_name_less_what_the_rest_leaves_out(
    ask: Ask, goods: Doc, meant: set[str]
) -> None:
    """Every way to name goods, and every way to narrow them down."""
    lines = [
        line(1, "milk", 100),
        line(2, "bread", 200, barcode="4600"),
        line(3, "soap", 300, weighed=True),
        line(4, "beer", 400),
        line(5, "van", 500, kind="delivery"),
    ]
    offers = {"a": {"value": 0, "skus": ["soap"], "categories": ["food"]}}
    buyer = member(favourites=["dairy"], offers=offers)
    outcome = ask(shop(campaign("a", percent(1000, goods=goods))), lines, buyer)
    assert {each["sku"] for each in outcome["lines"] if each["discount_minor"]} == meant


# --- Conditions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "held"),
    [
        ({"days_of_month": [22]}, True),
        ({"days_of_month": [21]}, False),
        ({"days_of_month": [21], "last_day_of_month": True}, False),
        ({"dates": ["2026-11-22"], "but_not_dates": ["2026-11-23"]}, True),
        ({"but_not_dates": ["2026-11-22"]}, False),
    ],
)
def test_days_of_a_schedule(ask: Ask, schedule: Doc, held: bool) -> None:
    """A Sunday, the 22nd of November."""
    rules = shop(campaign("a", percent(1000), schedule=schedule))
    outcome = ask(rules, [line(1, "milk", 1000)])
    assert (outcome["discount_minor"] > 0) is held
    assert nearly(outcome) == ([] if held else [("a", "schedule")])


def test_the_last_day_of_a_month_may_be_the_29th(ask: Ask) -> None:
    """The last day of February 2028, which is a leap year."""
    last = {"last_day_of_month": True}
    rules = shop(campaign("a", percent(1000), schedule=last))
    basket = [line(1, "milk", 1000)]
    for day, discount in (("2028-02-28", 0), ("2028-02-29", 100), ("2027-02-28", 100)):
        assert ask(rules, basket, local_time=f"{day}T12:00:00")["discount_minor"] == discount


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ({"kind": "purchase_number", "number": 5}, True),
        ({"kind": "purchase_number", "every": 5}, True),
        ({"kind": "purchase_number", "every": 4}, False),
        ({"kind": "birthday", "days_before": 3}, True),
        ({"kind": "birthday", "days_before": 2, "days_after": 180}, False),
        ({"kind": "days_since_purchase", "compare": "at_least", "days": 1}, False),
        (
            {"kind": "spend_in_window", "window_days": 30, "compare": "equal", "amount_minor": 7},
            True,
        ),
        (
            {
                "kind": "spend_in_window",
                "window_days": 30,
                "category": "food",
                "compare": "at_most",
                "amount_minor": 0,
            },
            True,
        ),
        (
            {
                "kind": "member_attribute",
                "name": "since",
                "compare": "less_than",
                "value": "2026-11-01",
            },
            True,
        ),
        ({"kind": "member_attribute", "name": "children", "value": 1}, False),
        ({"kind": "distinct_goods", "compare": "equal", "count": 1}, True),
        ({"kind": "tender", "kinds": ["card"], "bins": ["41"]}, True),
        ({"kind": "tender", "kinds": ["cash"], "bins": ["41"]}, False),
        ({"kind": "place", "terminals": [{"store": "one", "terminal": "t1"}]}, True),
        ({"kind": "channel", "channels": ["app"]}, False),
        ({"kind": "coupon_series", "series": "autumn"}, True),
        ({"kind": "personal_offer"}, False),
    ],
)
def test_conditions_hold_or_fail_by_what_is_known(ask: Ask, condition: Doc, held: bool) -> None:
    """A member's fifth purchase, three days before the birthday, of one article at till one."""
    buyer = member(
        purchases=4,
        days_to_birthday=3,
        days_since_birthday=362,
        spend={"30": 7},
        attributes={"since": "2026-10-31", "children": True},  # a yes is no number
        offers={"b": {"value": 1}},
    )
    outcome = ask(
        shop(campaign("a", percent(1000), when=condition)),
        [line(1, "milk", 1000), line(2, "milk", 900)],
        buyer,
        tenders=[{"kind": "cash"}, {"kind": "card", "bin": "4111"}],
        terminal="t1",
        coupons=["X-1"],
        coupon_series={"X-1": "autumn"},
    )
    assert (outcome["discount_minor"] > 0) is held


def test_late_conditions_see_what_earlier_lanes_did(ask: Ask) -> None:
    """The second lane opens at 900: `a` works there, `b` not; `c` works because `a` did before."""
    lanes = [{"code": name, "phase": "discount"} for name in ("one", "two", "three")]
    over = {"kind": "receipt_amount", "compare": "at_least", "after": "earlier_lanes"}
    rules = shop(
        campaign("first", percent(1000, "one")),
        campaign("a", amount_off(50, "two"), when={**over, "amount_minor": 900}),
        campaign("b", amount_off(50, "two"), when={**over, "amount_minor": 901}),
        campaign(
            "c",
            amount_off(7, "three"),
            when={"kind": "campaign_applied", "campaigns": ["a", "b"]},
        ),
        lanes=lanes,
    )
    outcome = ask(rules, [line(1, "milk", 1000)])
    taken = {each["code"]: each["discount_minor"] for each in outcome["applied"]}
    assert taken == {"first": 100, "a": 50, "c": 7}
    assert nearly(outcome) == [("b", "receipt_amount")]


def test_a_campaign_without_rewards_applies_when_it_holds_and_issues(ask: Ask) -> None:
    """Two coupons, a certificate, a gift; the tag is for members only."""
    issues = [
        {"kind": "issue_coupon", "series": "autumn", "count": 2, "valid_days": 7},
        {"kind": "issue_certificate", "series": "money", "amount_minor": 500},
        {"kind": "give_tag", "tag": "early"},
        {"kind": "give_gift", "gift": "mug"},
    ]
    rules = shop(campaign("a", issues=issues))
    guest = ask(rules, [line(1, "milk", 1000)])
    issued = [(i["kind"], i["code"], i["count"], i["amount_minor"]) for i in guest["issued"]]
    assert issued == [
        ("issue_coupon", "autumn", 2, 0),
        ("issue_certificate", "money", 1, 500),
        ("give_gift", "mug", 1, 0),
    ]
    assert [each["code"] for each in guest["applied"]] == ["a"]
    assert "early" in [i["code"] for i in ask(rules, [line(1, "milk", 9)], member())["issued"]]


# --- Limits -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "discounts"),
    [
        # Cheapest first: 2 milk at 100, then 1 of the 3 breads at 200.
        (limit("units", 3), {"bread": 20, "milk": 20}),
        (limit("units", 3, which="dearest"), {"bread": 60, "milk": 0}),
        (limit("units", 1, each_sku=True), {"bread": 20, "milk": 10}),
        (limit("units", 1, goods={"skus": ["milk"]}), {"bread": 60, "milk": 10}),
        # 2,000 thousandths of milk and 500 of bread: 600 * 500 / 3,000 = 100.
        (limit("quantity", 2500), {"bread": 10, "milk": 20}),
        # 200 for milk, 100 left: 3,000 * 100 / 600 = 500 thousandths of bread.
        (limit("amount", 300), {"bread": 10, "milk": 20}),
    ],
)
def test_limits_of_goods_say_on_how_much_of_each_line_a_reward_works(
    ask: Ask, bound: Doc, discounts: dict[str, int]
) -> None:
    """Ten percent of the portions that fit."""
    lines = [
        line(1, "milk", 200, quantity_milli=2000, price_minor=100),
        line(2, "bread", 600, quantity_milli=3000, price_minor=200),
    ]
    outcome = ask(shop(campaign("a", percent(1000), limits=[bound])), lines)
    assert by_sku(outcome, "discount_minor") == discounts


def test_limits_claim_what_was_used_in_slots_of_their_own(ask: Ask) -> None:
    """Units by article, what was granted by month, and the moment itself for an interval."""
    limits = [
        limit("units", 5, code="each", each_sku=True, period="day"),
        limit("discount", 100, code="money", period="month"),
        limit("interval", 60, code="pause", period="lifetime"),
        limit("purchases", 9, code="hours", period="rolling", rolling_hours=48),
        limit("purchases", 9, code="days", period="rolling", rolling_hours=49),
        limit("units", 9, code="receipt"),
    ]
    uses = {"a/each/2026-11-22/milk": 3, "a/money/2026-11-01": 75, "a/pause/last": 60}
    lines = [line(1, "milk", 300, quantity_milli=3000, price_minor=100), line(2, "soap", 1)]
    outcome = ask(
        shop(campaign("a", percent(1000, goods={"skus": ["milk"]}), limits=limits)),
        lines,
        limit_uses=uses,
    )
    # 2 of 3 milks are left: 10 % of 200.
    assert outcome["discount_minor"] == 20
    claims = [(c["limit"], c["slot"], c["uses"]) for c in outcome["limit_claims"]]
    assert claims == [
        ("each", "2026-11-22/milk", 2),
        ("money", "2026-11-01", 20),
        ("pause", "2026-11-22T18:30:00", 1),
        ("hours", "2026-11-22T18", 1),
        ("days", "2026-11-22", 1),
    ]
    early = ask(
        shop(campaign("a", percent(1000), limits=limits)), lines, limit_uses={"a/pause/last": 59}
    )
    assert nearly(early) == [("a", "limit")]


def test_a_program_refuses_to_sell_more_than_its_limit_leaves(ask: Ask) -> None:
    """Three beers where two are left: the sale is refused, and the rest of the outcome stands."""
    beers = limit(
        "units",
        5,
        code="beer",
        name="Beer",
        above="refuse_sale",
        goods={"flags": ["alcohol"]},
        period="day",
        message={"cashier": "No more beer", "slip": ""},
    )
    rules = shop(campaign("a", percent(1000)), limits=[beers])
    lines = [line(1, "beer", 300, quantity_milli=3000, price_minor=100), line(2, "milk", 100)]
    fine = ask(rules, lines, limit_uses={"/beer/2026-11-22": 2})
    assert fine["refused"] == []
    assert [claim["uses"] for claim in fine["limit_claims"]] == [3]
    outcome = ask(rules, lines, limit_uses={"/beer/2026-11-22": 3})
    refused = {"limit": "beer", "name": "Beer", "sku": "", "wanted": 3, "left": 2}
    assert outcome["refused"] == [refused]
    assert outcome["discount_minor"] == 40
    message = {"place": "cashier", "campaign": "", "text": "No more beer"}
    assert outcome["messages"] == [message]


def test_a_program_gives_no_discount_above_its_limit(ask: Ask) -> None:
    """Where one receipt a day was had already, nothing is granted and the limit is named."""
    once = limit("purchases", 1, code="once", period="day", subject="member")
    rules = shop(campaign("a", percent(1000), earning(1000)), limits=[once])
    lines = [line(1, "milk", 1000)]
    outcome = ask(rules, lines, member(), limit_uses={"/once/2026-11-22": 1})
    (cut,) = outcome["cuts"]
    assert (cut["by"], cut["limit"], cut["granted_minor"]) == ("limit", "once", 0)
    assert outcome["points_earned_minor"] == 100
    assert outcome["limit_claims"] == []
    # The use of a guest is 0, and nothing is claimed.
    guest = ask(rules, lines, limit_uses={"/once/2026-11-22": 1})
    assert (guest["discount_minor"], guest["limit_claims"]) == (100, [])


def test_points_that_may_be_spent_are_limited(ask: Ask) -> None:
    """Of 500 points 300 are left to be spent today; 301 are refused."""
    spending = limit("points_spent", 300, code="pay", period="day", message={"slip": "Enough"})
    rules = shop(campaign("a", earning(1)), limits=[spending])
    lines = [line(1, "milk", 1000)]
    most = ask(rules, lines, member(500), points_to_spend="max")
    assert most["redemption"]["points_minor"] == 300
    assert [shown["text"] for shown in most["messages"]] == ["Enough"]
    assert ("pay", 300) in [(claim["limit"], claim["uses"]) for claim in most["limit_claims"]]
    above = ask(rules, lines, member(500), points_to_spend=301)["redemption"]
    assert (above["refused"], above["max_points_minor"]) == ("POINTS_ABOVE_MAXIMUM", 300)
