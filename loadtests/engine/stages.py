"""Where the time of one evaluation goes: its steps one by one, as `evaluate` takes them."""

from __future__ import annotations

import itertools
import statistics
import time
from typing import TYPE_CHECKING, Final

from checkout.engine.accrual import AccrualPhase
from checkout.engine.candidates import candidates, judge
from checkout.engine.case import open_case
from checkout.engine.evaluate import outcome_of
from checkout.engine.follows.applied import Given
from checkout.engine.lanes.discounts import DiscountPhase
from checkout.engine.redemption import redeem
from loadtests.engine.figures import Figure
from loadtests.engine.receipts import known_member, receipt_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.receipt import Receipt
    from loadtests.engine.figures import Effort

#: Steps by the names of their figures.
STAGES: Final = {
    "lines": "canonical lines, and what the goods index knows of them",
    "conditions": "candidates, their conditions, limits and budgets",
    "discounts": "discount lanes",
    "paid": "paying with points",
    "earned": "accrual lanes",
    "outcome": "the outcome: lines, claims, coupons, messages",
}


def measure_stages(effort: Effort, snapshot: CompiledSnapshot, lines: int) -> Iterator[Figure]:
    """Each step's time, clock included; medians of turns."""
    facts, receipt = known_member(), receipt_of(lines)
    runs = max(effort.batch_ns // 1_000_000, 4)
    turns = [_turn(snapshot, facts, receipt, runs) for _ in range(effort.turns)]
    for number, (stage, about) in enumerate(STAGES.items()):
        yield Figure(
            name=f"stage_us_{stage}",
            value=statistics.median(turn[number] for turn in turns),
            about=f"µs of {lines} lines: {about}",
        )


def _turn(snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt, runs: int) -> list[float]:
    """Microseconds per step, the quickest of some runs: others had the core during the rest."""
    times = [_steps(snapshot, facts, receipt) for _ in range(runs)]
    return [min(step) / 1_000 for step in zip(*times, strict=True)]


def _steps(snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt) -> list[int]:
    clock = time.perf_counter_ns
    at = [clock()]
    case, program = open_case(snapshot, facts, receipt)
    at.append(clock())
    verdicts = [judge(campaign, case) for campaign in candidates(program, case)]
    campaigns = sorted((v.campaign for v in verdicts if v.is_open), key=lambda each: each.order)
    case.open(campaigns)
    at.append(clock())
    discounts = DiscountPhase(program, case, campaigns)
    discounts.run()
    at.append(clock())
    paid = redeem(program, case)
    at.append(clock())
    accrual = AccrualPhase(program, case, campaigns, snapshot.currency.exponent)
    accrual.run(paid.redemption.points_minor)
    at.append(clock())
    given = Given(case, campaigns, discounts, accrual, program)
    outcome_of(snapshot, program, case, given, paid.redemption, given.limits_cut())
    at.append(clock())
    return [after - before for before, after in itertools.pairwise(at)]
