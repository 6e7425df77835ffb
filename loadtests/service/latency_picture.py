"""Latency against offered rate, as SVG: both axes by decades, a mark at each knee."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.service.latency import Latency

WIDTH: Final = 760
HEIGHT: Final = 440
_LEFT: Final = 60
_RIGHT: Final = 130
_TOP: Final = 30
_BOTTOM: Final = 50
_COLORS: Final = {"echo": "#767676", "quote": "#1565a7", "confirm": "#b3470f"}


@dataclass(frozen=True, slots=True)
class _Axis:
    """Values by decades between two ends, to pixels."""

    low: float
    high: float
    first_px: float
    last_px: float

    @classmethod
    def over(cls, values: Sequence[float], first_px: float, last_px: float) -> _Axis:
        """From one of 1, 2, 5 × 10ⁿ below all values to one above."""
        ticks = list(_ticks(min(values), max(values)))
        return cls(ticks[0], ticks[-1], first_px, last_px)

    def px(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.first_px + share * (self.last_px - self.first_px)


def _ticks(low: float, high: float) -> Iterator[float]:
    """1, 2, 5, 10, 20 … from at most the lower to at least the higher value."""
    tick = 0.0
    for exponent in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for digit in (1, 2, 5):
            following = digit * 10.0**exponent
            if following > low and tick:
                yield tick
                if tick >= high:
                    return
            tick = following
    yield tick


def picture_of(latency: Latency) -> str:
    """The picture of what was measured."""
    climbs = {name: climb for name, climb in latency.climbs.items() if climb}
    points = [each for climb in climbs.values() for each in climb]
    across = _Axis.over([each.offered_per_s for each in points], _LEFT, WIDTH - _RIGHT)
    up = _Axis.over(
        [time for each in points for time in (each.p50_ms, each.p99_ms)], HEIGHT - _BOTTOM, _TOP
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        "<style>text { font: 12px sans-serif }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_grid(across, up),
    ]
    for name, climb in climbs.items():
        for quantile, dashes in (("p50", ' stroke-dasharray="4 3"'), ("p99", "")):
            places = [
                (across.px(each.offered_per_s), up.px(getattr(each, f"{quantile}_ms")))
                for each in climb
            ]
            parts += _line(f"{name} {quantile}", _COLORS[name], dashes, places)
    for name, knee_per_s in latency.knees_per_s.items():
        if knee_per_s:
            x = across.px(knee_per_s)
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"'
                f' stroke="{_COLORS[name]}" stroke-width="1" stroke-dasharray="1 3"/>'
                f'<text x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle" fill="{_COLORS[name]}">'
                f"knee of {name}s {knee_per_s:,.0f}/s</text>"
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(
    label: str, color: str, dashes: str, places: Sequence[tuple[float, float]]
) -> Iterator[str]:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    yield f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dashes}/>'
    yield f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{color}">{label}</text>'


def _grid(across: _Axis, up: _Axis) -> Iterator[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    for tick in _ticks(across.low, across.high):
        x = across.px(tick)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom}" stroke="#e4e4e4"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,.0f}</text>'
    for tick in _ticks(up.low, up.high):
        y = up.px(tick)
        yield f'<line x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e4e4e4"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,g}</text>'
    middle = (_LEFT + right) / 2
    yield (
        f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">calls offered a second,'
        " open loop</text>"
    )
    yield (
        f'<text x="16" y="{(_TOP + bottom) / 2:.0f}" text-anchor="middle"'
        f' transform="rotate(-90 16 {(_TOP + bottom) / 2:.0f})">ms from the intended send</text>'
    )
