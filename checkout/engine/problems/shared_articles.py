"""Pairs of campaigns whose discounts can meet on one article, found through what goods mean.

Whether the rest of a choice of goods (prices, flags of the till) lets both work on the article, an
evaluation shows.
"""

from __future__ import annotations

from bisect import bisect_right
from heapq import merge
from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.reward_goods import goods_rewarded
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.program import LanePolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.articles import Articles
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program

#: Articles of a pair that are tried.
_TRIED: Final = 3
#: Pairs of a program that are looked at, whether they have an article in common or not.
CONSIDERED_MAX: Final = 1_000_000


class Pair(NamedTuple):
    """Two campaigns, in the order of the snapshot, and the first articles that both name."""

    one: Campaign
    other: Campaign
    skus: list[str]


def pairs_that_meet(
    campaigns: Sequence[Campaign], program: Program, articles: Articles
) -> Iterator[Pair | None]:
    """Pairs of a program's campaigns that name an article in lanes where discounts add up.

    The last is none if there are more pairs than can be looked at.
    """
    policies = {lane.code: lane.policy for lane in program.lanes}
    meant = [_meant(campaign, articles) for campaign in campaigns]
    alone = [_alone_in(campaign, policies) for campaign in campaigns]
    numbers: dict[str, list[int]] = {}
    for number, lane in enumerate(alone):
        numbers.setdefault(lane, []).append(number)
    considered = 0
    for number, campaign in enumerate(campaigns):
        groups = [
            group[bisect_right(group, number) :]
            for lane, group in numbers.items()
            if not lane or lane != alone[number]
        ]
        for other in merge(*groups):
            considered += 1
            if considered > CONSIDERED_MAX:
                yield None
                return
            common = meant[number] & meant[other]
            if common:
                yield Pair(campaign, campaigns[other], articles.first(common, _TRIED))


def _meant(campaign: Campaign, articles: Articles) -> int:
    found = 0
    for reward in campaign.rewards:
        for goods in goods_rewarded(reward):
            found |= articles.meant(goods)
    return found


def _alone_in(campaign: Campaign, policies: dict[str, LanePolicy]) -> str:
    """The lane in which all its discounts compete with others; empty if they can add up."""
    lanes = {each.lane for each in campaign.rewards if isinstance(each, Discount)}
    lane = lanes.pop()
    return "" if lanes or policies[lane] is LanePolicy.ALL else lane
