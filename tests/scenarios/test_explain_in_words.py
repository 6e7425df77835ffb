"""`explain` for people who take calls: no minor units and no codes, however deep they stand."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from checkout.engine.schema.conditions import Condition
from checkout.stories.explain import explain_lines
from checkout.wording.kinds import KINDS
from tests.oracle.running import FACTS, RECEIPT, compiled
from tests.unit.verdict_cases import (
    EARN,
    LATER,
    MEMBER,
    OFF,
    goods,
    line,
    percent,
    points,
    sale,
    shop,
    verdict_on,
)

Doc = dict[str, Any]

A_100 = sale(line("a", 10_000))


def why(snapshot: Doc, receipt: Doc = A_100, facts: Doc | None = None) -> str:
    """What is said of the campaign `y`, which is asked about."""
    told = explain_lines(
        compiled(snapshot),
        FACTS.validate_python(MEMBER if facts is None else facts),
        RECEIPT.validate_python(receipt),
        "y",
    )
    row = next(text for text in told if text.startswith("y "))
    return " ".join(row.split()[1:])


def amount_is(compare: str, amount_minor: int, **rest: Any) -> Doc:
    return {"kind": "receipt_amount", "compare": compare, "amount_minor": amount_minor, **rest}


def quantity_is(compare: str, quantity_milli: int) -> Doc:
    return {"kind": "receipt_quantity", "compare": compare, "quantity_milli": quantity_milli}


def no(condition: Doc) -> Doc:
    return {"kind": "not", "of": condition}


def group(kind: str, *of: Doc) -> Doc:
    return {"kind": kind, "of": list(of)}


IDENTIFIED: Doc = {"kind": "identified"}
SPENT: Doc = {
    "kind": "spend_in_window",
    "window_days": 30,
    "compare": "more_than",
    "amount_minor": 123_456,
}

CONDITIONS = [
    (amount_is("at_least", 100_000), "sum of goods: needs at least 1000.00; seen: 100.00"),
    (
        amount_is("at_least", 500, goods=goods("b", "c")),
        "sum of goods: needs at least 5.00 of b, c; seen: 0.00",
    ),
    (quantity_is("more_than", 1_500), "quantity of goods: needs more than 1.5; seen: 1"),
    (SPENT, "spent: needs more than 1234.56 in 30 days; seen: 0.00"),
    (
        no(group("all", IDENTIFIED, amount_is("less_than", 100_000))),
        (
            "needs not (customer: a member and sum of goods: less than 1000.00);"
            " seen: customer: a member; sum of goods: 100.00"
        ),
    ),
    (
        group("any", amount_is("equal", 5), group("all", quantity_is("at_least", 2_000), SPENT)),
        (
            "any of: needs sum of goods: exactly 0.05 or (quantity of goods: at least 2"
            " and spent: more than 1234.56 in 30 days);"
            " seen: sum of goods: 100.00; quantity of goods: 1; spent: 0.00"
        ),
    ),
    (
        no(no(amount_is("at_most", 5))),
        "needs not (not (sum of goods: at most 0.05)); seen: sum of goods: 100.00",
    ),
    (
        {"kind": "contains_goods", "goods": {"price_max_minor": 999}},
        "goods: needs goods priced up to 9.99; seen: none",
    ),
    (
        no({"kind": "contains_goods", "goods": {"price_min_minor": 999}}),
        "needs not (goods: goods priced from 9.99); seen: goods: a",
    ),
    ({"kind": "place", "chains": ["other"]}, "place: needs chain other; seen: chain ch"),
    ({"kind": "place", "formats": ["big"]}, "place: needs format big; seen: format d"),
    (
        no({"kind": "place", "formats": ["d"], "stores": ["t"]}),
        "needs not (place: t, format d); seen: place: s, format d",
    ),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_conditions_are_told_in_words_wherever_they_stand(condition: Doc, expected: str) -> None:
    """Money with its decimals, quantities in pieces, comparisons and kinds in words."""
    snapshot = shop({"code": "y", "when": condition, "rewards": [percent(1_000)]})
    assert why(snapshot) == f"unmet {expected}"


def test_the_outcome_itself_keeps_values_as_rules_have_them() -> None:
    """The words are those of the command; machines read minor units and the schema's codes."""
    condition = no(group("all", IDENTIFIED, amount_is("less_than", 100_000)))
    snapshot = shop({"code": "y", "when": condition, "rewards": [percent(1_000)]})
    told = verdict_on("y", snapshot, A_100, MEMBER)
    assert told.needed == "not (identified a member and receipt_amount less_than 100000)"
    assert told.seen == "identified a member; receipt_amount 10000"


