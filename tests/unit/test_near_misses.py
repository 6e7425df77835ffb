"""Offers of what would be worth buying more: what they promise is what the campaign itself does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.verdict_cases import (
    MEMBER,
    OFF,
    amount,
    goods,
    line,
    offers,
    percent,
    points,
    sale,
    shop,
)

Doc = dict[str, Any]

A_900 = sale(line("a", 90_000))


def from_1000(*rewards: Doc, **campaign: Any) -> Doc:
    """The campaign that is nearly applied: from 1000.00 on."""
    when = {"kind": "receipt_amount", "compare": "at_least", "amount_minor": 100_000}
    return {"code": "big", "when": when, "rewards": list(rewards), **campaign}


def pieces(compare: str, quantity: int, *skus: str) -> Doc:
    """So many pieces of some goods."""
    return {
        "kind": "receipt_quantity",
        "compare": compare,
        "quantity_milli": quantity * 1_000,
        "goods": goods(*skus),
    }


TEN: Doc = {"code": "ten", "rewards": [percent(1_000)]}
BEST: tuple[Doc, ...] = ({**OFF, "policy": "best", "scope": "receipt"},)
#: 50.00 off as long as the receipt is below 1000.00.
SMALL: Doc = {
    "code": "small",
    "when": {"kind": "receipt_amount", "compare": "less_than", "amount_minor": 100_000},
    "rewards": [amount(5_000)],
}

#: Rules, receipt, and the offer: article, what it costs more, pieces, what is saved.
CASES: dict[str, tuple[Doc, Doc, tuple[str, int, int, int] | None]] = {
    "money off from an amount": (
        shop(from_1000(amount(30_000))),
        A_900,
        ("", 10_000, 0, 30_000),
    ),
    "one point, while another campaign grows": (shop(from_1000(points(1)), TEN), A_900, None),
    "messages only, while another campaign grows": (
        shop(from_1000(messages=[{"place": "slip", "text": "Thank you"}]), TEN),
        A_900,
        None,
    ),
    "beside another campaign that grows: its own part": (
        shop(from_1000(amount(30_000, "later")), TEN),
        A_900,
        ("", 10_000, 0, 30_000),
    ),
    "instead of another campaign: what it gives more than that one would": (
        shop(from_1000(percent(1_500)), TEN, lanes=BEST),
        A_900,
        ("", 10_000, 0, 5_000),
    ),
    "instead of another campaign that would give more": (
        shop(from_1000(percent(500)), TEN, lanes=BEST),
        A_900,
        None,
    ),
    "another campaign is lost by buying more: what is left of the gain": (
        shop(from_1000(amount(30_000)), SMALL),
        A_900,
        ("", 10_000, 0, 25_000),
    ),
    "another campaign that is lost gave more": (
        shop(from_1000(amount(4_000)), SMALL),
        A_900,
        None,
    ),
    "the cap leaves it nothing that others would not take": (
        shop(
            from_1000(amount(30_000)), TEN | {"priority": 5}, discount_cap={"amount_minor": 9_000}
        ),
        A_900,
        None,
    ),
    "another campaign works only beside it": (
        shop(
            from_1000(amount(1_000)),
            {
                "code": "more",
                "when": {"kind": "campaign_applied", "campaigns": ["big"]},
                "rewards": [amount(2_000, "later")],
            },
        ),
        A_900,
        ("", 10_000, 0, 3_000),
    ),
    "a discount by hand is not forgotten": (
        shop(
            from_1000(amount(30_000)),
            manual_discounts={"permissions": [{"code": "boss", "rate_bp": 10_000}]},
        ),
        sale(line("a", 120_000, manual_discount_minor=30_000), manual_permission="boss"),
        ("", 10_000, 0, 30_000),
    ),
    "pieces of the cheapest article that counts": (
        shop({"code": "big", "when": pieces("at_least", 4, "a", "b"), "rewards": [amount(700)]}),
        sale(line("a", 500), line("b", 300)),
        ("b", 600, 2, 700),
    ),
    "more than so many pieces": (
        shop({"code": "big", "when": pieces("more_than", 3, "a"), "rewards": [percent(1_000)]}),
        sale(line("a", 9_000, 3)),
        ("a", 9_000, 1, 3_600),
    ),
    "goods of which there is none": (
        shop({"code": "big", "when": pieces("at_least", 2, "b"), "rewards": [amount(700)]}),
        sale(line("a", 500)),
        None,
    ),
    "a sum that must not be passed": (
        shop({"code": "big", "when": pieces("at_most", 2, "a"), "rewards": [amount(700)]}),
        sale(line("a", 500, 3)),
        None,
    ),
    "the sale of so many would be refused": (
        shop(
            {"code": "big", "when": pieces("at_least", 4, "a"), "rewards": [amount(700)]},
            limits=[
                {
                    "code": "three",
                    "name": "Three",
                    "measure": "units",
                    "bound": 3,
                    "period": "receipt",
                    "subject": "store",
                    "above": "refuse_sale",
                }
            ],
        ),
        sale(line("a", 500, 3)),
        None,
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_an_offer_promises_what_its_campaign_adds(case: str) -> None:
    """Not what others add, and not more than the customer gains over the present receipt."""
    snapshot, receipt, expected = CASES[case]
    made = [each for each in offers(snapshot, receipt, MEMBER) if each.campaign == "big"]
    assert [(o.sku, o.missing_minor, o.missing_milli // 1_000, o.saving_minor) for o in made] == (
        [expected] if expected is not None else []
    )
