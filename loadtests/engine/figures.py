"""What was measured, as values and as a table for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: By the word of a name; the last word of a name comes first.
_UNITS: Final = {
    "us": "µs",
    "ms": "ms",
    "s": "s",
    "seconds": "s",
    "tps": "1/s",
    "mb": "MiB",
    "mib": "MiB",
    "bytes": "bytes",
    "minor": "minor units",
}
#: Words of names that compare two figures.
_RATIOS: Final = frozenset({"vs", "growth", "drift", "p99", "share"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number; with a goal, it should be at most that, or at least."""

    name: str
    value: float
    about: str
    goal: float | None = None
    at_least: bool = False
    #: Why it counts for nothing, and reaches no goal nor misses one; empty if it counts.
    void: str = ""

    @property
    def unit(self) -> str:
        """What it is counted in, as its name says."""
        if self.name.endswith("_per_s"):
            return "1/s"
        if self.name.endswith("_mb_per_h"):
            return "MiB/h"
        words = self.name.split("_")
        if words[-1] in _UNITS:
            return _UNITS[words[-1]]
        if _RATIOS & {*words}:
            return "ratio"
        return next((_UNITS[word] for word in words if word in _UNITS), "count")

    @property
    def verdict(self) -> str:
        """Whether the goal was reached; empty without one."""
        if self.void:
            return "VOID"
        if self.goal is None:
            return ""
        return "reached" if self.is_reached else "MISSED"

    @property
    def is_reached(self) -> bool:
        """Whether the goal was reached, of a figure that has one."""
        assert self.goal is not None, "asked of figures with a goal"
        return self.value >= self.goal if self.at_least else self.value <= self.goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is measured."""

    quick: bool
    #: Turns of evaluations, of which medians are taken.
    turns: int
    batch_ns: int
    #: Campaigns that there are, ten of which match.
    campaign_counts: tuple[int, ...]
    #: Campaigns, naming ten skus each, that are compiled, so many times.
    compiled_campaigns: int
    compilations: int


FULL = Effort(
    quick=False,
    turns=11,
    batch_ns=40_000_000,
    campaign_counts=(10, 100, 1_000, 10_000),
    compiled_campaigns=10_000,
    compilations=5,
)
QUICK = Effort(
    quick=True,
    turns=3,
    batch_ns=4_000_000,
    campaign_counts=(10, 100, 1_000),
    compiled_campaigns=200,
    compilations=1,
)


def manner(effort: Effort) -> dict[str, Any]:
    """How the engine was measured."""
    return {
        "clock": "processor time of one process, not pinned",
        "quick": effort.quick,
        "runs": {"evaluations": effort.turns, "compilations": effort.compilations},
        "shown": "medians; ratios are medians of the ratios of each run",
    }


def as_table(about: dict[str, Any], figures: Iterable[Figure]) -> Iterator[str]:
    """Lines for a terminal: how it was measured, all figures, and those with goals again."""
    figures = list(figures)
    for name, value in about.items():
        yield f"{name:<14} {value}"
    yield ""
    yield from _lines(figures)
    yield ""
    yield from _lines([figure for figure in figures if figure.goal is not None])


def _lines(figures: Iterable[Figure]) -> Iterator[str]:
    yield f"{'figure':<34} {'median':>12}  {'goal':>7}  {'':<8} what"
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        goal = f"{sign} {figure.goal:g}" if figure.goal is not None else ""
        # What a void run came to is no figure, but tells those who look for the reason something.
        shown = f"({_shown(figure.value)})" if figure.void else _shown(figure.value)
        about = f"{figure.about}; {figure.void}" if figure.void else figure.about
        yield f"{figure.name:<34} {shown:>12}  {goal:>7}  {figure.verdict:<8} {about}"


def _shown(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if value >= 100 else f"{value:,.3f}"  # noqa: PLR2004 - digits shown
