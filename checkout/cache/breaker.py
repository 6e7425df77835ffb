"""Keeps a slow or dead cache from slowing anybody: after a failure it is left alone for a while."""

from __future__ import annotations

import time
from typing import Final

#: After a failure the cache is not asked for so long.
PAUSE_S: Final = 1.0


class Breaker:
    """Closed: ask. Open: do not. Opens for `PAUSE_S` at each failure."""

    __slots__ = ("_open_until", "failures")

    def __init__(self) -> None:
        self._open_until = 0.0
        self.failures = 0

    @property
    def is_closed(self) -> bool:
        """Whether the cache may be asked."""
        return time.monotonic() >= self._open_until

    def failed(self) -> None:
        """The cache did not answer in time."""
        self.failures += 1
        self._open_until = time.monotonic() + PAUSE_S
