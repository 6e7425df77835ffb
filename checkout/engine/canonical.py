"""The canonical form of a receipt: equal lines merged and sorted; the way back to till lines.

Permuting lines, or splitting one into several that conserve its amount, gives the same canonical
form; so it gives the same outcome (``docs/rules.md`` §1 and §7). When no two lines are equal
nothing is merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.outcome_lines import TillShare
from checkout.engine.receipt import LineKind
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.compiled_campaign import CompiledCampaign
    from checkout.engine.goods import Article, Selector
    from checkout.engine.outcome_lines import LineDiscount, LinePoints
    from checkout.engine.receipt import Line


#: Looked up once: an enumeration looks for its members each time that they are named.
_DELIVERY: Final = LineKind.DELIVERY


class PaidBy:
    """What one certificate or pass paid of a line; its `parts` are by till line, once spread."""

    __slots__ = ("code", "is_pass", "minor", "parts", "unit_parts", "units")

    def __init__(self, code: str, *, minor: int, units: int, is_pass: bool) -> None:
        """Keep it; a line that stands for one till line needs no spreading."""
        self.code = code
        self.minor = minor
        self.units = units
        self.is_pass = is_pass
        self.parts = [minor]
        self.unit_parts = [units]


class CanonicalLine:
    """Equal till lines as one, with what has been granted on it so far.

    `start_minor` is the amount less external and manual discounts, `room_minor` what discounts may
    still take, `current_minor` the price after those granted, `opened_minor` the one with which the
    current lane opened, `spread_minor` what was granted of discounts that were spread, and
    `certificates` what certificates and passes paid, in the order in which they were spent. Without
    manual discounts until `grant_manually` says so.
    """

    __slots__ = (
        "amount_minor",
        "article",
        "candidates",
        "category",
        "certificates",
        "counted",
        "current_minor",
        "discounts",
        "external_discount_minor",
        "floor_minor",
        "kind",
        "manual_discount_minor",
        "manual_wanted_minor",
        "no_discount",
        "no_points",
        "opened_minor",
        "points",
        "points_earned_minor",
        "points_spent_minor",
        "points_value_minor",
        "price_minor",
        "quantity_milli",
        "room_minor",
        "selectors",
        "sku",
        "spread_minor",
        "start_minor",
        "till_lines",
        "units",
        "weighed",
    )

    #: What it sells; set by `checkout.engine.goods_index`.
    article: Article

    def __init__(self, lines: Sequence[Line]) -> None:
        """Merge lines of equal priced attributes, in order of position."""
        first = lines[0]
        self.sku = first.sku
        self.category = first.category
        self.till_lines = lines
        self.kind = first.kind
        self.counted = first.kind is not _DELIVERY
        self.weighed = first.weighed
        self.no_discount = first.no_discount
        self.no_points = first.no_points
        self.price_minor = first.price_minor
        if len(lines) == 1:
            self.quantity_milli = first.quantity_milli
            self.amount_minor = first.amount_minor
            self.external_discount_minor = first.external_discount_minor
            self.manual_wanted_minor = first.manual_discount_minor
        else:
            self.quantity_milli = sum(line.quantity_milli for line in lines)
            self.amount_minor = sum(line.amount_minor for line in lines)
            self.external_discount_minor = sum(line.external_discount_minor for line in lines)
            self.manual_wanted_minor = sum(line.manual_discount_minor for line in lines)
        self.units = 1 if first.weighed else self.quantity_milli // UNIT_MILLI
        self.floor_minor = _floor_minor(first, self.quantity_milli)
        self.points_value_minor = 0
        self.points_spent_minor = 0
        self.points_earned_minor = 0
        self.spread_minor = 0
        self.discounts: list[LineDiscount] = []
        self.points: list[LinePoints] = []
        self.certificates: list[PaidBy] = []
        #: Choices of goods that mean it; those without lists as soon as they have been asked.
        self.selectors: frozenset[Selector] | set[Selector] = frozenset()
        self.candidates: tuple[CompiledCampaign, ...] = ()
        self.grant_manually(0)

    @property
    def reduced(self) -> bool:
        """Whether its price is already below its amount."""
        return self.current_minor < self.amount_minor

    def grant_manually(self, manual_discount_minor: int) -> None:
        """Set what is granted of the discount by hand, before any other; prices follow."""
        self.manual_discount_minor = manual_discount_minor
        start = self.amount_minor - self.external_discount_minor - manual_discount_minor
        self.start_minor = start
        self.current_minor = start
        self.opened_minor = start
        self.room_minor = 0 if self.no_discount else max(start - self.floor_minor, 0)

    @property
    def certificates_minor(self) -> int:
        """What certificates and passes have paid."""
        return sum(paid.minor for paid in self.certificates) if self.certificates else 0

    @property
    def due_minor(self) -> int:
        """What is still to be paid: the price less passes, points and certificates so far."""
        return self.current_minor - self.points_value_minor - self.certificates_minor

    def add_selector(self, selector: Selector) -> None:
        """Remember that a choice of goods means it, beside those that its article shares."""
        if isinstance(self.selectors, frozenset):
            self.selectors = set(self.selectors)
        self.selectors.add(selector)

    def shares(self) -> list[TillShare]:
        """What of the discounts and of the value paid with points belongs to each till line."""
        lines = self.till_lines
        discount_minor = self.start_minor - self.current_minor
        if len(lines) == 1:
            return [
                TillShare(
                    lines[0].position,
                    self.quantity_milli,
                    self.amount_minor,
                    self.external_discount_minor,
                    self.manual_discount_minor,
                    discount_minor,
                    self.points_value_minor,
                    self.certificates_minor,
                )
            ]
        prices = [line.amount_minor - line.external_discount_minor for line in lines]
        floors = [_floor_minor(line, line.quantity_milli) for line in lines]
        manual = [0] * len(lines)
        if self.manual_discount_minor:
            manual = allocate(
                self.manual_discount_minor,
                [line.manual_discount_minor for line in lines],
                _rooms(prices, floors),
            )
        starts = [price - cut for price, cut in zip(prices, manual, strict=True)]
        discounts = [0] * len(lines)
        if discount_minor:
            discounts = allocate(discount_minor, starts, _rooms(starts, floors))
        payables = [start - cut for start, cut in zip(starts, discounts, strict=True)]
        passes = self._spread_passes(payables)
        values = allocate(self.points_value_minor, payables, payables)
        for i, value in enumerate(values):
            payables[i] -= value
        certificates = self._spread_certificates(payables)
        return [
            TillShare(
                line.position,
                line.quantity_milli,
                line.amount_minor,
                line.external_discount_minor,
                by_hand,
                discount,
                value,
                by_pass + by_certificate,
            )
            for line, by_hand, discount, value, by_pass, by_certificate in zip(
                lines, manual, discounts, values, passes, certificates, strict=True
            )
        ]

    def _spread_passes(self, payables: list[int]) -> list[int]:
        """Spread what passes paid over the till lines, where their units are; take it off them."""
        total = [0] * len(payables)
        whole = [line.quantity_milli // UNIT_MILLI for line in self.till_lines]
        broken = [int(line.quantity_milli % UNIT_MILLI > 0) for line in self.till_lines]
        for paid in self.certificates:
            if paid.is_pass:
                paid.unit_parts = [0] * len(payables)
                left = _take_units(whole, paid.units, paid.unit_parts)
                _take_units(broken, left, paid.unit_parts)
                paid.parts = _taken_off(payables, paid.minor, paid.unit_parts, total)
        return total

    def _spread_certificates(self, payables: list[int]) -> list[int]:
        """Spread what certificates paid over the till lines, and take it off them."""
        total = [0] * len(payables)
        for paid in self.certificates:
            if not paid.is_pass:
                paid.unit_parts = [0] * len(payables)
                paid.parts = _taken_off(payables, paid.minor, list(payables), total)
        return total


def canonical_lines(lines: Sequence[Line]) -> list[CanonicalLine]:
    """The canonical form of a receipt's lines; a weighed line stays alone.

    The sku comes first in their order: only lines of the same one are compared further.
    """
    by_sku: dict[str, list[Line]] = {}
    for line in lines:
        same = by_sku.get(line.sku)
        if same is None:
            by_sku[line.sku] = [line]
        else:
            same.append(line)
    merged = []
    for sku in sorted(by_sku):
        same = by_sku[sku]
        if len(same) == 1:
            merged.append(CanonicalLine(same))
        else:
            merged += _merged(same)
    return merged


def _merged(lines: list[Line]) -> list[CanonicalLine]:
    """The canonical form of lines of one sku."""
    groups: dict[tuple[str | int | bool, ...], list[Line]] = {}
    for line in lines:
        key: tuple[str | int | bool, ...] = (
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
        if line.weighed:
            key = (
                *key,
                line.quantity_milli,
                line.amount_minor,
                line.external_discount_minor,
                line.manual_discount_minor,
                line.position,
            )
        groups.setdefault(key, []).append(line)
    return [CanonicalLine(sorted(groups[key], key=_position)) for key in sorted(groups)]


def _floor_minor(line: Line, quantity_milli: int) -> int:
    """How low a price may fall: rounded down, so that parts always find room."""
    return line.min_price_minor * quantity_milli // UNIT_MILLI


def _take_units(rooms: list[int], units: int, parts: list[int]) -> int:
    """Add units to parts in order, as far as there is room; answer how many are left."""
    for i, room in enumerate(rooms):
        taken = min(units, room)
        rooms[i] -= taken
        parts[i] += taken
        units -= taken
    return units


def _taken_off(payables: list[int], minor: int, weights: list[int], total: list[int]) -> list[int]:
    """Spread an amount over what is to be paid of each part, and take it off; add it to `total`."""
    parts = allocate(minor, weights, payables)
    for i, part in enumerate(parts):
        payables[i] -= part
        total[i] += part
    return parts


def _rooms(prices: list[int], floors: list[int]) -> list[int]:
    return [max(price - floor, 0) for price, floor in zip(prices, floors, strict=True)]


def _position(line: Line) -> int:
    return line.position
