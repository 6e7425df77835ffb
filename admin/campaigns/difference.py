"""What differs between two wordings of a rule, line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stayed, came or went."""

    kind: Literal["same", "new", "gone"]
    text: str


def difference(before: Sequence[str], after: Sequence[str]) -> list[Line]:
    """Both texts in one, in order; headings under which nothing differs are left out."""
    lines: list[Line] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, begin, end, begin_after, end_after in matcher.get_opcodes():
        if tag == "equal":
            lines += [Line("same", text) for text in before[begin:end]]
            continue
        lines += [Line("gone", text) for text in before[begin:end]]
        lines += [Line("new", text) for text in after[begin_after:end_after]]
    return _without_quiet_parts(lines)


def _without_quiet_parts(lines: list[Line]) -> list[Line]:
    """Leave out sections in which nothing differs: a heading and what is set in under it."""
    parts: list[list[Line]] = []
    for line in lines:
        if not line.text.startswith(" ") or not parts:
            parts.append([])
        parts[-1].append(line)
    return [line for part in parts if any(one.kind != "same" for one in part) for line in part]
