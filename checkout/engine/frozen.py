"""Sets that rules keep: most are empty, and all of those are one.

Python makes a new one of 216 bytes each time; ten thousand campaigns would keep a hundred thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

_T = TypeVar("_T")

_EMPTY: Final[frozenset[Any]] = frozenset()


def frozen(values: Iterable[_T]) -> frozenset[_T]:
    """The values as a set that does not change."""
    found = frozenset(values)
    return found or _EMPTY
