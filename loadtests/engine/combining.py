"""A lane of policy `best_combination`: how long it takes, and how much it tries."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final
from unittest import mock

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.lanes.discounts import DiscountPhase
from loadtests.engine.clock import median_us, time_in_turns
from loadtests.engine.documents import Doc, every_tenth, snapshot_of
from loadtests.engine.figures import Figure
from loadtests.engine.receipts import known_member, receipt_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from loadtests.engine.figures import Effort

LINES: Final = 10
_LANES: Final[list[Doc]] = [
    {"code": "best", "phase": "discount", "policy": "best_combination", "scope": "unit"}
]


def measure_combination(effort: Effort) -> Iterator[Figure]:
    """Six contenders, two multibuys and two sets among them, on ten lines."""
    snapshot = compile_snapshot(snapshot_of(_contenders(), _LANES))
    task = functools.partial(evaluate, snapshot, known_member(), receipt_of(LINES))
    times = time_in_turns({"combination": task}, effort.turns, effort.batch_ns)
    yield Figure(
        name="combination_us",
        value=median_us(times["combination"]),
        about=f"µs: best_combination, {LINES} lines, 6 contenders (2 multibuys, 2 bundles)",
    )
    (found,) = evaluate(snapshot, known_member(), receipt_of(LINES)).combinations
    yield Figure(
        name="combination_steps",
        value=_steps(snapshot),
        about=f"trials of a contender, of {_steps_allowed(snapshot):,}",
    )
    yield Figure(
        name="combination_gap_minor",
        value=found.gap_minor,
        about=f"minor units to the bound, of {found.value_minor} found; 0: proven best",
    )


def _steps_allowed(snapshot: CompiledSnapshot) -> int:
    (lane,) = snapshot.programs["club"].discount_lanes
    return lane.work_steps


def _steps(snapshot: CompiledSnapshot) -> int:
    """How often one evaluation tries a contender on an allotment."""
    with mock.patch.object(
        DiscountPhase, "trial", autospec=True, side_effect=DiscountPhase.trial
    ) as trial:
        evaluate(snapshot, known_member(), receipt_of(LINES))
    return trial.call_count


def _contenders() -> list[Doc]:
    return [
        _campaign(
            "third-half",
            {
                "kind": "multibuy",
                "goods": {"categories": ["sold-1", "sold-2"]},
                "buy_units": 2,
                "effect": {"rate_bp": 5_000},
            },
        ),
        _campaign(
            "second-free",
            {"kind": "multibuy", "goods": {"skus": every_tenth(4, 5, 7)}, "buy_units": 1},
        ),
        _campaign("lunch", _bundle([0], [1], price_minor=350)),
        _campaign("dinner", _bundle([2, 4], [5, 8], price_minor=600)),
        _campaign("brand", {"kind": "percent", "goods": {"brands": ["Brand 1"]}, "rate_bp": 1_500}),
        _campaign(
            "basket",
            {
                "kind": "amount",
                "goods": {"skus": every_tenth(6, 8, 9)},
                "amount_minor": 150,
                "per": "receipt",
            },
        ),
    ]


def _campaign(code: str, reward: Doc) -> Doc:
    rewards = [{"lane": "best", **reward}]
    return {"code": code, "program": "club", "name": code, "rewards": rewards}


def _bundle(*parts: list[int], price_minor: int) -> Doc:
    return {
        "kind": "bundle",
        "parts": [{"goods": {"skus": every_tenth(*places)}} for places in parts],
        "effect": {"price_minor": price_minor},
    }
