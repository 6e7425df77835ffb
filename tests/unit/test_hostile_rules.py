"""Accepted rules that would be dear if units were taken one application after the other."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from pydantic import TypeAdapter

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts
from checkout.engine.receipt import Receipt
from checkout.engine.rewards import bundle, buy_get, filling
from checkout.engine.rewards.spare_units import SpareUnits
from checkout.engine.schema.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checkout.engine.outcome import Outcome

Doc = dict[str, Any]

#: Trials of a lane `best_combination`.
STEPS = 500
#: How often units are looked for by one reward: for equal applications, for the last, for none.
FILLINGS_MAX = 3
TWO_LINES = [("milk", 1_000), ("tea", 1_000)]
EVERYTHING: Doc = {"goods": {}}
MILK: Doc = {"skus": ["milk"]}


def outcome_of(reward: Doc, lines: list[tuple[str, int]], lane: Doc | None = None) -> Outcome:
    """One reward on lines of so many pieces at 1.00 each."""
    snapshot = {
        "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
        "programs": [
            {
                "code": "club",
                "name": "Club",
                "currencies": [{"code": "points", "name": "Points"}],
                "lanes": [{"code": "off", "phase": "discount", **(lane or {})}],
            }
        ],
        "chains": [{"code": "chain", "name": "Chain"}],
        "stores": [{"code": "one", "chain": "chain", "program": "club", "name": "One"}],
        "products": [{"sku": sku} for sku, _ in lines],
        "campaigns": [
            {"code": "c", "program": "club", "name": "C", "rewards": [{"lane": "off", **reward}]}
        ],
    }
    sent = [
        {
            "position": position,
            "sku": sku,
            "quantity_milli": units * 1_000,
            "price_minor": 100,
            "amount_minor": units * 100,
        }
        for position, (sku, units) in enumerate(lines, start=1)
    ]
    receipt = {"store": "one", "local_time": "2026-11-21T12:00:00", "lines": sent}
    return evaluate(
        compile_snapshot(Snapshot.model_validate(snapshot)),
        Facts(),
        TypeAdapter(Receipt).validate_python(receipt),
    )


@contextlib.contextmanager
def counted_fillings() -> Iterator[Callable[[], int]]:
    """How often units for an application are looked for."""
    with (
        mock.patch.object(bundle, "fill", side_effect=filling.fill) as of_bundle,
        mock.patch.object(buy_get, "fill", side_effect=filling.fill) as of_buy_get,
    ):
        yield lambda: of_bundle.call_count + of_buy_get.call_count


def bundle_of(*parts: Doc) -> Doc:
    """A tenth off a set."""
    return {"kind": "bundle", "parts": list(parts), "effect": {"rate_bp": 1_000}}


def buy_get_of(*buy: Doc, **more: Any) -> Doc:
    """Milk for nothing."""
    return {"kind": "buy_get", "buy": list(buy), "goods": MILK, **more}


@pytest.mark.parametrize(
    ("reward", "discount_minor"),
    [
        # 500 sets of milk and milk, which comes first in order; then there is only tea.
        (bundle_of(EVERYTHING, {"goods": MILK}), 10_000),
        # A thousand sets, two of 0.10 off each.
        (bundle_of(EVERYTHING, EVERYTHING), 20_000),
        # Milk is bought and free 500 times; tea buys milk a thousand times.
        (buy_get_of(EVERYTHING), 50_000),
        (buy_get_of({"goods": {"skus": ["tea"]}}), 100_000),
        # Two of milk are bought for two of milk, 250 times.
        (buy_get_of(EVERYTHING, {"goods": MILK}, get_units=2, incomplete="part"), 50_000),
        # One of tea buys all of the milk; each of 999 others, as much milk that is to be added.
        (buy_get_of(EVERYTHING, get_units=1_000, incomplete="gift"), 100_000),
        # Each of milk is bought and free.
        (buy_get_of(EVERYTHING, rewarded_counts=True), 100_000),
    ],
)
def test_two_lines_of_a_thousand_pieces_are_filled_a_few_times(
    reward: Doc, discount_minor: int
) -> None:
    """Equal applications are taken at once, however many there are of them."""
    with counted_fillings() as calls:
        outcome = outcome_of(reward, TWO_LINES)
    assert outcome.discount_minor == discount_minor
    assert calls() <= FILLINGS_MAX


def test_each_trial_of_a_combination_fills_a_few_times() -> None:
    """The best combination of one bundle on two lines costs its steps, and little in each."""
    lane = {"policy": "best_combination", "scope": "unit", "work_steps": STEPS}
    with counted_fillings() as calls:
        outcome = outcome_of(bundle_of(EVERYTHING, {"goods": MILK}), TWO_LINES, lane)
    assert outcome.discount_minor
    assert calls() <= (STEPS + 10) * FILLINGS_MAX


def test_ten_parts_of_a_thousand_lines_are_worked_out_once() -> None:
    """Which units the other parts need is asked where they are short, not for each line."""
    lines = [(f"s{number:03d}", 1) for number in range(1_000)]
    parts = [
        {"goods": {"skus": [sku for sku, _ in lines[part * 10 :]]}, "units": 100}
        for part in range(10)
    ]
    with (
        counted_fillings() as calls,
        mock.patch.object(filling, "SpareUnits", side_effect=SpareUnits) as spare,
    ):
        outcome = outcome_of(bundle_of(*parts), lines)
    assert outcome.discount_minor == 10_000
    assert calls() <= FILLINGS_MAX
    assert spare.call_count <= FILLINGS_MAX
