"""Rewards: the lane, the goods, and what each kind needs to do anything at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.choices import COUNTED, exclude_each_other, kinds_of
from checkout.engine.problems.goods import check_goods, check_not_delivery, check_not_only
from checkout.engine.problems.maxima import check_maxima
from checkout.engine.problems.needs import check_needs
from checkout.engine.problems.point_dates import check_point_dates, check_reward_dates
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.problems.unit_rewards import check_unit_reward
from checkout.engine.problems.values import check_value
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.conditions import InSchedule, Moment
from checkout.engine.schema.goods import GoodsFlag
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsReward
from checkout.engine.schema.program import LanePhase
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.schema.values import AmountPer
from checkout.engine.told import told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.alternatives import Together
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign, Points, Reward


def check_rewards(
    path: str, campaign: Campaign, together: Together, ground: Ground, *, guests_only: bool
) -> Iterator[Problem]:
    """Every reward of a campaign, by itself and under the campaign's conditions."""
    starts = _starts(campaign, together)
    for i, reward in enumerate(campaign.rewards):
        here = f"{path}.rewards[{i}]"
        yield from _check_lane(here, reward, ground)
        if isinstance(reward, Percent | Amount | FixedPrice):
            yield from check_goods(f"{here}.goods", reward.goods, ground)
            yield from check_not_only(
                f"{here}.goods", reward.goods, GoodsFlag.NO_DISCOUNT, "take no discount"
            )
            yield from check_value(here, reward, ground)
        elif isinstance(reward, Discount):
            yield from check_unit_reward(here, reward, ground)
        else:
            yield from _check_points(here, reward, starts, ground)
        if isinstance(reward, Amount | PointsAmount):
            yield from _check_each(here, reward)
        yield from check_maxima(here, reward, ground)
    if guests_only:
        yield from _check_for_guests(path, campaign)
    yield from check_needs(path, campaign, together, ground, guests_only=guests_only)


def _starts(campaign: Campaign, together: Together) -> list[dt.datetime]:
    """Local moments before which the campaign is not open."""
    schedules = [campaign.schedule]
    schedules += [
        claim.condition.schedule
        for claim in together.claims
        if claim.holds and isinstance(claim.condition, InSchedule)
    ]
    return [
        schedule.starts_at
        for schedule in schedules
        if schedule.starts_at is not None and schedule.starts_at.tzinfo is None
    ]


def _check_lane(path: str, reward: Reward, ground: Ground) -> Iterator[Problem]:
    wants = LanePhase.DISCOUNT if isinstance(reward, Discount) else LanePhase.ACCRUAL
    phase = ground.phases.get(reward.lane)
    if phase is None:
        yield Problem(f"{path}.lane", told("the program has no lane {lane!r}", lane=reward.lane))
    elif phase is not wants:
        yield Problem(
            f"{path}.lane",
            told(
                "{kind} needs a lane of phase {wants}, this one is {phase}",
                kind=reward.kind,
                wants=wants,
                phase=phase,
            ),
        )
    elif isinstance(reward, PointsMultiplier) and reward.lane == _first_accrual_lane(ground):
        yield Problem(
            f"{path}.lane",
            "nothing has been earned before the first accrual lane: put it into a later one",
        )


def _first_accrual_lane(ground: Ground) -> str:
    return next(code for code, phase in ground.phases.items() if phase is LanePhase.ACCRUAL)


def _check_points(
    path: str, reward: Points, starts: Sequence[dt.datetime], ground: Ground
) -> Iterator[Problem]:
    yield from check_goods(f"{path}.goods", reward.goods, ground)
    yield from check_not_delivery(f"{path}.goods", reward.goods, "earns no points")
    yield from check_not_only(f"{path}.goods", reward.goods, GoodsFlag.NO_POINTS, "earn no points")
    yield from check_value(path, reward, ground)
    if reward.currency is not None:
        yield from unknown(f"{path}.currency", "currency", (reward.currency,), ground)
    if reward.dates is not None:
        yield from check_point_dates(f"{path}.dates", reward.dates)
    yield from check_reward_dates(path, reward, starts, ground)
    yield from _check_accrual_goods(f"{path}.goods", reward, ground)


def _check_accrual_goods(path: str, reward: Points, ground: Ground) -> Iterator[Problem]:
    """Goods of which the program lets nothing earn."""
    earning = ground.program.accrual.goods
    if reward.goods is None or earning is None:
        return
    kinds = kinds_of(reward.goods, COUNTED) & kinds_of(earning, COUNTED)
    if not kinds or exclude_each_other(reward.goods, earning, kinds):
        yield Problem(path, "the program's accrual.goods exclude these: they earn no points")


def _check_each(path: str, reward: Amount | PointsAmount) -> Iterator[Problem]:
    """`each_minor` and `each_units` belong to their `per`, and to no other."""
    for per, name in (
        (AmountPer.EACH_AMOUNT, "each_minor"),
        (AmountPer.EACH_UNITS, "each_units"),
    ):
        given = getattr(reward, name) is not None
        if reward.per is per and not given:
            yield Problem(
                f"{path}.{name}", told("per: {per} needs it: once for each full so much", per=per)
            )
        elif given and reward.per is not per:
            yield Problem(f"{path}.{name}", told("it works only with per: {per}", per=per))
    if (
        isinstance(reward, Amount)
        and reward.after is Moment.EARLIER_LANES
        and reward.per is not AmountPer.EACH_AMOUNT
    ):
        yield Problem(
            f"{path}.after",
            told("it works only with per: {per}", per=AmountPer.EACH_AMOUNT),
        )


def _check_for_guests(path: str, campaign: Campaign) -> Iterator[Problem]:
    """What only members get, in a campaign that is for guests only."""
    for i, reward in enumerate(campaign.rewards):
        here = f"{path}.rewards[{i}]"
        if isinstance(reward, PointsReward):
            yield Problem(here, "guests earn no points, and the campaign is for guests only")
        elif isinstance(reward, Percent | Amount | FixedPrice):
            if reward.personal:
                yield Problem(f"{here}.personal", "guests have no personal offers")
            if reward.by_member:
                yield Problem(f"{here}.by_member", "guests have neither tiers nor segments")
