"""What is not told cannot matter: the words are the same, and so is what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_facts, parse_receipt, parse_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.schema.campaign import Budget, Campaign
from checkout.engine.schema.limits import Limit, ProgramLimit
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.program import DiscountCap, Lane
from checkout.engine.schema.rewards import Amount, FixedPrice, Maximum, Percent
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.schema.values import Scale
from tests.unit.wording_samples import document_of, problems, words

if TYPE_CHECKING:
    from pydantic import BaseModel

    from checkout.engine.outcome import Outcome

Doc = dict[str, Any]

#: Milk comes twice, once already reduced; sums and quantities that no division leaves whole.
LINES = [("milk", 2_000, 3_333, 0), ("milk", 1_000, 3_334, 100), ("merlot", 3_000, 777, 0)]
FREE: Doc = {"effect": {"rate_bp": 10_000}}
PRICED: Doc = {"effect": {"price_minor": 100}}


def outcome(form: type[BaseModel], document: Doc) -> Outcome:
    lines = [
        {
            "position": position,
            "sku": sku,
            "quantity_milli": quantity,
            "price_minor": price,
            "amount_minor": price * quantity // 1_000,
            "external_discount_minor": before,
        }
        for position, (sku, quantity, price, before) in enumerate(LINES, start=1)
    ]
    receipt = {"store": "one", "local_time": "2026-11-21T12:00:00", "lines": lines}
    return evaluate(
        compile_snapshot(parse_snapshot(document_of(form, document))),
        parse_facts({"member_id": "m", "tier": "gold"}, None, None, None),
        parse_receipt(receipt),
    )


@pytest.mark.parametrize(
    ("form", "beside", "change"),
    [
        (Percent, {}, {"spread": {"by": "units"}}),
        (Percent, {"level": "unit"}, {"spread": {"left_over": "last_line"}}),
        (Amount, {"per": "line"}, {"spread": {"full_line": "lapses"}}),
        (Maximum, {}, {"above": "nothing"}),
        (DiscountCap, {}, {"above": "nothing"}),
        (Campaign, {}, {"above_maximum": "nothing"}),
        (Budget, {"uses": 5}, {"above": "nothing"}),
        (PointsPercent, {}, {"above": "nothing"}),
        (PointsAmount, {}, {"above": "nothing"}),
        (PointsMultiplier, {}, {"above": "nothing"}),
        (PointsMultiplier, {}, {"tier_multiplied": False}),
        (Lane, {}, {"work_steps": 1}),
        (Lane, {}, {"scope": "receipt"}),
        (Multibuy, FREE, {"rounding": "up"}),
        (Multibuy, PRICED, {"rounding": "down"}),
        (BuyGet, FREE, {"rounding": "up"}),
        (Bundle, PRICED, {"rounding": "up"}),
        (Gift, FREE, {"rounding": "up"}),
        (Limit, {}, {"which": "dearest"}),
        (ProgramLimit, {"measure": "units", "above": "refuse_sale"}, {"which": "dearest"}),
        (Scale, {"mode": "marginal"}, {"after": "earlier_lanes"}),
        (Limit, {"measure": "interval"}, {"period": "month"}),
        (Percent, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
        (Amount, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
        (FixedPrice, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
        (Bundle, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
        (Gift, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
        (PointsPercent, {"reduced_goods": "skip"}, {"reduced_goods": "next"}),
    ],
)
def test_what_is_not_told_changes_nothing(form: type[BaseModel], beside: Doc, change: Doc) -> None:
    """A setting that is left out of the words may be set as one likes: nothing else comes out."""
    assert not problems(form, beside)
    assert not problems(form, beside | change)
    assert words(form, beside | change) == words(form, beside)
    assert outcome(form, beside | change) == outcome(form, beside)


@pytest.mark.parametrize(
    ("form", "document"),
    [
        (Amount, {"after": "earlier_lanes"}),
        (Amount, {"each_minor": 100}),
        (Amount, {"each_units": 2}),
        (Lane, {"phase": "accrual", "base": "original"}),
        (Limit, {"rolling_hours": 5}),
        (Limit, {"each_sku": True}),
        (Limit, {"goods": {"skus": ["milk"]}}),
        (Limit, {"currency": "points"}),
        (Multibuy, {"rewarded_counts": True, "incomplete": "part"}),
        (
            Percent,
            {
                "rate_bp": None,
                "scale": {
                    "by": "quantity",
                    "after": "earlier_lanes",
                    "steps": [{"from": 1_000, "value": 500}],
                },
            },
        ),
        (
            PointsPercent,
            {
                "rate_bp": None,
                "scale": {
                    "by": "amount",
                    "after": "earlier_lanes",
                    "steps": [{"from": 1_000, "value": 500}],
                },
            },
        ),
    ],
)
def test_what_would_not_be_told_is_refused(form: type[BaseModel], document: Doc) -> None:
    """Other settings that cannot matter are not left out of the words: they are not published."""
    assert problems(form, document)
