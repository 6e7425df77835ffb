"""What the oracle's lanes have done so far (docs/rules.md, 3).

Whatever is only tried is done, looked at and taken back.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]


@dataclass(eq=False)
class Work:
    """What the lanes of one phase have done so far."""

    sale: Sale
    cuts: list[Doc] = field(default_factory=list)
    gifts: list[Doc] = field(default_factory=list)
    combinations: list[Doc] = field(default_factory=list)
    limits_cut: set[tuple[str, str]] = field(default_factory=set)
    worked: dict[tuple[str, int], int] = field(default_factory=dict)
    granted: list[str] = field(default_factory=list)
    #: Points that were earned, each with its currency and dates.
    earned: list[Doc] = field(default_factory=list)
    #: Percents of level `receipt`: their exact sum, and what they wished.
    exact_percent: Fraction = Fraction(0)
    wished_percent: int = 0
    #: Points of level `receipt`, by currency.
    exact_points: dict[str, Fraction] = field(default_factory=dict)
    wished_points: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        #: Codes of campaigns that have been granted something so far, by `Sale.granted`.
        self.granted: list[str] = self.sale.granted

    @contextlib.contextmanager
    def taken_back(self) -> Iterator[None]:
        """Afterwards everything is as it was before."""
        kept = {
            name: value.copy() if isinstance(value, list | set | dict) else value
            for name, value in vars(self).items()
            if name != "sale"
        }
        of_lines = [
            (line.discounts.copy(), line.points.copy(), line.spread, line.opened)
            for line in self.sale.lines
        ]
        yield
        vars(self).update(kept)
        self.sale.granted = self.granted
        for line, was in zip(self.sale.lines, of_lines, strict=True):
            line.discounts, line.points, line.spread, line.opened = was

    def note_worked(self, campaign: Doc, line: CanonicalLine, quantity: int) -> None:
        """Keep the largest portion of the line on which the campaign was granted something."""
        key = campaign["code"], self.sale.lines.index(line)
        self.worked[key] = max(quantity, self.worked.get(key, 0))

    def note_cut(
        self,
        campaign: Doc,
        lane: str,
        by: str,
        limit: tuple[str, str],
        wanted: int,
        granted: int,
    ) -> None:
        """Keep a cut, and the limit that cut; its owner's code is empty if it is the program's."""
        if by == "limit":
            self.limits_cut.add(limit)
        self.cuts.append(
            {
                "campaign": campaign["code"],
                "lane": lane,
                "by": by,
                "limit": limit[1],
                "wanted_minor": wanted,
                "granted_minor": granted,
            }
        )

    def discount_of(self, code: str) -> int:
        """Money that the campaign took off so far."""
        return sum(
            each["granted_minor"]
            for line in self.sale.lines
            for each in line.discounts
            if each["campaign"] == code
        )

    def discount_of_all(self) -> int:
        """Money that all campaigns took off so far."""
        return sum(line.discount for line in self.sale.lines)

    def discount_of_counted(self) -> int:
        """The same on counted lines: what uses up the cap."""
        return sum(line.discount for line in self.sale.lines if line.counted)
