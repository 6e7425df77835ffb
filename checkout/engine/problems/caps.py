"""The program's discount cap against what rewards give at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from checkout.engine.problems.maxima import least_minor
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shown import money, rate
from checkout.engine.problems.values import values_of
from checkout.engine.receipt import LineKind
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.limits import Above, Measure
from checkout.engine.schema.rewards import Maximum, Part, Percent
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.unit_rewards import Bundle, Multibuy
from checkout.engine.schema.values import ScaleMode
from checkout.engine.told import told
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign


class _Above(NamedTuple):
    """A reward that wants more than the cap leaves of the whole receipt."""

    field: str
    wanted: str
    cap: str


def check_cap(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Rewards above a cap that then leaves nothing of them."""
    cap = ground.program.discount_cap
    if cap.above is Part.NOTHING:
        for above in _rewards_above(path, campaign, ground):
            yield Problem(
                above.field,
                told(
                    "{wanted} is wanted, and above the program's discount cap of {cap} "
                    "nothing is given",
                    wanted=above.wanted,
                    cap=above.cap,
                ),
            )


def check_cap_of_nothing(path: str, ground: Ground) -> Iterator[Problem]:
    """A cap of 0, under which no discount of any campaign is given."""
    cap = ground.program.discount_cap
    given = [name for name in ("rate_bp", "amount_minor") if getattr(cap, name) == 0]
    if given and any(
        isinstance(reward, Discount) and _is_capped(reward)
        for campaign in ground.campaigns.values()
        for reward in campaign.rewards
    ):
        yield Problem(f"{path}.discount_cap.{given[0]}", "a cap of 0 lets no discount through")


def warn_of_cap(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Rewards that the cap, or a limit of the program on discounts, always cuts."""
    if ground.program.discount_cap.above is Part.PART:
        for above in _rewards_above(path, campaign, ground):
            yield Problem(
                above.field,
                told(
                    "{wanted} is wanted, and the program's discount cap leaves {cap}: it is cut",
                    wanted=above.wanted,
                    cap=above.cap,
                ),
            )
    for limit in ground.program.limits:
        if (
            limit.measure is not Measure.DISCOUNT
            or limit.above is not Above.NO_REWARD
            or limit.schedule != Schedule()
        ):
            continue
        for i, reward in enumerate(campaign.rewards):
            least = least_minor(reward) if isinstance(reward, Discount) else None
            if least is not None and limit.bound < least:
                yield Problem(
                    f"{path}.rewards[{i}]",
                    told(
                        "{least} is wanted, and the program's limit {code!r} leaves {bound}: it "
                        "is cut",
                        least=money(least, ground),
                        code=limit.code,
                        bound=money(limit.bound, ground),
                    ),
                )


def _rewards_above(path: str, campaign: Campaign, ground: Ground) -> Iterator[_Above]:
    cap = ground.program.discount_cap
    if _is_cut_before(campaign, ground):
        return
    for i, reward in enumerate(campaign.rewards):
        here = f"{path}.rewards[{i}]"
        if (
            not isinstance(reward, Discount)
            or not _is_capped(reward)
            or reward.maximum != Maximum(above=reward.maximum.above)
        ):
            continue
        least, least_bp = least_minor(reward), _least_bp(reward, cap.above)
        if cap.amount_minor and least is not None and least > cap.amount_minor:
            yield _Above(here, money(least, ground), money(cap.amount_minor, ground))
        elif cap.rate_bp and least_bp is not None and least_bp > cap.rate_bp:
            yield _Above(here, rate(least_bp), rate(cap.rate_bp))


def _is_cut_before(campaign: Campaign, ground: Ground) -> bool:
    """Whether other bounds may make a discount small enough for the cap."""
    return (
        campaign.maximum_discount_minor is not None
        or (campaign.budget is not None and campaign.budget.discount_minor is not None)
        or any(
            limit.measure is Measure.DISCOUNT
            for limit in (*campaign.limits, *ground.program.limits)
        )
    )


def _is_capped(reward: Discount) -> bool:
    """Whether the cap bounds it: all but discounts on delivery charges."""
    goods = None if isinstance(reward, Bundle) else reward.goods
    return goods is None or LineKind.DELIVERY not in goods.kinds


def _least_bp(reward: Discount, above: Part) -> int | None:
    """What part of the whole receipt a reward takes off at least; none if it may be any.

    Where the cap cuts and does not refuse, units that are free count as if all had one price.
    """
    match reward:
        case Percent() if reward.goods in (None, Goods()) and not reward.personal:
            if reward.scale is not None and reward.scale.mode is ScaleMode.MARGINAL:
                return None
            return min((value for value in values_of(reward) if value), default=None)
        case Multibuy() if reward.goods in (None, Goods()) and above is Part.PART:
            if reward.effect.rate_bp is None or reward.times is not None:
                return None
            group = reward.buy_units + (0 if reward.rewarded_counts else reward.get_units)
            return min(reward.effect.rate_bp, FULL_RATE_BP) * reward.get_units // group
        case _:
            return None
