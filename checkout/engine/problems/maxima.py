"""Maxima of rewards and of campaigns: such as let something through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shown import money, points
from checkout.engine.problems.values import values_of
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.points import PointsAmount, PointsReward
from checkout.engine.schema.rewards import Amount, FixedPrice, Part, Percent
from checkout.engine.schema.unit_rewards import Bundle, Gift, Incomplete
from checkout.engine.schema.values import AmountPer, ScaleMode
from checkout.engine.told import told
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign, Reward

_BOUNDS: Final = ("unit_minor", "line_minor", "application_minor")
#: From which of the bounds on an amount counts whole whenever it counts at all.
_BOUNDS_OF: Final = {
    AmountPer.UNIT: _BOUNDS,
    AmountPer.LINE: _BOUNDS[1:],
    AmountPer.RECEIPT: _BOUNDS[2:],
    AmountPer.EACH_AMOUNT: _BOUNDS[2:],
    AmountPer.EACH_UNITS: _BOUNDS[2:],
}


def check_maxima(path: str, reward: Reward, ground: Ground) -> Iterator[Problem]:
    """Maxima of a reward that let nothing through, or always cut its amount."""
    if isinstance(reward, PointsReward):
        yield from _check_points(path, reward, ground)
        return
    above = reward.maximum.above
    bounds = {name: getattr(reward.maximum, name) for name in _BOUNDS}
    amount = least_minor(reward)
    for name, bound in bounds.items():
        if bound == 0:
            yield Problem(f"{path}.maximum.{name}", "a maximum of 0 lets nothing through")
        elif (
            bound is not None
            and amount is not None
            and bound < amount
            and name in _bounds_of(reward)
        ):
            yield Problem(
                f"{path}.maximum.{name}", _cuts(money(amount, ground), money(bound, ground), above)
            )


def check_maximum_discount(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """The campaign's own maximum on one receipt."""
    bound = campaign.maximum_discount_minor
    if bound is None:
        return
    here = f"{path}.maximum_discount_minor"
    discounts = [reward for reward in campaign.rewards if isinstance(reward, Discount)]
    if not discounts:
        yield Problem(here, "the campaign gives no discount: there is nothing to bound")
    elif bound == 0:
        yield Problem(here, "a maximum of 0 lets nothing through")
    else:
        amounts = [least_minor(reward) for reward in discounts]
        least = min((bound + 1 if amount is None else amount) for amount in amounts)
        if None not in amounts and bound < least:
            yield Problem(
                here, _cuts(money(least, ground), money(bound, ground), campaign.above_maximum)
            )


def least_minor(reward: Discount) -> int | None:
    """The least amount that a reward takes off when it takes anything; none if it may be any."""
    match reward:
        case Amount():
            if reward.personal or reward.per is AmountPer.QUANTITY:
                return None
            if reward.scale is not None and reward.scale.mode is ScaleMode.MARGINAL:
                return None
            return min((value for value in values_of(reward) if value), default=None)
        case Percent() | FixedPrice():
            return None
        case Gift() if reward.missing is Incomplete.NOTHING:
            amount = reward.effect.amount_minor
            return None if amount is None else amount * reward.units * (reward.times or 1)
        case _:
            return reward.effect.amount_minor


def _bounds_of(reward: Discount) -> tuple[str, ...]:
    match reward:
        case Amount():
            return _BOUNDS_OF.get(reward.per, ())
        case Bundle() | Gift():
            return _BOUNDS[2:]
        case _:
            return _BOUNDS


def _check_points(path: str, reward: PointsReward, ground: Ground) -> Iterator[Problem]:
    bound = reward.maximum_minor
    if bound is None:
        return
    here = f"{path}.maximum_minor"
    if bound == 0:
        yield Problem(here, "a maximum of 0 lets nothing through")
        return
    if not isinstance(reward, PointsAmount) or reward.personal:
        return
    if reward.per is AmountPer.QUANTITY or (reward.tier_multiplied and _tiers_lessen(ground)):
        return
    least = min((value for value in values_of(reward) if value), default=0)
    if bound < least:
        wanted, left = (points(each, reward.currency, ground) for each in (least, bound))
        yield Problem(here, _cuts(wanted, left, reward.above))


def _tiers_lessen(ground: Ground) -> bool:
    return any(tier.points_multiplier_bp < FULL_RATE_BP for tier in ground.program.tiers)


def _cuts(wanted: str, left: str, above: Part) -> str:
    if above is Part.NOTHING:
        return told(
            "nothing is ever given: {wanted} is wanted, and above {left} nothing remains",
            wanted=wanted,
            left=left,
        )
    return told(
        "the maximum cuts it always: {wanted} is wanted, {left} is left", wanted=wanted, left=left
    )
