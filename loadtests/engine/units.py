"""Rewards that count units where many are there to count: thousands of applications, many parts."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from loadtests.engine.clock import median_us, time_in_turns
from loadtests.engine.documents import Doc, snapshot_of, sold_sku
from loadtests.engine.figures import Figure
from loadtests.engine.receipts import known_member, receipt_of_pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loadtests.engine.figures import Effort

PIECES: Final = 1_000
LINES: Final = 1_000
PARTS: Final = 10
_TRIED: Final[Doc] = {"policy": "best_combination", "scope": "unit", "work_steps": 500}
_EVERYTHING: Final[Doc] = {"goods": {}}
_FIRST: Final[Doc] = {"skus": [sold_sku(0)]}


def measure_units(effort: Effort) -> Iterator[Figure]:
    """Bundles and purchases on few lines of many pieces, and on many lines of one."""
    few, many = [PIECES] * 2, [1] * LINES
    pair = _bundle([_EVERYTHING, {"goods": _FIRST}])
    bought: Doc = {"kind": "buy_get", "buy": [_EVERYTHING], "goods": _FIRST}
    parts, buys = _parts(LINES // PARTS), {**bought, "buy": _parts(LINES // PARTS - 5)}
    buys |= {"goods": parts[0]["goods"], "get_units": LINES // PARTS, "incomplete": "part"}
    measured = {
        "bundle": (_task(pair, few), f"a bundle on 2 lines of {PIECES:,} pieces"),
        "bundle_tried": (_task(pair, few, _TRIED), "the same in best_combination, 500 steps"),
        "buy_get": (_task(bought, few), f"a buy_get on 2 lines of {PIECES:,} pieces"),
        "bundle_parts": (_task(_bundle(parts), many), f"{PARTS} parts, {LINES:,} lines"),
        "buy_get_parts": (_task(buys, many), f"{PARTS} bought, a part given, {LINES:,} lines"),
    }
    tasks = {name: task for name, (task, _) in measured.items()}
    times = time_in_turns(tasks, effort.turns, effort.batch_ns)
    for name, (_, about) in measured.items():
        yield Figure(name=f"units_us_{name}", value=median_us(times[name]), about=f"µs: {about}")


def _task(reward: Doc, pieces: list[int], lane: Doc | None = None) -> Callable[[], object]:
    lanes: list[Doc] = [{"code": "off", "phase": "discount", **(lane or {})}]
    rewards = [{"lane": "off", **reward}]
    campaign = {"code": "units", "program": "club", "name": "Units", "rewards": rewards}
    snapshot = compile_snapshot(snapshot_of([campaign], lanes))
    receipt = receipt_of_pieces(pieces)
    assert evaluate(snapshot, known_member(), receipt).discount_minor, "something is taken off"
    return functools.partial(evaluate, snapshot, known_member(), receipt)


def _bundle(parts: list[Doc]) -> Doc:
    return {"kind": "bundle", "parts": parts, "effect": {"rate_bp": 1_000}}


def _parts(units: int) -> list[Doc]:
    """So many units of half of the articles, for each part of another half."""
    halves = [[n for n in range(LINES) if (n >> part) & 1 == 0] for part in range(PARTS)]
    return [{"goods": {"skus": [sold_sku(n) for n in half]}, "units": units} for half in halves]
