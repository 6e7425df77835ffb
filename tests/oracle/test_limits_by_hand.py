"""Sales worked out by hand: what limits of units cut, and what rewards use up of them.

Put to the oracle and to the engine, as in `test_by_hand`.
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
    nearly,
    percent,
    shop,
)

GIFT: Doc = {"kind": "gift", "lane": "off", "goods": {"skus": ["bread"]}, "units": 3}
BUY_GET: Doc = {
    "kind": "buy_get",
    "lane": "off",
    "buy": [{"goods": {"skus": ["milk"]}}],
    "goods": {"skus": ["bread"]},
}


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


def limit(code: str, bound: int, measure: str = "units", **more: object) -> Doc:
    """A limit of all receipts together."""
    common = {"name": code, "measure": measure, "subject": "campaign", "period": "lifetime"}
    return {"code": code, "bound": bound, **common, **more}


def three_milk() -> list[Doc]:
    """300 in all."""
    return [line(1, "milk", 300, quantity_milli=3000, price_minor=100)]


def cuts(outcome: Doc) -> list[tuple[str, str, int, int]]:
    """What cut, which limit, wanted, granted."""
    return [
        (cut["by"], cut["limit"], cut["wanted_minor"], cut["granted_minor"])
        for cut in outcome["cuts"]
    ]


@pytest.mark.parametrize(
    ("used", "reward", "cut"),
    [
        (0, percent(1000), []),
        # Ten percent of two thirds of 300; of nothing.
        (1, percent(1000), [("limit", "l", 30, 20)]),
        (3, percent(1000), [("limit", "l", 30, 0)]),
        # Ten off the line, however little of it is left; but not of nothing.
        (1, amount_off(10, per="line"), []),
        (3, amount_off(10, per="line"), [("limit", "l", 10, 0)]),
        # The maximum cuts last, and what is wanted is that of all three.
        (1, percent(1000, maximum={"line_minor": 15}), [("maximum", "", 30, 15)]),
    ],
)
def test_a_limit_of_units_is_shown_beside_what_was_wanted_without_it(
    ask: Ask, used: int, reward: Doc, cut: list[tuple[str, str, int, int]]
) -> None:
    """It never closes the campaign, and cuts nothing where as much is wished under it."""
    rules = shop(campaign("a", reward, limits=[limit("l", 3, message={"slip": "No more"})]))
    outcome = ask(rules, three_milk(), limit_uses={"a/l/1970-01-01": used})
    assert cuts(outcome) == cut
    assert nearly(outcome) == []
    said = [shown["text"] for shown in outcome["messages"]]
    assert said == ["No more" for by, *_ in cut if by == "limit"]


def test_the_first_of_the_limits_that_give_a_line_its_quantity_binds_it(ask: Ask) -> None:
    """`wide` gives two units, `one` and `other` one: the first of these two."""
    limits = [limit("wide", 2), limit("one", 1), limit("other", 1000, "quantity")]
    outcome = ask(shop(campaign("a", percent(1000), limits=limits)), three_milk())
    assert cuts(outcome) == [("limit", "one", 30, 10)]


def test_a_line_that_a_reward_leaves_out_is_not_bound(ask: Ask) -> None:
    """The bread is reduced and skipped: that its limit is full is not why milk is cut."""
    limits = [limit("bread", 1, goods={"skus": ["bread"]}), limit("milk", 2)]
    skipping = percent(1000, reduced_goods="skip", goods={"skus": ["bread", "milk"]})
    bread = line(2, "bread", 100, external_discount_minor=10)
    rules = shop(campaign("a", skipping, limits=limits))
    outcome = ask(rules, [bread, *three_milk()], limit_uses={"a/bread/1970-01-01": 1})
    # Cheapest first: bread starts at 90 and is given one of the two.
    assert cuts(outcome) == [("limit", "milk", 30, 10)]
    # With nothing but the bread bound nothing was lost.
    rules = shop(campaign("a", skipping, limits=limits[:1]))
    outcome = ask(rules, [bread, *three_milk()], limit_uses={"a/bread/1970-01-01": 1})
    assert (outcome["discount_minor"], cuts(outcome)) == (30, [])


def test_the_till_adds_nothing_to_a_gift_that_a_limit_bounds(ask: Ask) -> None:
    """Two of three are there: one is missing; but under a limit of one no more may be given."""
    breads = [line(1, "bread", 200, quantity_milli=2000, price_minor=100)]
    outcome = ask(shop(campaign("a", GIFT)), breads)
    assert [each["units"] for each in outcome["gifts"]] == [1]
    outcome = ask(shop(campaign("a", GIFT, limits=[limit("l", 1)])), breads)
    assert (outcome["discount_minor"], outcome["gifts"]) == (100, [])
    assert cuts(outcome) == [("limit", "l", 200, 100)]


def test_rewards_that_count_units_use_up_what_was_bought(ask: Ask) -> None:
    """One milk bought, one bread free: two units, 300 of starts, though one line was cheaper."""
    limits = [limit("units", 9), limit("amount", 900, "amount")]
    lines = [line(1, "milk", 200), line(2, "bread", 100)]
    outcome = ask(shop(campaign("a", BUY_GET, limits=limits)), lines)
    assert by_sku(outcome, "discount_minor") == {"milk": 0, "bread": 100}
    claims = {claim["limit"]: claim["uses"] for claim in outcome["limit_claims"]}
    assert claims == {"units": 2, "amount": 300}


def test_points_show_what_was_wanted_without_limits_of_units(ask: Ask) -> None:
    """A tenth of 300 as points, of which two units are left, or none."""
    rules = shop(campaign("a", earning(1000), limits=[limit("l", 3)]))
    for used, granted in ((1, 20), (3, 0)):
        outcome = ask(rules, three_milk(), member(), limit_uses={"a/l/1970-01-01": used})
        assert outcome["points_earned_minor"] == granted
        assert cuts(outcome) == [("limit", "l", 30, granted)]
