"""The garbage collector while rules are compiled: it would look at all of them again and again."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_resting = 0


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Compile without it: what is compiled has no cycles and stays. May be nested."""
    global _resting  # noqa: PLW0603 - the collector is the process's, too
    if not _resting:
        gc.disable()
    _resting += 1
    try:
        yield
    finally:
        _resting -= 1
        if not _resting:
            gc.enable()
