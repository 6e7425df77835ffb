"""What all compiled rewards have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.goods import Selector
    from checkout.engine.schema.rewards import ReducedGoods


class CompiledReward:
    """One reward of a campaign in its lane."""

    __slots__ = ("campaign", "lane", "reduced_goods", "selector")

    def __init__(
        self, campaign: str, lane: str, selector: Selector | None, reduced_goods: ReducedGoods
    ) -> None:
        """Keep whose it is, where it stands and what goods it is for."""
        self.campaign = campaign
        self.lane = lane
        self.selector = selector
        self.reduced_goods = reduced_goods

    @property
    def selectors(self) -> tuple[Selector | None, ...]:
        """All choices of goods through which the reward's campaign may be reached."""
        return (self.selector,)
