"""Rewards, compiled: what each wants on a line (``docs/rules.md`` §3 and §5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, assert_never

from checkout.engine import campaign as schema
from checkout.primitives import AMOUNT_MAX_MINOR, percent_half_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.goods import Selector


class CompiledReward:
    """One reward of a campaign in its lane."""

    __slots__ = ("campaign", "lane", "selector")

    def __init__(self, campaign: str, lane: str, selector: Selector | None) -> None:
        """Keep whose it is, where it stands and what goods it is for."""
        self.campaign = campaign
        self.lane = lane
        self.selector = selector


class LineDiscountReward(CompiledReward, ABC):
    """A discount that is wanted line by line."""

    __slots__ = ()

    @property
    def rate_bp(self) -> int:
        """The rate that the explanation shows; 0 when there is none."""
        return 0

    @abstractmethod
    def wanted_minor(self, line: CanonicalLine, base_minor: int) -> int:
        """The discount wanted on a line, given the base that the lane names."""


class PercentOff(LineDiscountReward):
    """`percent`."""

    __slots__ = ("_rate_bp",)

    def __init__(self, campaign: str, lane: str, selector: Selector | None, rate_bp: int) -> None:
        """Keep the rate."""
        super().__init__(campaign, lane, selector)
        self._rate_bp = rate_bp

    @property
    def rate_bp(self) -> int:
        """The percentage."""
        return self._rate_bp

    def wanted_minor(self, line: CanonicalLine, base_minor: int) -> int:
        """The percentage of the base, half up."""
        del line
        return percent_half_up(base_minor, self._rate_bp)


class AmountOffUnit(LineDiscountReward):
    """`amount_per_unit`."""

    __slots__ = ("amount_minor",)

    def __init__(
        self, campaign: str, lane: str, selector: Selector | None, amount_minor: int
    ) -> None:
        """Keep the amount."""
        super().__init__(campaign, lane, selector)
        self.amount_minor = amount_minor

    def wanted_minor(self, line: CanonicalLine, base_minor: int) -> int:
        """The amount, once per unit."""
        del base_minor
        return min(self.amount_minor * line.units, AMOUNT_MAX_MINOR)


class AmountOffReceipt(CompiledReward):
    """`receipt_amount_off`."""

    __slots__ = ("amount_minor",)

    def __init__(
        self, campaign: str, lane: str, selector: Selector | None, amount_minor: int
    ) -> None:
        """Keep the amount."""
        super().__init__(campaign, lane, selector)
        self.amount_minor = amount_minor


class PercentInPoints(CompiledReward):
    """`points_percent`."""

    __slots__ = ("rate_bp",)

    def __init__(self, campaign: str, lane: str, selector: Selector | None, rate_bp: int) -> None:
        """Keep the rate."""
        super().__init__(campaign, lane, selector)
        self.rate_bp = rate_bp


class PointsPerUnit(CompiledReward):
    """`points_per_unit`."""

    __slots__ = ("points_minor",)

    def __init__(
        self, campaign: str, lane: str, selector: Selector | None, points_minor: int
    ) -> None:
        """Keep the points."""
        super().__init__(campaign, lane, selector)
        self.points_minor = points_minor


def compile_reward(
    campaign: str,
    reward: schema.Reward,
    selector_of: Callable[[schema.Goods | None], Selector | None],
) -> CompiledReward:
    """The compiled form of one reward of the schema."""
    selector = selector_of(reward.goods)
    match reward:
        case schema.Percent():
            return PercentOff(campaign, reward.lane, selector, reward.rate_bp)
        case schema.AmountPerUnit():
            return AmountOffUnit(campaign, reward.lane, selector, reward.amount_minor)
        case schema.ReceiptAmountOff():
            return AmountOffReceipt(campaign, reward.lane, selector, reward.amount_minor)
        case schema.PointsPercent():
            return PercentInPoints(campaign, reward.lane, selector, reward.rate_bp)
        case schema.PointsPerUnit():
            return PointsPerUnit(campaign, reward.lane, selector, reward.points_minor)
        case _:
            assert_never(reward)
