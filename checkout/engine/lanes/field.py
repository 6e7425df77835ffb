"""What of a lane is open to whom: closed lines, used units, allotments (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.lane import CompiledLane

Allotment = dict["CanonicalLine", int]


class Field:
    """How much of each line a contender may still work on in one lane."""

    __slots__ = ("_allotments", "_by_line", "_keepers", "_used", "by_unit", "is_tracked")

    def __init__(self, lane: CompiledLane) -> None:
        """Open the lane: everything is open to everybody."""
        self._by_line = lane.by_line
        self.by_unit = lane.by_unit
        #: Whether it has to be told what is granted and used.
        self.is_tracked = self._by_line or self.by_unit
        self._keepers: dict[CanonicalLine, str] = {}
        self._used: dict[CanonicalLine, dict[str, int]] = {}
        self._allotments: dict[str, Allotment] | None = None

    def allot(self, allotments: dict[str, Allotment]) -> None:
        """From now on each campaign works on what it was allotted, and on nothing else."""
        self._allotments = allotments

    @property
    def whole(self) -> bool:
        """Whether every line is still wholly open to everybody."""
        return not (self._keepers or self._used or self._allotments is not None)

    def open_milli(self, campaign: str, line: CanonicalLine) -> int:
        """The quantity of a line that is open to a campaign."""
        if self._allotments is not None:
            return self._allotments.get(campaign, {}).get(line, 0)
        if self._by_line:
            return line.quantity_milli if self._keepers.get(line, campaign) == campaign else 0
        if self.by_unit:
            others = self._used.get(line)
            if others:
                taken = sum(q for other, q in others.items() if other != campaign)
                return line.quantity_milli - taken
        return line.quantity_milli

    def granted(self, campaign: str, line: CanonicalLine) -> None:
        """A reward of the campaign was granted something on a line."""
        if self._by_line:
            self._keepers[line] = campaign

    def use(self, campaign: str, line: CanonicalLine, used_milli: int) -> None:
        """A reward of the campaign that was granted something has used so much of a line."""
        if self.by_unit:
            used = self._used.setdefault(line, {})
            used[campaign] = max(used.get(campaign, 0), used_milli)

    def used_by(self, campaign: str) -> dict[CanonicalLine, int]:
        """What a campaign has used of each line."""
        return {line: used[campaign] for line, used in self._used.items() if campaign in used}
