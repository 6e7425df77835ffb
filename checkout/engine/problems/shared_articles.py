"""Pairs of campaigns whose discounts can meet on one article, found through what goods name.

Only the lists of a choice of goods are looked at; whether the rest of it (flags, prices, `within`,
`but_not`) lets both work on the article, an evaluation shows.
"""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.choices import has_list
from checkout.engine.schema.program import LanePolicy
from checkout.engine.schema.rewards import DiscountReward

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Snapshot

#: What a list of goods names: the list, and a value of it.
_Name = tuple[str, ...]


class Pair(NamedTuple):
    """Two campaigns, in the order of the snapshot, and the first articles that both name."""

    one: Campaign
    other: Campaign
    skus: list[str]


class Articles:
    """The articles of a snapshot by everything under which goods can name them."""

    def __init__(self, snapshot: Snapshot) -> None:
        """File each article under its sku, categories, brand, supplier, tags and attributes."""
        parents = {category.code: category.parent for category in snapshot.categories}
        self._named: dict[_Name, list[str]] = {}
        for product in snapshot.products:
            names: list[_Name] = [("skus", product.sku), ("brands", product.brand)]
            names.append(("suppliers", product.supplier))
            names += [("tags", tag) for tag in product.tags]
            names += [("attributes", *attribute) for attribute in product.attributes.items()]
            category = product.category
            while category:
                names.append(("categories", category))
                category = parents.get(category, "")
            for name in names:
                self._named.setdefault(name, []).append(product.sku)
        self._all = sorted(product.sku for product in snapshot.products)

    def of(self, campaign: Campaign) -> frozenset[str] | None:
        """What the goods of its discounts name; none if one of them names everything."""
        found: set[str] = set()
        for reward in campaign.rewards:
            if isinstance(reward, DiscountReward):
                if reward.goods is None or not has_list(reward.goods):
                    return None
                for name in _names(reward.goods):
                    found.update(self._named.get(name, ()))
        return frozenset(found)

    def shared(
        self, one: frozenset[str] | None, other: frozenset[str] | None, count: int
    ) -> list[str]:
        """The first articles that both name."""
        if one is None or other is None:
            named = other if one is None else one
            return self._all[:count] if named is None else nsmallest(count, named)
        return nsmallest(count, one & other)


def _names(goods: Goods) -> Iterator[_Name]:
    for listed in ("skus", "categories", "brands", "suppliers", "tags"):
        for value in getattr(goods, listed):
            yield listed, value
    for attribute in goods.attributes:
        for value in attribute.values:
            yield "attributes", attribute.name, value


#: Articles of a pair that are tried.
_TRIED: Final = 3


def pairs_that_meet(
    campaigns: Sequence[Campaign], program: Program, articles: Articles
) -> Iterator[Pair]:
    """Pairs of a program's campaigns that name an article in lanes where discounts add up."""
    policies = {lane.code: lane.policy for lane in program.lanes}
    named = [articles.of(campaign) for campaign in campaigns]
    alone = [_alone_in(campaign, policies) for campaign in campaigns]
    by_sku: dict[str, list[int]] = {}
    for number, skus in enumerate(named):
        for sku in skus or ():
            by_sku.setdefault(sku, []).append(number)
    everywhere = [number for number, skus in enumerate(named) if skus is None]
    for number, campaign in enumerate(campaigns):
        skus = named[number]
        others: Iterable[int] = range(number + 1, len(campaigns))
        if skus is not None:
            others = sorted({*everywhere, *(near for sku in skus for near in by_sku[sku])})
        for other in others:
            if other <= number or (alone[number] and alone[number] == alone[other]):
                continue
            yield Pair(campaign, campaigns[other], articles.shared(skus, named[other], _TRIED))


def _alone_in(campaign: Campaign, policies: dict[str, LanePolicy]) -> str:
    """The lane in which all its discounts compete with others; empty if they can add up."""
    lanes = {each.lane for each in campaign.rewards if isinstance(each, DiscountReward)}
    lane = lanes.pop()
    return "" if lanes or policies[lane] is LanePolicy.ALL else lane
