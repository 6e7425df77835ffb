"""A repeated task that survives its failures: the base of every worker."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from checkout.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = structlog.get_logger(__name__)


class StepFailedError(Exception):
    """A step could not be taken for a reason that is known, and will pass."""


async def repeat(name: str, every_s: float, step: Callable[[], Awaitable[None]]) -> None:
    """Run a step until the task is cancelled, `every_s` apart.

    What it raises is logged, once per kind until it works again.
    """
    task = asyncio.current_task()
    assert task is not None, "a worker runs as a task"
    failing = ""
    while True:
        try:
            await step()
            failing = ""
        except (StoreError, StepFailedError, OSError, TimeoutError) as error:
            if failing != repr(error):
                failing = repr(error)
                _log.warning("worker.failed", worker=name, error=failing)
        except Exception:  # noqa: BLE001 - a worker's task outlives its faults
            _log.exception("worker.failed", worker=name)
        # A driver may swallow the cancellation, when it meets one of its own time-outs.
        if task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(every_s)
