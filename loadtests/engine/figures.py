"""What was measured, as a table for people and as JSON for comparisons."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checkout.native.finder import is_compiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number; with a goal, it should be at most that, or at least."""

    name: str
    value: float
    about: str
    goal: float | None = None
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Whether the goal was reached; empty without one."""
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


def machine() -> dict[str, Any]:
    """Where it was measured."""
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "engine": "compiled" if is_compiled() else "plain Python",
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def manner(effort: Effort) -> dict[str, Any]:
    """How the engine was measured."""
    return {
        "clock": "processor time of one process, not pinned",
        "quick": effort.quick,
        "runs": {"evaluations": effort.turns, "compilations": effort.compilations},
        "shown": "medians; ratios are medians of the ratios of each run",
    }


def as_document(about: dict[str, Any], figures: Iterable[Figure]) -> dict[str, Any]:
    """All of it as JSON."""
    listed = list(figures)
    return {
        "goals": [
            {
                "key": figure.name,
                "value": _rounded(figure.value),
                "goal": f"{'>=' if figure.at_least else '<='} {figure.goal:g}",
                "reached": figure.is_reached,
            }
            for figure in listed
            if figure.goal is not None
        ],
        "machine": about,
        "figures": {figure.name: _rounded(figure.value) for figure in listed},
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
        yield (
            f"{figure.name:<34} {_shown(figure.value):>12}  {goal:>7}  {figure.verdict:<8} "
            f"{figure.about}"
        )


def _rounded(value: float) -> float:
    return round(value, 3)


def _shown(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if value >= 100 else f"{value:,.3f}"  # noqa: PLR2004 - digits shown
