"""Bars by day as SVG: drawn here, so that nothing is fetched and the content policy stays strict.

The picture has no numbers that its table lacks; whoever does not see it reads the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 560
HEIGHT: Final = 150
#: Below the bars: the days.
FOOT: Final = 26
GAP: Final = 3
#: Not more bars than days named: every so-manieth day has its name.
NAMES_MAX: Final = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; a kind is a class of the style sheet."""

    x: int
    y: int
    width: int
    height: int
    kind: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars, and the names below them."""

    bars: Sequence[Bar]
    names: Sequence[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT + FOOT


def stacked(names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Picture:
    """A bar for each name, of parts that stand upon each other in the order of the series."""
    sums = [sum(values[place] for _, values in series) for place in range(len(names))]
    highest = max(sums, default=0) or 1
    step = WIDTH // max(len(names), 1)
    bars = []
    for place in range(len(names)):
        top = HEIGHT
        for kind, values in series:
            height = values[place] * HEIGHT // highest
            top -= height
            bars.append(Bar(place * step, top, max(step - GAP, 1), height, kind))
    every = -(-len(names) // NAMES_MAX) or 1
    shown = [
        (place * step + (step - GAP) // 2, name)
        for place, name in enumerate(names)
        if place % every == 0
    ]
    return Picture(bars, shown)
