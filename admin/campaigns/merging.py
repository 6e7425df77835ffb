"""Two people's changes of one document, brought together; where they clash, both are told.

Lists of the same length are compared entry by entry, others as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

#: Stands for a field that is not there.
ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that both changed, to different values; `ABSENT`: taken out."""

    field: str
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class Merged:
    """One document with both changes.

    Where they clash it holds mine, which stands nowhere else: theirs is a version already.
    """

    document: Any
    #: Fields that only the others changed, and that were taken over.
    taken: list[str]
    clashes: list[Clash]


def merge(base: Any, mine: Any, theirs: Any) -> Merged:
    """What I made of the base, with what they made of it."""
    taken: list[str] = []
    clashes: list[Clash] = []
    document = _merge(base, mine, theirs, "", taken, clashes)
    return Merged(document, taken, clashes)


def _merge(
    base: Any,
    mine: Any,
    theirs: Any,
    path: str,
    taken: list[str],
    clashes: list[Clash],
) -> Any:
    if theirs in (mine, base):
        return mine
    values = (base, mine, theirs)
    if all(isinstance(value, dict) for value in values):
        merged = {
            name: _merge(
                base.get(name, ABSENT),
                mine.get(name, ABSENT),
                theirs.get(name, ABSENT),
                f"{path}.{name}" if path else name,
                taken,
                clashes,
            )
            for name in dict.fromkeys([*mine, *theirs])
        }
        return {name: value for name, value in merged.items() if value is not ABSENT}
    if all(isinstance(value, list) for value in values) and len({*map(len, values)}) == 1:
        return [
            _merge(*triple, f"{path}[{number}]", taken, clashes)
            for number, triple in enumerate(zip(*values, strict=True))
        ]
    if mine == base:
        taken.append(path)
        return theirs
    clashes.append(Clash(path, mine, theirs))
    return mine
