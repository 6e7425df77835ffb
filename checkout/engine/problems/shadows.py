"""Campaigns that never get a turn: another one comes before them on every receipt.

The others are *takers*: without conditions, limits and a budget they take something off every line
that takes a discount at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.reward_goods import goods_rewarded
from checkout.engine.problems.shown import listed
from checkout.engine.receipt import LineKind
from checkout.engine.schema.campaign import Discount, Exclusive
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.program import LaneBase, LanePolicy, LaneScope
from checkout.engine.schema.rewards import Amount, Maximum, Percent, ReducedGoods
from checkout.engine.schema.schedule import Schedule
from checkout.engine.told import told
from checkout.primitives import FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Lane

_ALONE: Final = (Exclusive.LANE, Exclusive.ALL)
_ALL_GOODS: Final = (None, Goods())


def shadowed(ground: Ground) -> Iterator[Problem]:
    """Campaigns that a taker keeps out of each of the lanes in which they have rewards."""
    takers = _Takers(ground)
    if takers.is_empty:
        return
    for campaign in ground.campaigns.values():
        found = takers.before(campaign)
        if found:
            names = listed(sorted({taker.code for taker, _ in found}), "and")
            whys = listed([told(why) for why in sorted({why for _, why in found})], "and")
            yield Problem(
                f"campaigns[{campaign.code}]",
                told("it never gets a turn: {names} {whys}", names=names, whys=whys),
            )


class _Takers:
    """The takers of a program by lane, the first in order first, and those without a lane."""

    __slots__ = ("_alone", "_by_code", "_by_lane", "_dearest", "_lanes", "_order", "_whole")

    def __init__(self, ground: Ground) -> None:
        takers = sorted(
            filter(_is_unconditional, ground.campaigns.values()),
            key=lambda taker: (taker.exclusive not in _ALONE, *_order(taker)),
        )
        self._lanes = {lane.code: lane for lane in ground.program.lanes}
        self._order = ground.lane_order
        self._by_code = {taker.code: taker for taker in takers if _lanes_taken(taker)}
        self._alone = [
            taker for taker in self._by_code.values() if taker.exclusive is Exclusive.ALL
        ]
        self._by_lane: dict[str, list[Campaign]] = {}
        self._dearest: dict[str, tuple[int, Campaign]] = {}
        self._whole: dict[str, Campaign] = {}
        for taker in self._by_code.values():
            for lane, rate in _lanes_taken(taker).items():
                self._by_lane.setdefault(lane, []).append(taker)
                if rate > self._dearest.get(lane, (0, taker))[0]:
                    self._dearest[lane] = (rate, taker)
                if rate == FULL_RATE_BP:
                    self._whole.setdefault(lane, taker)

    @property
    def is_empty(self) -> bool:
        """Whether there is nobody to keep anybody away."""
        return not self._by_code

    def before(self, campaign: Campaign) -> list[tuple[Campaign, str]]:
        """Who keeps a campaign out of its lanes, and how; nobody unless out of all of them."""
        if not campaign.rewards or not all(isinstance(r, Discount) for r in campaign.rewards):
            lanes: list[str] = []
        else:
            lanes = list(dict.fromkeys(reward.lane for reward in campaign.rewards))
        found: list[tuple[Campaign, str]] = []
        for lane in lanes:
            keeper = self._in_lane(campaign, self._lanes[lane])
            if keeper is None:
                return []
            found.append(keeper)
        return found

    def _in_lane(self, campaign: Campaign, lane: Lane) -> tuple[Campaign, str] | None:
        for taker in self._alone[:1]:
            if taker is not campaign and (
                campaign.exclusive is not Exclusive.ALL or _order(taker) < _order(campaign)
            ):
                return taker, "keeps its lanes on every receipt"
        for code in campaign.not_with:
            other = self._by_code.get(code)
            if other is not None and self._works_before(other, campaign, lane):
                return other, "grants something before, and not_with keeps them apart"
        return self._of_lane(campaign, lane)

    def _of_lane(self, campaign: Campaign, lane: Lane) -> tuple[Campaign, str] | None:
        """A taker of the lane itself that works before, or is always granted more."""
        for taker in self._by_lane.get(lane.code, ())[:_LOOKED_AT]:
            if taker is campaign or not _goes_first(taker, campaign):
                continue
            if taker.exclusive in _ALONE:
                return taker, "keeps its lanes on every receipt"
            if taker.exclusive is Exclusive.BELOW and lane.policy is LanePolicy.ALL:
                return taker, "keeps those below it away on every receipt"
            if (
                lane.policy is LanePolicy.FIRST
                and lane.scope is not LaneScope.UNIT
                and not _is_of_delivery(campaign)
            ):
                return taker, "is the first of its lane on every line"
        if _is_of_delivery(campaign):
            return None
        whole = self._taking_all(campaign, lane)
        if whole is not None:
            return whole, "takes everything off before"
        if lane.policy is LanePolicy.BEST and lane.code in self._dearest:
            rate, taker = self._dearest[lane.code]
            if taker is not campaign and _is_beaten(campaign, lane.code, rate, taker):
                return taker, "is always granted more in its lane"
        return None

    def _taking_all(self, campaign: Campaign, lane: Lane) -> Campaign | None:
        """A taker that leaves a price of nothing, or of the floor."""
        if lane.base is not LaneBase.CURRENT or lane.policy is not LanePolicy.ALL:
            return None
        for code, taker in self._whole.items():
            if (
                taker is not campaign
                and self._lanes[code].policy is LanePolicy.ALL
                and taker.exclusive is Exclusive.NO
                and self._works_before(taker, campaign, lane)
            ):
                return taker
        return None

    def _works_before(self, taker: Campaign, campaign: Campaign, lane: Lane) -> bool:
        """Whether a taker has been granted something when a campaign works in a lane."""
        places = [(self._order[code], self._lanes[code].policy) for code in _lanes_taken(taker)]
        here = self._order[lane.code]
        return any(
            policy is LanePolicy.ALL
            and (place < here or (place == here and _goes_first(taker, campaign)))
            for place, policy in places
        )


#: Takers of one lane that are looked at for one campaign.
_LOOKED_AT: Final = 50


def _is_unconditional(campaign: Campaign) -> bool:
    return (
        campaign.when is None
        and campaign.schedule == Schedule()
        and not campaign.limits
        and campaign.budget is None
        and not campaign.not_with
        and campaign.maximum_discount_minor is None
    )


def _lanes_taken(campaign: Campaign) -> dict[str, int]:
    """Lanes in which it takes something off every line, with the rate; 0 for an amount."""
    return {
        reward.lane: (reward.rate_bp or 0) if isinstance(reward, Percent) else 0
        for reward in reversed(campaign.rewards)
        if isinstance(reward, Percent | Amount)
        and getattr(reward, "each_minor", None) is None
        and getattr(reward, "each_units", None) is None
        and reward.goods in _ALL_GOODS
        and not reward.by_member
        and not reward.personal
        and reward.scale is None
        and reward.reduced_goods is ReducedGoods.COUNT
        and reward.maximum == Maximum()
    }


def _is_of_delivery(campaign: Campaign) -> bool:
    """Whether it takes something off delivery charges, which takers leave alone."""
    return any(
        LineKind.DELIVERY in goods.kinds
        for reward in campaign.rewards
        for goods in goods_rewarded(reward)
    )


def _is_beaten(campaign: Campaign, lane: str, rate: int, taker: Campaign) -> bool:
    """Whether nothing of a campaign in a lane is ever more than a rate, and equal to it later."""
    rewards = [reward for reward in campaign.rewards if reward.lane == lane]
    rates = [
        reward.rate_bp
        if isinstance(reward, Percent) and reward.rate_bp is not None and len(rewards) == 1
        else None
        for reward in rewards
    ]
    return all(
        each is not None and (each < rate or (each == rate and _order(taker) < _order(campaign)))
        for each in rates
    )


def _goes_first(keeper: Campaign, campaign: Campaign) -> bool:
    """Marked campaigns work before the others; among themselves by priority, then code."""
    if keeper is campaign:
        return False
    if Exclusive.ALL in (keeper.exclusive, campaign.exclusive) and (
        keeper.exclusive is not campaign.exclusive
    ):
        return keeper.exclusive is Exclusive.ALL
    if (keeper.exclusive in _ALONE) is not (campaign.exclusive in _ALONE):
        return keeper.exclusive in _ALONE
    return _order(keeper) < _order(campaign)


def _order(campaign: Campaign) -> tuple[int, str]:
    return -campaign.priority, campaign.code
