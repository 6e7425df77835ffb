"""The canonical form of a receipt: equal lines merged, sorted.

And the way back to the till's lines.

Permuting lines, or splitting one into several that conserve its amount, gives the same canonical
form; so it gives the same outcome (``docs/rules.md`` §1 and §7). When no two lines are equal
nothing is merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import TillShare
from checkout.engine.receipt import LineKind
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.compiled import CompiledCampaign
    from checkout.engine.goods import GoodsIndex, Selector
    from checkout.engine.outcome import LineDiscount, LinePoints
    from checkout.engine.receipt import Line


class CanonicalLine:
    """Equal till lines as one, with what has been granted on it so far.

    `start_minor` is the amount less external discounts, `room_minor` what discounts may still take,
    `current_minor` the price after those granted.
    """

    __slots__ = (
        "amount_minor",
        "candidates",
        "category",
        "counted",
        "current_minor",
        "discounts",
        "external_discount_minor",
        "no_points",
        "points",
        "points_earned_minor",
        "points_spent_minor",
        "points_value_minor",
        "quantity_milli",
        "room_minor",
        "selectors",
        "sku",
        "start_minor",
        "till_lines",
        "units",
    )

    def __init__(self, lines: Sequence[Line]) -> None:
        """Merge lines of equal priced attributes, in order of position."""
        first = lines[0]
        self.sku = first.sku
        self.category = first.category
        self.till_lines = lines
        self.counted = first.kind is not LineKind.DELIVERY
        self.no_points = first.no_points
        if len(lines) == 1:
            self.quantity_milli = first.quantity_milli
            self.amount_minor = first.amount_minor
            self.external_discount_minor = first.external_discount_minor
        else:
            self.quantity_milli = sum(line.quantity_milli for line in lines)
            self.amount_minor = sum(line.amount_minor for line in lines)
            self.external_discount_minor = sum(line.external_discount_minor for line in lines)
        self.units = len(lines) if first.weighed else self.quantity_milli // UNIT_MILLI
        self.start_minor = self.amount_minor - self.external_discount_minor
        self.current_minor = self.start_minor
        self.room_minor = (
            _room_minor(first, self.quantity_milli, self.start_minor) if self.counted else 0
        )
        self.points_value_minor = 0
        self.points_spent_minor = 0
        self.points_earned_minor = 0
        self.discounts: list[LineDiscount] = []
        self.points: list[LinePoints] = []
        self.selectors: frozenset[Selector] = frozenset()
        self.candidates: tuple[CompiledCampaign, ...] = ()

    def resolve(self, goods: GoodsIndex) -> None:
        """Find the selectors that mean this line, and the campaigns that they reach."""
        resolution = goods.resolve(self.sku, self.category)
        self.selectors = resolution.selectors
        self.candidates = resolution.candidates

    def shares(self) -> list[TillShare]:
        """What of the discount and of the value paid with points belongs to each till line."""
        lines = self.till_lines
        discount_minor = self.start_minor - self.current_minor
        if len(lines) == 1:
            return [
                TillShare(
                    lines[0].position,
                    self.amount_minor,
                    self.external_discount_minor,
                    discount_minor,
                    self.points_value_minor,
                )
            ]
        starts = [line.amount_minor - line.external_discount_minor for line in lines]
        rooms = [
            _room_minor(line, line.quantity_milli, start)
            for line, start in zip(lines, starts, strict=True)
        ]
        discounts = allocate(discount_minor, starts, rooms)
        payables = [start - cut for start, cut in zip(starts, discounts, strict=True)]
        values = allocate(self.points_value_minor, payables, payables)
        return [
            TillShare(
                line.position,
                line.amount_minor,
                line.external_discount_minor,
                discount,
                value,
            )
            for line, discount, value in zip(lines, discounts, values, strict=True)
        ]


def _room_minor(line: Line, quantity_milli: int, start_minor: int) -> int:
    """How far a price may fall: to the floor.

    Which is rounded down so that parts always find room.
    """
    if line.no_discount:
        return 0
    if not line.min_price_minor:
        return start_minor
    return max(start_minor - line.min_price_minor * quantity_milli // UNIT_MILLI, 0)


def canonical_lines(lines: Sequence[Line]) -> list[CanonicalLine]:
    """The canonical form of a receipt's lines."""
    groups: dict[tuple[str | int | bool, ...], list[Line]] = {}
    for line in lines:
        key: tuple[str | int | bool, ...] = (
            line.sku,
            line.price_minor,
            line.barcode,
            line.category,
            line.min_price_minor,
            line.kind,
            line.no_discount,
            line.no_points,
            line.excise,
            line.marked,
            line.weighed,
        )
        group = groups.get(key)
        if group is None:
            groups[key] = [line]
        else:
            group.append(line)
    merged = []
    for key in sorted(groups):
        group = groups[key]
        if len(group) > 1:
            group.sort(key=_position)
        merged.append(CanonicalLine(group))
    return merged


def _position(line: Line) -> int:
    return line.position
