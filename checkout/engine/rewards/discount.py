"""What all discount rewards have, and what they are told about the lane they work in."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from checkout.engine.receipt import LineKind
from checkout.engine.rewards.reward import CompiledReward
from checkout.engine.schema.rewards import Part, ReducedGoods

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.wish import Wish
    from checkout.engine.schema.rewards import Maximum


class Sums:
    """What percentages of one receipt remember of earlier ones.

    `exact_bp` and `given` are the exact sum (in ten-thousandths of a minor unit) and the wishes of
    the level `receipt`; `added` the rates and wishes on each line of a lane of base `added_up`,
    none in other lanes.
    """

    __slots__ = ("added", "exact_bp", "given")

    def __init__(self) -> None:
        """Nothing yet."""
        self.exact_bp = 0
        self.given = 0
        self.added: dict[CanonicalLine, tuple[int, int]] | None = None

    def copy(self) -> Sums:
        """A copy, to come back to."""
        other = Sums()
        other.exact_bp = self.exact_bp
        other.given = self.given
        other.added = dict(self.added) if self.added is not None else None
        return other


class DiscountReward(CompiledReward):
    """A reward that takes money off."""

    __slots__ = (
        "above_is_nothing",
        "application_minor",
        "bounds_lines",
        "counts_units",
        "line_minor",
        "on_delivery",
        "skus",
        "unit_minor",
    )

    def __init__(
        self,
        campaign: str,
        lane: str,
        selector: Selector | None,
        reduced_goods: ReducedGoods,
        maximum: Maximum,
    ) -> None:
        """Keep the bounds, too."""
        super().__init__(campaign, lane, selector, reduced_goods)
        self.unit_minor = maximum.unit_minor
        self.line_minor = maximum.line_minor
        self.bounds_lines = maximum.unit_minor is not None or maximum.line_minor is not None
        self.application_minor = maximum.application_minor
        self.above_is_nothing = maximum.above is Part.NOTHING
        self.counts_units = False
        #: What the till may be told to add.
        self.skus = selector.goods.skus if selector is not None else ()
        self.on_delivery = selector is not None and LineKind.DELIVERY in selector.goods.kinds

    @property
    def passes_over_reduced(self) -> bool:
        """Whether reduced lines take no part at all."""
        return self.reduced_goods in (ReducedGoods.SKIP, ReducedGoods.NEXT)

    @property
    def works_on(self) -> tuple[Selector | None, ...]:
        """All choices of goods whose lines it looks at."""
        return (self.selector,)

    @property
    def selectors(self) -> tuple[Selector | None, ...]:
        """All choices of goods through which its campaign may be reached."""
        return self.works_on

    def total_at_most(self) -> int | None:
        """No more than this is ever wished for in total; none if that depends on the receipt."""
        return None

    @abstractmethod
    def wish(self, case: Case, portions: list[Portion], sums: Sums) -> Wish | None:
        """What it wishes on the portions, which are in canonical order; none without a value."""

    def at_most(self, portion: Portion) -> int:
        """No more than this is ever wished for on a portion, whatever the others are."""
        return portion.room_minor

    def at_most_on_average(self, portion: Portion) -> int:
        """Its wishes on all portions are never more than the sum of these, if all have that room.

        On one of them it may wish for more.
        """
        return self.at_most(portion)

    @property
    def is_additive(self) -> bool:
        """Whether what it wishes on a portion does not depend on the other portions."""
        return False

    @property
    def is_proportional(self) -> bool:
        """Whether half of a line brings half, but for rounding: see ``docs/rules.md`` §3."""
        return False
