"""The moment after which nobody waits for a call any more.

The edge sets it for each call; whoever has work wait in a queue looks at it before it begins.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Final

#: By the monotonic clock; none for work that no caller waits for.
DEADLINE: Final[ContextVar[float | None]] = ContextVar("deadline", default=None)


def set_deadline(left_s: float | None) -> None:
    """The present call has so long left."""
    DEADLINE.set(None if left_s is None else time.monotonic() + left_s)


def is_over(deadline: float | None) -> bool:
    """Whether nobody waits any more."""
    return deadline is not None and time.monotonic() >= deadline
