"""When a worker has no time to spare, reads wait a little for each other.

Who is answered by one read goes on one after the other: the same code runs for one quote after
another, while it is in the nearest caches, and the library's does not come between. That takes a
fifth off a quote, so that a worker at its limit answers more of them. One that has time to spare
waits for nobody: a quote would only be later.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: So many go on after one read. More take no longer together, but a call that is to be refused
#: waits for all of them.
TOGETHER: Final = 8
#: Longest wait for that many.
WAIT_S: Final = 0.004
#: Of a core: who takes more of it has no time to spare.
BUSY_SHARE: Final = 0.8
#: How often that is looked at.
LOOKS_EVERY_S: Final = 0.05


class Gathering:
    """What one reader waits for."""

    def __init__(
        self,
        monotonic_s: Callable[[], float] = time.monotonic,
        processor_s: Callable[[], float] = time.thread_time,
    ) -> None:
        """Of the thread that makes it: its loop's."""
        self._monotonic_s = monotonic_s
        self._processor_s = processor_s
        self._looked_at = monotonic_s()
        self._took_s = processor_s()
        self._is_busy = False
        #: While the reader waits.
        self._complete: asyncio.Future[None] | None = None

    def came(self, waiting: int) -> None:
        """So many wait now."""
        if waiting >= TOGETHER and self._complete is not None:
            _set(self._complete)

    async def wait(self, waiting: int) -> None:
        """Return when enough wait, or have waited long enough; with time to spare at once."""
        self._look()
        if not self._is_busy or waiting >= TOGETHER:
            return
        loop = asyncio.get_running_loop()
        self._complete = loop.create_future()
        timer = loop.call_later(WAIT_S, _set, self._complete)
        try:
            await self._complete
        finally:
            timer.cancel()
            self._complete = None

    def _look(self) -> None:
        now = self._monotonic_s()
        passed_s = now - self._looked_at
        if passed_s < LOOKS_EVERY_S:
            return
        took_s = self._processor_s()
        self._is_busy = took_s - self._took_s > BUSY_SHARE * passed_s
        self._looked_at, self._took_s = now, took_s


def _set(complete: asyncio.Future[None]) -> None:
    if not complete.done():
        complete.set_result(None)
