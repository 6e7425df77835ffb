"""Certificates and passes worked out by hand, put to the oracle and to the engine."""

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
    percent,
    shop,
)

GIFT: Doc = {"code": "gift", "name": "Gift card"}
FOOD: Doc = {"code": "food", "name": "Food card", "goods": {"categories": ["food"]}}
MILK: Doc = {
    "code": "milk",
    "name": "Milk pass",
    "kind": "pass",
    "goods": {"skus": ["milk"]},
}
VISITS: Doc = {"code": "visits", "name": "Ten visits", "kind": "pass"}


@pytest.fixture(params=["oracle", "engine"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Ask one of the two."""
    return asking(request.param)


def shown(*codes: str, **at_most: int) -> list[Doc]:
    """Certificates of a receipt."""
    return [{"code": code, "at_most": at_most.get(code, 0)} for code in codes]


def having(left: int, series: str = "gift", **more: object) -> Doc:
    """What is known of a certificate."""
    return {"series": series, "left": left, **more}


def found(outcome: Doc) -> dict[str, tuple[str, int, int, int]]:
    """Of each certificate what became of it: status, paid, units, left."""
    return {
        each["code"]: (each["status"], each["paid_minor"], each["units"], each["left"])
        for each in outcome["certificates"]
    }


def parts(outcome: Doc, code: str) -> list[tuple[int, int, int]]:
    """What a certificate paid of each till line: position, money, units."""
    answer = next(each for each in outcome["certificates"] if each["code"] == code)
    return [(part["position"], part["paid_minor"], part["units"]) for part in answer["parts"]]


def test_a_certificate_pays_in_proportion_to_what_is_left_of_its_lines(ask: Ask) -> None:
    """After a discount of 10 %; delivery is paid, too, and no price changes."""
    rules = shop(campaign("a", percent(1000)), certificates=[GIFT])
    lines = [line(1, "milk", 1000), line(2, "soap", 500), line(3, "van", 350, kind="delivery")]
    outcome = ask(rules, lines, certificates=shown("G"), certificate_states={"G": having(1000)})
    assert outcome["discount_minor"] == 150
    # 1,000 over 900, 450 and 350: 529.4, 264.7 and 205.9; the two largest remainders get one.
    assert by_sku(outcome, "certificates_minor") == {"milk": 529, "soap": 265, "van": 206}
    assert found(outcome) == {"G": ("applied", 1000, 0, 0)}
    assert parts(outcome, "G") == [(1, 529, 0), (2, 265, 0), (3, 206, 0)]
    assert (outcome["certificates_minor"], outcome["payable_minor"]) == (1000, 700)


def test_a_certificate_pays_no_more_than_is_left_to_pay_or_asked_for(ask: Ask) -> None:
    """400 asked of one; the other pays the rest and keeps what it does not need."""
    rules = shop(certificates=[GIFT])
    outcome = ask(
        rules,
        [line(1, "milk", 1000)],
        certificates=shown("A", "B", A=400),
        certificate_states={"A": having(5000, ends="2026-12-01"), "B": having(5000)},
    )
    assert found(outcome) == {"A": ("applied", 400, 0, 4600), "B": ("applied", 600, 0, 4400)}
    assert outcome["payable_minor"] == 0


def test_certificates_are_spent_in_an_order_that_saves_the_wider_ones(ask: Ask) -> None:
    """Fewer lines, then the earlier end, then the code: the order on the receipt never matters."""
    rules = shop(certificates=[GIFT, FOOD])
    lines = [line(1, "milk", 300), line(2, "soap", 300)]
    states = {
        "a": having(300),
        "b": having(300, ends="2026-12-31"),
        "c": having(300, ends="2026-12-01"),
        "d": having(200, "food"),
    }
    for codes in (("a", "b", "c", "d"), ("d", "c", "b", "a")):
        outcome = ask(rules, lines, certificates=shown(*codes), certificate_states=states)
        assert found(outcome) == {
            "a": ("not_needed", 0, 0, 300),
            "b": ("applied", 100, 0, 200),
            "c": ("applied", 300, 0, 0),
            "d": ("applied", 200, 0, 0),
        }
        # 300 over what `d` left, 100 and 300; then the rest.
        assert parts(outcome, "c") == [(1, 75, 0), (2, 225, 0)]
        assert parts(outcome, "b") == [(1, 25, 0), (2, 75, 0)]


@pytest.mark.parametrize(
    ("state", "status", "left"),
    [
        (None, "unknown", 0),
        (having(500, problem="blocked"), "blocked", 500),
        (having(500, problem="not_active"), "not_active", 500),
        (having(500, "elsewhere", problem="expired"), "expired", 500),
        (having(0, problem="used_up"), "used_up", 0),
        (having(500, "elsewhere"), "not_accepted", 500),
        (having(500, "far"), "wrong_store", 500),
        (having(500, "bread"), "wrong_goods", 500),
        (having(0), "not_needed", 0),
        (having(5, "visits"), "wrong_goods", 5),
        (having(5, "milk"), "wrong_goods", 5),
    ],
)
def test_a_certificate_is_rejected_for_the_first_reason_that_holds(
    ask: Ask, state: Doc | None, status: str, left: int
) -> None:
    """There is half a milk, and soap by weight: no pass can pay for a unit of them."""
    bread = {"code": "bread", "name": "Bread", "goods": {"skus": ["bread"]}}
    far = {"code": "far", "name": "Far", "stores": ["two"], "goods": {"skus": ["bread"]}}
    rules = shop(certificates=[GIFT, MILK, VISITS, bread, far])
    rules["stores"].append({**rules["stores"][0], "code": "two"})
    lines = [
        line(1, "milk", 50, price_minor=100, quantity_milli=500),
        line(2, "soap", 600, price_minor=300, quantity_milli=2000, weighed=True),
    ]
    states = {"X": state} if state else {}
    outcome = ask(rules, lines, certificates=shown("X"), certificate_states=states)
    assert found(outcome) == {"X": (status, 0, 0, left)}
    assert outcome["payable_minor"] == 650


def test_nothing_is_needed_where_nothing_is_left_to_pay(ask: Ask) -> None:
    """Units of a line that is free are not spent, nor money on it."""
    rules = shop(campaign("a", percent(10_000)), certificates=[GIFT, VISITS])
    outcome = ask(
        rules,
        [line(1, "milk", 100)],
        certificates=shown("G", "V"),
        certificate_states={"G": having(100), "V": having(3, "visits")},
    )
    assert found(outcome) == {"G": ("not_needed", 0, 0, 100), "V": ("not_needed", 0, 0, 3)}


def test_a_pass_pays_for_the_dearest_units_of_its_lines(ask: Ask) -> None:
    """Three units: two beers at 150 each, then one of the milks of 100; never the broken rest."""
    rules = shop(certificates=[VISITS])
    lines = [
        line(1, "milk", 250, price_minor=100, quantity_milli=2500),
        line(2, "beer", 300, price_minor=150, quantity_milli=2000),
    ]
    outcome = ask(
        rules, lines, certificates=shown("V"), certificate_states={"V": having(3, "visits")}
    )
    assert found(outcome) == {"V": ("applied", 400, 3, 0)}
    assert parts(outcome, "V") == [(1, 100, 1), (2, 300, 2)]
    assert outcome["payable_minor"] == 150
    plenty = ask(
        rules, lines, certificates=shown("V"), certificate_states={"V": having(9, "visits")}
    )
    assert found(plenty) == {"V": ("applied", 500, 4, 5)}
    assert plenty["payable_minor"] == 50


def test_units_of_two_passes_add_up_to_the_price(ask: Ask) -> None:
    """Three for 100: units are worth 33, 33 and 34, whichever pass pays them."""
    rules = shop(campaign("a", amount_off(200)), certificates=[MILK, VISITS])
    lines = [line(1, "milk", 300, price_minor=100, quantity_milli=3000)]
    outcome = ask(
        rules,
        lines,
        certificates=shown("V", "M", M=2),
        certificate_states={"V": having(9, "visits"), "M": having(9, "milk", ends="2026-12-01")},
    )
    assert found(outcome) == {"M": ("applied", 66, 2, 7), "V": ("applied", 34, 1, 8)}
    assert outcome["payable_minor"] == 0


def test_a_unit_counts_even_if_it_is_worth_nothing(ask: Ask) -> None:
    """Two for one minor unit: the first is worth 0."""
    outcome = ask(
        shop(certificates=[VISITS]),
        [line(1, "milk", 1, price_minor=0, quantity_milli=2000)],
        certificates=shown("V"),
        certificate_states={"V": having(1, "visits")},
    )
    assert found(outcome) == {"V": ("applied", 0, 1, 0)}
    assert parts(outcome, "V") == [(1, 0, 1)]


def test_passes_pay_before_points_and_certificates_after_them(ask: Ask) -> None:
    """Half of what the pass leaves may be paid with points; the certificate pays the rest."""
    rules = shop(certificates=[MILK, GIFT], redemption={"rate_bp": 5000, "min_money_minor": 450})
    lines = [line(1, "milk", 400, price_minor=200, quantity_milli=2000), line(2, "soap", 700)]
    outcome = ask(
        rules,
        lines,
        member(10_000),
        points_to_spend="max",
        certificates=shown("G", "M"),
        certificate_states={"G": having(1000), "M": having(1, "milk")},
    )
    assert found(outcome) == {"G": ("applied", 450, 0, 550), "M": ("applied", 200, 1, 0)}
    # 100 of milk and 350 of soap, and 450 must be left in money: which the certificate is.
    assert outcome["redemption"]["max_points_minor"] == 450
    assert by_sku(outcome, "points_value_minor") == {"milk": 100, "soap": 350}
    assert by_sku(outcome, "certificates_minor") == {"milk": 300, "soap": 350}
    assert outcome["payable_minor"] == 0


@pytest.mark.parametrize(
    ("accrual", "points"),
    [
        ({}, 100),
        ({"exclude_paid_with_certificates": True}, 30),
        ({"exclude_paid_with_certificates": True, "base": "before_discounts"}, 130),
    ],
)
def test_the_part_paid_with_certificates_earns_by_a_setting(
    ask: Ask, accrual: Doc, points: int
) -> None:
    """10 % of 1,000 after a discount of 1,000, of which a pass paid 500 and a certificate 200."""
    rules = shop(
        campaign("a", percent(5000), earning(1000)), certificates=[MILK, GIFT], accrual=accrual
    )
    outcome = ask(
        rules,
        [line(1, "milk", 2000, price_minor=1000, quantity_milli=2000)],
        member(),
        certificates=shown("M", "G"),
        certificate_states={"M": having(1, "milk"), "G": having(200)},
    )
    assert (outcome["certificates_minor"], outcome["payable_minor"]) == (700, 300)
    assert outcome["points_earned_minor"] == points


def test_what_a_pass_paid_of_equal_lines_stands_where_its_units_are(ask: Ask) -> None:
    """The second milk is bought with money, and comes back with money."""
    lines = [line(2, "milk", 100), line(4, "milk", 100), line(6, "milk", 100)]
    outcome = ask(
        shop(certificates=[MILK, VISITS, GIFT]),
        lines,
        certificates=shown("M", "V", "G"),
        certificate_states={
            "M": having(1, "milk"),
            "V": having(1, "visits"),
            "G": having(50),
        },
    )
    assert parts(outcome, "M") == [(2, 100, 1)]
    assert parts(outcome, "V") == [(4, 100, 1)]
    assert parts(outcome, "G") == [(6, 50, 0)]
    assert by_position(outcome, "certificates_minor") == {2: 100, 4: 100, 6: 50}


def test_a_pass_pays_broken_units_last_and_beside_them_what_they_are_not_worth(ask: Ask) -> None:
    """Half a milk and one and a half make two units: of the second, the half has only its 50."""
    lines = [
        line(1, "milk", 50, price_minor=100, quantity_milli=500),
        line(2, "milk", 150, price_minor=100, quantity_milli=1500),
    ]
    rules = shop(certificates=[MILK])
    states = {"M": having(1, "milk")}
    outcome = ask(rules, lines, certificates=shown("M"), certificate_states=states)
    assert parts(outcome, "M") == [(2, 100, 1)]
    states = {"M": having(2, "milk")}
    outcome = ask(rules, lines, certificates=shown("M"), certificate_states=states)
    assert parts(outcome, "M") == [(1, 50, 1), (2, 150, 1)]


def test_cash_is_rounded_after_certificates(ask: Ask) -> None:
    """Of 1,033 less 500, 33 are rounded away."""
    outcome = ask(
        shop(certificates=[GIFT], cash_rounding={"to_minor": 100}),
        [line(1, "milk", 1033)],
        tenders=[{"kind": "cash"}],
        certificates=shown("G"),
        certificate_states={"G": having(500)},
    )
    assert (outcome["payable_minor"], outcome["rounding_minor"]) == (500, 33)
