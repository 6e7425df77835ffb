"""What the rule reference makes of expectations and of fields: words and decimals for people."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.conditions import Not
from checkout.engine.schema.limits import ProgramLimit
from checkout.engine.schema.unit_rewards import Gift
from checkout.engine.schema.values import Step
from checkout.stories.document import Story
from checkout.stories.reference.fields import field_table
from checkout.stories.reference.figures import decimals_of, figures

STORY = Story.model_validate(
    {
        "title": "Two currencies",
        "why": "Each has its own decimals.",
        "snapshot": {
            "programs": [
                {
                    "currencies": [
                        {"code": "points", "name": "Points", "exponent": 1},
                        {"code": "stars", "name": "Stars"},
                    ]
                }
            ]
        },
        "steps": [{"sweep": {}}],
    }
)


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"payable_minor": 12345}, ["payable: 123.45"]),
        ({"points_earned_minor": 12345}, ["points earned: 1234.5"]),
        ({"points_value_minor": 500}, ["points value: 5.00"]),
        ({"applied": ["a", "b"], "cuts": []}, ["applied: a; b", "cuts: none"]),
        ({"lines": {1: {"discount_minor": 5}}}, ["line 1 discount: 0.05"]),
        ({"lines.2.payable_minor": 5}, ["line 2 payable: 0.05"]),
        ({"redemption.max_points_minor": 15}, ["redemption max points: 1.5"]),
        (
            {"redemption": {"currency": "stars", "points_minor": 15}},
            ["redemption currency: stars", "redemption points: 15"],
        ),
        ({"balances": {"stars": {"active_minor": 7}}}, ["balances stars active: 7"]),
        (
            {"cuts": [{"lane": "off", "wanted_minor": 5}, {"lane": "earn", "wanted_minor": 5}]},
            ["cuts: lane: off, wanted: 0.05; lane: earn, wanted: 0.5"],
        ),
        (
            {"earned": [{"currency": "stars", "points_minor": 7, "days": 3}]},
            ["earned: currency: stars, points: 7, days: 3"],
        ),
        (
            {"lines": {1: {"printed": [{"quantity_milli": 1500}]}}},
            ["line 1 printed: quantity: 1.5"],
        ),
        ({"lines": {1: {"discounts": [{"rate_bp": 1250}]}}}, ["line 1 discounts: rate: 12.5 %"]),
        (
            {"status": "ok", "messages": {}, "reason": ""},
            ["status: ok", "messages: none", "reason: none"],
        ),
    ],
)
def test_figures_are_told_with_their_decimals(expected: dict[Any, Any], told: list[str]) -> None:
    """Money, points of each currency, quantities and rates read as people write them."""
    assert figures(expected, decimals_of(STORY)) == told


@pytest.mark.parametrize(
    ("form", "row"),
    [
        (Campaign, "| `code` | code | must be given | Unique per partner; ties go to the smaller"),
        (Campaign, "| `priority` | whole number, -1,000 to 1,000 | 0 | The higher goes first"),
        (Campaign, "| `budget` | [Budget](#budget) | none | What the campaign may give in total"),
        (Step, "| `from` | whole number, from 0 | must be given | Thousandths for quantities"),
        (Gift, "| `effect` | [Effect](#effect) | `{rate_bp: 10000}` | What happens to a"),
        (ProgramLimit, "All that a [Limit](#limit) has, and:"),
    ],
)
def test_a_field_is_told_in_words(form: type[BaseModel], row: str) -> None:
    """What may stand there, what stands there if it is left out, what it means."""
    assert any(line.startswith(row) for line in field_table(form))


def test_a_condition_inside_leads_to_its_chapters() -> None:
    """A union is told by its noun and where its members stand."""
    (row,) = [line for line in field_table(Not) if line.startswith("| `of`")]
    assert "one condition: [conditions on the sale](#2-conditions-on-the-sale)" in row
