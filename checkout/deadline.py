"""The moment after which nobody waits for a call any more.

The edge sets it for each call; whoever has work wait in a queue looks at it before it begins.
"""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Final

#: Of the time that is left so much may go into waiting for a connection.
WAITING_SHARE: Final = 0.6
#: By the monotonic clock; none for work that no caller waits for.
DEADLINE: Final[ContextVar[float | None]] = ContextVar("deadline", default=None)


def set_deadline(left_s: float | None) -> None:
    """The present call has so long left."""
    DEADLINE.set(None if left_s is None else time.monotonic() + left_s)


def is_over(deadline: float | None) -> bool:
    """Whether nobody waits any more."""
    return deadline is not None and time.monotonic() >= deadline


def patience_s(at_most_s: float) -> float:
    """How long the present call may wait for its turn: some of its time must be left afterwards."""
    deadline = DEADLINE.get()
    if deadline is None:
        return at_most_s
    return min(at_most_s, max(0.0, deadline - time.monotonic()) * WAITING_SHARE)
