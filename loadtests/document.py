"""The JSON of a bench: parts that were measured one after the other, or on their own, as one.

A part that is measured again takes the place of what it gave before. Parts of another commit, of
another machine, or measured in the other form do not stand beside it: they are left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from loadtests.engine.figures import Figure
from loadtests.machine import is_known, load_average

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: Of a unary echo's processor time, what an evaluation may take.
ECHO_SHARE: Final = 0.35
#: The part whose figures need another one's, and what they are made of.
_ENGINE: Final = "engine"
_ECHO: Final = "echo_us"
_EVALUATIONS: Final = {
    "engine_us": ("engine_us_1000", "one evaluation, 10 of 1,000 campaigns match"),
    "real_engine_us": ("real_engine_us_1000", "one evaluation of a real basket"),
}


def _moment() -> dict[str, Any]:
    return {
        "measured_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "load_average": load_average(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was measured at one time: how, and what came of it. It is made when it has ended."""

    name: str
    #: How it was measured.
    settings: Mapping[str, Any]
    figures: tuple[Figure, ...]
    #: The time at which it had ended, and how busy the machine was.
    ended: Mapping[str, Any] = field(default_factory=_moment)

    def head(self) -> dict[str, Any]:
        """All but the figures."""
        return {**self.ended, **self.settings}


def document_of(
    machine: Mapping[str, Any], parts: Sequence[Part], before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """These parts, with those of an earlier document that go with them."""
    heads: dict[str, Any] = {}
    entries: dict[str, dict[str, Any]] = {}
    if before is not None and _goes_with(before, machine):
        anew = {part.name for part in parts}
        heads = {name: head for name, head in before["parts"].items() if name not in anew}
        entries = {
            name: entry for name, entry in before["figures"].items() if entry["part"] in heads
        }
    for part in parts:
        heads[part.name] = part.head()
        entries |= {figure.name: _entry(figure, part.name) for figure in part.figures}
    entries |= {figure.name: _entry(figure, _ENGINE) for figure in over_echo(values_of(entries))}
    return {
        "goals": [
            {"key": name, **{key: entry[key] for key in ("value", "goal", "reached")}}
            for name, entry in entries.items()
            if "goal" in entry
        ],
        "machine": dict(machine),
        "parts": heads,
        "figures": entries,
    }


def values_of(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """The figures of a document that count, as values."""
    return {name: each["value"] for name, each in entries.items() if each["value"] is not None}


def over_echo(values: Mapping[str, float]) -> list[Figure]:
    """Evaluations, whose goal is a share of what an echo costs, if both were measured."""
    if _ECHO not in values:
        return []
    goal = round(ECHO_SHARE * values[_ECHO], 3)
    return [
        Figure(
            name=name,
            value=values[measured],
            goal=goal,
            about=f"{about}; {ECHO_SHARE} of a unary echo",
        )
        for name, (measured, about) in _EVALUATIONS.items()
        if measured in values
    ]


def read_document(path: Path) -> dict[str, Any] | None:
    """What was written before; none if there is nothing, or what nobody can read any more."""
    if not path.exists():
        return None
    try:
        found = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and "parts" in found else None


def _goes_with(before: Mapping[str, Any], machine: Mapping[str, Any]) -> bool:
    """Whether both are of the same code on the same machine: code that no commit names never is."""
    return bool(before["machine"] == machine) and is_known(machine["commit"])


def _entry(figure: Figure, part: str) -> dict[str, Any]:
    """A figure; one that is void has no value, but what was measured, and why it counts not."""
    value = round(figure.value, 3)
    entry: dict[str, Any] = {"value": value, "unit": figure.unit, "about": figure.about}
    if figure.void:
        entry |= {"value": None, "measured": value, "void": figure.void}
    if figure.goal is not None:
        entry["goal"] = f"{'>=' if figure.at_least else '<='} {figure.goal:g}"
        entry["reached"] = None if figure.void else figure.is_reached
    return entry | {"part": part}
