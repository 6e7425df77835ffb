"""When the calls of a stream are over: one timer for all of them, since hardly any is ever late.

A timer a call would cost more than the call's bookkeeping together: each is sorted in among those
of the calls that have ended long ago.
"""

from __future__ import annotations

import asyncio
from typing import Any


class Deadlines:
    """Cancels tasks that are not done in time."""

    def __init__(self) -> None:
        self._ends: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, task: asyncio.Task[Any], ends_at: float) -> None:
        """Cancel a task at a moment of the loop's clock, unless it ends before."""
        self._ends[task] = ends_at
        if self._timer is None or ends_at < self._timer.when():
            self._look_at(ends_at)

    def end(self, task: asyncio.Task[Any]) -> bool:
        """Leave a task alone from now on; whether it has been cancelled for being late."""
        self._ends.pop(task, None)
        if task not in self._late:
            return False
        self._late.remove(task)
        task.uncancel()
        return True

    def _look_at(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(moment, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for task in [task for task, ends_at in self._ends.items() if ends_at <= now]:
            del self._ends[task]
            self._late.add(task)
            task.cancel()
        if self._ends:
            self._look_at(min(self._ends.values()))
