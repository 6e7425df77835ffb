"""Tiers: goals that contradict themselves or each other, and lifecycles out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.tiers import LifecycleRule, Tier, TierGoal


def check_tiers(path: str, program: Program, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with the tiers of a program."""
    earlier: list[Tier] = []
    for number, tier in enumerate(program.tiers):
        here = f"{path}.tiers[{tier.code}].goal"
        if tier.goal is not None:
            if number == 0:
                yield Problem(here, "the lowest tier is everybody's: it has no goal")
            yield from _check_goal(here, tier.goal, ground)
            yield from _check_order(here, tier.goal, earlier)
        earlier.append(tier)
    if program.lifecycle is not None:
        yield from _check_lifecycle(f"{path}.lifecycle", program.lifecycle)


def _check_goal(path: str, goal: TierGoal, ground: Ground) -> Iterator[Problem]:
    if (goal.keep_days is None) == (goal.keep_years is None):
        yield Problem(f"{path}.keep_days", "say how long it is kept: keep_days or keep_years")
    if goal.keep_at_least is not None and goal.keep_at_least > goal.at_least:
        yield Problem(
            f"{path}.keep_at_least",
            told("more than {at_least}, with which the tier is reached", at_least=goal.at_least),
        )
    if goal.category is not None:
        yield from unknown(f"{path}.category", "category", (goal.category,), ground)


def _check_order(path: str, goal: TierGoal, earlier: list[Tier]) -> Iterator[Problem]:
    """Who reaches a lower tier must not have reached this one, counted in the same way."""
    for lower in earlier:
        other = lower.goal
        if (
            other is not None
            and (other.measure, other.category, other.window_days)
            == (goal.measure, goal.category, goal.window_days)
            and other.at_least >= goal.at_least
        ):
            yield Problem(
                f"{path}.at_least",
                told(
                    "not more than {at_least}, with which the lower tier {code} is reached: "
                    "nobody would ever have that one",
                    at_least=other.at_least,
                    code=lower.code,
                ),
            )
            return


def _check_lifecycle(path: str, rule: LifecycleRule) -> Iterator[Problem]:
    if rule.sleeping_days <= rule.active_days:
        yield Problem(
            f"{path}.sleeping_days",
            told(
                "not more than {active_days}, up to which members are active: none ever sleeps",
                active_days=rule.active_days,
            ),
        )
