"""A portion: so much of a line as a reward works on (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine


class Portion:
    """So many thousandths of a line, with the base that is worked on and the room that is left.

    `whole_base_minor` and `whole_room_minor` are those of the whole line, of which units have
    their share. `reduced` is told to rewards that count units and do not count reduced goods.
    """

    __slots__ = (
        "base_minor",
        "line",
        "quantity_milli",
        "reduced",
        "room_minor",
        "units",
        "whole_base_minor",
        "whole_room_minor",
    )

    def __init__(
        self, line: CanonicalLine, quantity_milli: int, whole_base_minor: int, whole_room_minor: int
    ) -> None:
        """Take the part of base and room that belongs to the quantity, down."""
        self.line = line
        self.quantity_milli = quantity_milli
        self.reduced = False
        self.whole_base_minor = whole_base_minor
        self.whole_room_minor = whole_room_minor
        whole_milli = line.quantity_milli
        if quantity_milli == whole_milli:
            self.base_minor = whole_base_minor
            self.room_minor = whole_room_minor
        else:
            self.base_minor = whole_base_minor * quantity_milli // whole_milli
            self.room_minor = whole_room_minor * quantity_milli // whole_milli
        self.units = 1 if line.weighed else quantity_milli // UNIT_MILLI

    def worth_minor(self, units: int) -> int:
        """What so many units are worth; a weighed line is one unit."""
        return self._of_units(units, self.base_minor, self.whole_base_minor)

    def units_room_minor(self, units: int) -> int:
        """What may be taken off so many units."""
        return self._of_units(units, self.room_minor, self.whole_room_minor)

    def milli_of(self, units: int) -> int:
        """The thousandths that so many units are."""
        return self.quantity_milli if self.line.weighed else units * UNIT_MILLI

    def _of_units(self, units: int, portion_minor: int, whole_minor: int) -> int:
        if self.line.weighed:
            return portion_minor
        part = whole_minor * units * UNIT_MILLI // self.line.quantity_milli
        return min(part, portion_minor)


def part_of(amount_minor: int, quantity_milli: int, whole_milli: int) -> int:
    """So much of a whole line's amount as belongs to a part of its quantity, down."""
    if quantity_milli == whole_milli:
        return amount_minor
    return amount_minor * quantity_milli // whole_milli
