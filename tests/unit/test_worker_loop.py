"""Background workers: they outlive their faults, and end when they are told to."""

from __future__ import annotations

import asyncio
import contextlib

from checkout.workers.loop import repeat

#: A worker that would not end hangs the test for so long at most.
BOUND_S = 5


async def test_a_worker_ends_though_its_step_swallows_the_cancellation() -> None:
    """Drivers do so when a cancellation meets a time-out; the loop looks for itself."""
    begun = asyncio.Event()

    async def step() -> None:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    task = asyncio.create_task(repeat("deaf", 3_600, step))
    await begun.wait()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=BOUND_S)
    assert done == {task}
    assert task.cancelled()


async def test_a_worker_outlives_its_faults() -> None:
    """Whatever a step raises, the next one comes."""
    faults: list[Exception] = [ZeroDivisionError(), OSError(), TimeoutError()]
    ended = asyncio.Event()

    async def step() -> None:
        if faults:
            raise faults.pop()
        ended.set()

    task = asyncio.create_task(repeat("faulty", 0, step))
    async with asyncio.timeout(BOUND_S):
        await ended.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
