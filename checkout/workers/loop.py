"""A repeated task that survives its failures: the base of every worker."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from checkout.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = structlog.get_logger(__name__)


class StepFailedError(Exception):
    """A step could not be taken for a reason that is known, and will pass."""


#: What is told without a trace of where it came from.
_KNOWN: Final = (StoreError, StepFailedError, OSError, TimeoutError)


async def repeat(name: str, every_s: float, step: Callable[[], Awaitable[None]]) -> None:
    """Run a step until the task is cancelled, `every_s` apart.

    What it raises is logged, once per kind until it works again.
    """
    task = asyncio.current_task()
    assert task is not None, "a worker runs as a task"
    attempts = _Attempts(name, step)
    while True:
        await attempts.make_one()
        # A driver may swallow the cancellation, when it meets one of its own time-outs.
        if task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(every_s)


async def repeat_until(
    ended: asyncio.Event, name: str, every_s: float, step: Callable[[], Awaitable[None]]
) -> None:
    """The same until something has ended, for steps that must not be cancelled half-way."""
    attempts = _Attempts(name, step)
    while not ended.is_set():
        await attempts.make_one()
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), every_s)


class _Attempts:
    """A step again and again; each kind of failure is told when it begins."""

    def __init__(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._step = step
        self._failing = ""

    async def make_one(self) -> None:
        try:
            await self._step()
        except Exception as error:  # noqa: BLE001 - a worker's task outlives its faults
            if self._failing != (failing := repr(error)):
                self._failing = failing
                if isinstance(error, _KNOWN):
                    _log.warning("worker.failed", worker=self._name, error=failing)
                else:
                    _log.exception("worker.failed", worker=self._name)
        else:
            self._failing = ""
