"""Campaigns that never get a turn: another one keeps all of their lanes for itself, always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.problem import Problem
from checkout.engine.schema.campaign import Discount, Exclusive
from checkout.engine.schema.program import LanePhase
from checkout.engine.schema.rewards import Amount, Percent, ReducedGoods
from checkout.engine.schema.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign

_ALONE = (Exclusive.LANE, Exclusive.ALL)


def shadowed(ground: Ground) -> Iterator[Problem]:
    """Campaigns all of whose lanes a campaign without conditions keeps on every receipt."""
    keepers = sorted(
        filter(_is_unconditional, ground.campaigns.values()),
        key=lambda campaign: (campaign.exclusive is not Exclusive.ALL, *_order(campaign)),
    )
    if not keepers:
        return
    by_lane: dict[str, Campaign] = {}
    for keeper in keepers:
        for lane in _kept_lanes(keeper, ground):
            by_lane.setdefault(lane, keeper)
    for campaign in ground.campaigns.values():
        others = {by_lane.get(reward.lane) for reward in campaign.rewards}
        found = [other for other in others if other is not None and _goes_first(other, campaign)]
        if found and len(found) == len(others):
            names = ", ".join(sorted(other.code for other in found))
            yield Problem(
                f"campaigns[{campaign.code}]",
                f"it never gets a turn: {names} keeps its lanes on every receipt",
            )


def _is_unconditional(campaign: Campaign) -> bool:
    return (
        campaign.exclusive in _ALONE
        and campaign.when is None
        and campaign.schedule == Schedule()
        and not campaign.limits
        and campaign.budget is None
        and not campaign.not_with
    )


def _kept_lanes(campaign: Campaign, ground: Ground) -> Iterator[str]:
    """Lanes in which it takes something off every line; with `all`, every discount lane."""
    for reward in campaign.rewards:
        if (
            isinstance(reward, Percent | Amount)
            and getattr(reward, "each_minor", None) is None
            and getattr(reward, "each_units", None) is None
            and reward.goods is None
            and not reward.by_member
            and not reward.personal
            and reward.scale is None
            and reward.reduced_goods is ReducedGoods.COUNT
        ):
            if campaign.exclusive is Exclusive.LANE:
                yield reward.lane
                continue
            for lane, phase in ground.phases.items():
                if phase is LanePhase.DISCOUNT:
                    yield lane


def _goes_first(keeper: Campaign, campaign: Campaign) -> bool:
    """Marked campaigns work before the others; among themselves by priority, then code."""
    if keeper is campaign or not any(isinstance(one, Discount) for one in campaign.rewards):
        return False
    if Exclusive.ALL in (keeper.exclusive, campaign.exclusive) and (
        keeper.exclusive is not campaign.exclusive
    ):
        return keeper.exclusive is Exclusive.ALL
    return campaign.exclusive not in _ALONE or _order(keeper) < _order(campaign)


def _order(campaign: Campaign) -> tuple[int, str]:
    return -campaign.priority, campaign.code
