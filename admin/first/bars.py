"""Bars by day as SVG: drawn here, so that nothing is fetched and the content policy stays strict.

Why not by a library: docs/decisions/0044.

The picture has no numbers that its table lacks; whoever does not see it reads the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from admin.first.scale import scale_of

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 560
HEIGHT: Final = 150
#: Above the bars: the unit of the scale. Below them: the days. Left of them: the amounts.
HEAD: Final = 40
FOOT: Final = 34
LEFT: Final = 84
GAP: Final = 3
#: Not more bars than days named: every so-manieth day has its name.
NAMES_MAX: Final = 5


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
    """Bars, the names below them, and the scale: heights with the amounts that they stand for."""

    bars: Sequence[Bar]
    names: Sequence[tuple[int, str]]
    scale: Sequence[tuple[int, int]]
    width: int = WIDTH
    height: int = HEAD + HEIGHT + FOOT
    left: int = LEFT


def stacked(names: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Picture:
    """A bar for each name, of parts that stand upon each other in the order of the series."""
    sums = [sum(values[place] for _, values in series) for place in range(len(names))]
    amounts = scale_of(max(sums, default=0))
    highest = amounts[-1]
    ground = HEAD + HEIGHT
    step = (WIDTH - LEFT) // max(len(names), 1)
    bars = []
    for place in range(len(names)):
        top = ground
        for kind, values in series:
            height = values[place] * HEIGHT // highest
            top -= height
            bars.append(Bar(LEFT + place * step, top, max(step - GAP, 1), height, kind))
    every = -(-len(names) // NAMES_MAX) or 1
    shown = [
        (LEFT + place * step + (step - GAP) // 2, name)
        for place, name in enumerate(names)
        if place % every == 0
    ]
    scale = [(ground - amount * HEIGHT // highest, amount) for amount in amounts]
    return Picture(bars, shown, scale)
