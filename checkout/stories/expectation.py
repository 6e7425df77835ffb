"""Whether an answer is what a story expects.

A mapping may leave fields out, a list is complete. In a list a text stands for the element with
that `code` or `campaign`. Dots in a key go deeper: ``redemption.max_points_minor``.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = ("code", "campaign")


def differences(expected: object, seen: object, path: str = "") -> Iterator[str]:
    """Every expectation that the answer does not meet, with its path."""
    if isinstance(expected, dict):
        yield from _mapping_differences(expected, seen, path)
    elif path == "slip" and isinstance(expected, list) and isinstance(seen, list):
        yield from _slip_differences(expected, seen)
    elif isinstance(expected, list):
        yield from _list_differences(expected, seen, path)
    elif _plain(expected) != seen:
        yield f"{path}: expected {_plain(expected)!r}, got {seen!r}"


def _mapping_differences(expected: dict[Any, Any], seen: object, path: str) -> Iterator[str]:
    if not isinstance(seen, dict):
        yield f"{path}: expected fields, got {seen!r}"
        return
    if not expected and seen:
        yield f"{path}: expected nothing, got {seen!r}"
    for key, value in expected.items():
        at: object = seen
        name = f"{path}.{key}" if path else str(key)
        steps = [str(key)] if str(key) in seen else str(key).split(".")
        for step in steps:
            if not isinstance(at, dict) or step not in at:
                yield f"{name}: the answer has no such field"
                break
            at = at[step]
        else:
            yield from differences(value, at, name)


def _list_differences(expected: list[Any], seen: object, path: str) -> Iterator[str]:
    if not isinstance(seen, list) or len(expected) != len(seen):
        yield f"{path}: expected {expected!r}, got {seen!r}"
        return
    for i, (want, got) in enumerate(zip(expected, seen, strict=True)):
        if isinstance(want, str) and isinstance(got, dict):
            named = next((got[name] for name in _NAMES if name in got), None)
            yield from differences(want, named, f"{path}[{i}]")
        else:
            yield from differences(want, got, f"{path}[{i}]")


def _slip_differences(expected: list[Any], seen: list[Any]) -> Iterator[str]:
    """Lines in this order, others between them; blanks of alignment do not count."""
    left = iter([" ".join(str(line).split()) for line in seen])
    for want in expected:
        if not any(want == line for line in left):
            yield f"slip: no line {want!r} (after those before it)"


def _plain(value: object) -> object:
    """YAML reads moments; answers tell them as text, to the minute."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    return value
