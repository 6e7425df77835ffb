"""Background workers: they outlive their faults, and end when they are told to."""

from __future__ import annotations

import asyncio
import contextlib

from structlog.testing import capture_logs

from checkout.workers.loop import repeat, repeat_until

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


class Faulty:
    """A step that fails in ways that are known, or are not, and works in the end."""

    def __init__(self) -> None:
        self.faults = [ZeroDivisionError(), OSError(), OSError(), TimeoutError(), TimeoutError()]
        self.works = asyncio.Event()

    async def step(self) -> None:
        if self.faults:
            raise self.faults.pop()
        self.works.set()


async def test_a_worker_outlives_its_faults() -> None:
    """Whatever a step raises, the next one comes; each kind is told once."""
    faulty = Faulty()
    with capture_logs() as said:
        task = asyncio.create_task(repeat("faulty", 0, faulty.step))
        async with asyncio.timeout(BOUND_S):
            await faulty.works.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
    assert [each["log_level"] for each in said] == ["warning", "warning", "error"]


async def test_a_step_that_is_not_to_be_cancelled_ends_by_itself() -> None:
    """It outlives its faults, too; what is under way when it is over is waited for."""
    faulty, over = Faulty(), asyncio.Event()
    is_done = False

    async def step() -> None:
        nonlocal is_done
        await faulty.step()
        over.set()
        await asyncio.sleep(0)
        is_done = True

    async with asyncio.timeout(BOUND_S):
        await repeat_until(over, "faulty", 0, step)
    assert is_done
