"""A portion: so much of a line as a reward works on (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine


class Portion:
    """So many thousandths of a line, with the base that is worked on and the room that is left."""

    __slots__ = ("base_minor", "line", "quantity_milli", "room_minor", "units")

    def __init__(
        self, line: CanonicalLine, quantity_milli: int, base_minor: int, room_minor: int
    ) -> None:
        """Take the four; units follow."""
        self.line = line
        self.quantity_milli = quantity_milli
        self.base_minor = base_minor
        self.room_minor = room_minor
        self.units = 1 if line.weighed else quantity_milli // UNIT_MILLI

    @property
    def start_minor(self) -> int:
        """The line's start, as far as it is the portion's."""
        return part_of(self.line.start_minor, self.quantity_milli, self.line.quantity_milli)


def part_of(amount_minor: int, quantity_milli: int, whole_milli: int) -> int:
    """So much of a whole line's amount as belongs to a part of its quantity, down."""
    if quantity_milli == whole_milli:
        return amount_minor
    return amount_minor * quantity_milli // whole_milli
