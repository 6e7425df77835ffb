"""Scales: rising steps without gaps, measured as ``docs/rules.md`` §3 and §5 define it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.points import PointsAmount, PointsPercent, PointsReward
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent, PricePer, RoundingLevel
from checkout.engine.schema.values import AmountPer, ScaleBy, ScaleMode, ScaleOver
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.values import ValueReward
    from checkout.engine.schema.values import Scale

#: Amounts that come onto several lines at once, so that no line has one of its own.
_SPREAD: Final = (AmountPer.RECEIPT, AmountPer.EACH_AMOUNT, AmountPer.EACH_UNITS)


def check_scale(path: str, reward: ValueReward, scale: Scale) -> Iterator[Problem]:
    """Steps, and whether the reward can be measured so."""
    yield from _check_steps(path, scale)
    over_line = scale.over is ScaleOver.LINE
    if over_line and scale.by is ScaleBy.RECEIPT_AMOUNT:
        yield Problem(f"{path}.over", "the receipt's amount is that of all lines: use over: goods")
    elif over_line and _is_spread(reward):
        yield Problem(
            f"{path}.over", "this is spread over several lines: no line has a step of its own"
        )
    if scale.after is Moment.EARLIER_LANES:
        if scale.by is ScaleBy.QUANTITY:
            yield Problem(f"{path}.after", "earlier lanes change no quantity: leave after out")
        elif isinstance(reward, PointsReward):
            yield Problem(f"{path}.after", "points are measured by original prices: leave it out")
    if scale.mode is ScaleMode.MARGINAL:
        yield from _check_marginal(path, reward, scale)


def _check_steps(path: str, scale: Scale) -> Iterator[Problem]:
    for i, (step, following) in enumerate(pairwise(scale.steps)):
        here, bound = f"{path}.steps[{i}].until", following.from_
        if bound <= step.from_:
            yield Problem(
                f"{path}.steps[{i + 1}].from",
                told(
                    "steps rise: {bound} does not lie above {start}", bound=bound, start=step.from_
                ),
            )
        elif step.until is not None and step.until < bound:
            yield Problem(
                here,
                told(
                    "gap from {until} to {bound}: the next step begins later",
                    until=step.until,
                    bound=bound,
                ),
            )
        elif step.until is not None and step.until > bound:
            yield Problem(
                here,
                told(
                    "overlap from {bound} to {until}: the next step begins before",
                    bound=bound,
                    until=step.until,
                ),
            )
    if scale.steps[-1].until is not None:
        yield Problem(
            f"{path}.steps[{len(scale.steps) - 1}].until",
            "the last step is open: leave until out, or add a step of value 0",
        )


def _check_marginal(path: str, reward: ValueReward, scale: Scale) -> Iterator[Problem]:
    """Each step for its own part of the measure: defined for few rewards only."""
    if isinstance(reward, Percent) and reward.level is not RoundingLevel.LINE:
        yield Problem(f"{path}.mode", "a marginal scale is rounded by line: use level: line")
    if scale.by is ScaleBy.RECEIPT_AMOUNT:
        yield Problem(f"{path}.mode", "a marginal scale is by quantity or by amount")
    elif scale.by is ScaleBy.AMOUNT:
        if not isinstance(reward, Percent | PointsPercent):
            yield Problem(
                f"{path}.mode", "by amount only percentages and points in percent are marginal"
            )
    elif not _is_marginal_by_quantity(reward):
        yield Problem(
            f"{path}.mode",
            "by quantity only percent, and amount and fixed_price per unit or quantity, are"
            " marginal",
        )
    elif scale.over is not ScaleOver.LINE:
        yield Problem(f"{path}.over", "a marginal scale by quantity is over: line")


def _is_marginal_by_quantity(reward: ValueReward) -> bool:
    match reward:
        case Percent():
            return True
        case Amount():
            return reward.per in (AmountPer.UNIT, AmountPer.QUANTITY)
        case FixedPrice():
            return reward.per in (PricePer.UNIT, PricePer.QUANTITY)
        case _:
            return False


def _is_spread(reward: ValueReward) -> bool:
    """Whether one value comes onto several lines (percentages of lines may differ all the same)."""
    return isinstance(reward, Amount | PointsAmount) and reward.per in _SPREAD