def one(reward: Doc, **campaign: Any) -> Doc:
    return {"code": "y", "rewards": [reward], **campaign}


X: Doc = {"code": "x", "name": "Xmas", "priority": 5, "rewards": [percent(1_000)]}
CENTS: Doc = {"currencies": [{"code": "pt", "name": "Points", "exponent": 2}]}

REST = {
    "an exclusive campaign": (
        shop({**X, "exclusive": "all"}, one(percent(2_000))),
        A_100,
        (
            "beaten alone it would have given 20.00 in lane off; x (Xmas), which is exclusive,"
            " gave 10.00"
        ),
    ),
    "an exclusive campaign that a cap leaves nothing": (
        shop(
            {**X, "exclusive": "below"},
            one(percent(2_000)),
            lanes=({**OFF, "policy": "best", "scope": "receipt"}, LATER, EARN),
            discount_cap={"amount_minor": 1, "above": "nothing"},
        ),
        A_100,
        (
            "beaten alone it would have given 20.00 in lane off; x (Xmas), which is exclusive,"
            " keeps it away"
        ),
    ),
    "one that may not stand beside it": (
        shop({**X, "not_with": ["y"]}, one(percent(2_000, "later"))),
        A_100,
        (
            "beaten alone it would have given 18.00 in lane later; it may not stand beside"
            " x (Xmas), which gave 10.00"
        ),
    ),
    "one that may not stand beside it, and gave money where this one earns": (
        shop({**X, "not_with": ["y"]}, one(points(7))),
        A_100,
        "beaten alone it would have given 7 pt in lane earn; it may not stand beside x (Xmas)",
    ),
    "points with decimals": (
        shop(
            {**X, "rewards": [points(150)]},
            one(points(725)),
            lanes=(OFF, LATER, {**EARN, "policy": "first", "scope": "receipt"}),
            **CENTS,
        ),
        A_100,
        "beaten alone it would have given 7.25 pt in lane earn; x (Xmas) gave 1.50 pt",
    ),
    "goods that take no discount": (
        shop(one(percent(2_000))),
        sale(line("a", 10_000, no_discount=True)),
        "cut nothing left: there are goods that take no discount",
    ),
    "the lowest price": (
        shop(one(percent(2_000))),
        sale(line("a", 10_000, min_price_minor=10_000)),
        "cut nothing left: the lowest price of the goods",
    ),
    "a multibuy that is incomplete": (
        shop(one({"kind": "multibuy", "lane": "off", "buy_units": 2})),
        sale(line("a", 10_000, 2)),
        "nothing open, but nothing for it: needs 3 units; seen: 2 units",
    ),
    "a set that is not worth its price": (
        shop(
            one(
                {
                    "kind": "bundle",
                    "lane": "off",
                    "parts": [{"goods": goods("a")}],
                    "effect": {"price_minor": 10_050},
                }
            )
        ),
        A_100,
        "nothing open, but nothing for it: needs a set dearer than 100.50; seen: none",
    ),
}


@pytest.mark.parametrize("case", list(REST))
def test_what_became_of_an_open_campaign_is_told_in_words(case: str) -> None:
    """Who beat it and why, what cut it, what it lacked; points in their currency."""
    snapshot, receipt, expected = REST[case]
    assert why(snapshot, receipt) == expected


def test_every_kind_of_condition_has_words() -> None:
    """A new kind cannot be forgotten: the call centre would see a code, or an error."""
    documents = get_args(get_args(Condition)[0])
    assert {each.model_fields["kind"].default for each in documents} - KINDS.keys() == set()
