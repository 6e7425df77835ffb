"""What all compiled rewards have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.rewards import ReducedGoods

if TYPE_CHECKING:
    from checkout.engine.goods import Selector


class CompiledReward:
    """One reward of a campaign in its lane."""

    __slots__ = ("campaign", "counts_reduced", "lane", "reduced_goods", "selector")

    def __init__(
        self, campaign: str, lane: str, selector: Selector | None, reduced_goods: ReducedGoods
    ) -> None:
        """Keep whose it is, where it stands and what goods it is for."""
        self.campaign = campaign
        self.lane = lane
        self.selector = selector
        self.reduced_goods = reduced_goods
        #: Whether it makes no difference that the price of goods is already reduced.
        self.counts_reduced = reduced_goods is ReducedGoods.COUNT

    @property
    def selectors(self) -> tuple[Selector | None, ...]:
        """All choices of goods through which the reward's campaign may be reached."""
        return (self.selector,)
