"""One timer for many calls: each that is late is cancelled, and no other."""

from __future__ import annotations

import asyncio

from checkout.api.deadlines import Deadlines


async def _wait(deadlines: Deadlines, ends_in_s: float, event: asyncio.Event) -> str:
    """What becomes of a call that waits for something."""
    task = asyncio.current_task()
    assert task is not None
    deadlines.begin(task, asyncio.get_running_loop().time() + ends_in_s)
    try:
        await event.wait()
    except asyncio.CancelledError:
        return "late" if deadlines.end(task) else "cancelled"
    assert not deadlines.end(task)
    return "done"


async def test_each_late_call_is_cancelled_at_its_own_time() -> None:
    """Whichever began first, and those that nobody waits for any more stay alone."""
    deadlines, never, soon = Deadlines(), asyncio.Event(), asyncio.Event()
    calls = [
        asyncio.create_task(_wait(deadlines, ends_in_s, event))
        for ends_in_s, event in ((30, soon), (0.03, never), (0, never), (0.01, never), (-1, never))
    ]
    assert await asyncio.gather(*calls[1:]) == ["late"] * 4
    soon.set()
    assert await calls[0] == "done"


async def test_a_late_call_may_go_on() -> None:
    """Once it has heard that it was late, it is not cancelled any more."""
    deadlines = Deadlines()
    task = asyncio.create_task(_wait(deadlines, 0, asyncio.Event()))
    assert await task == "late"
    assert not task.cancelling()


async def test_who_is_cancelled_by_others_is_not_late() -> None:
    """A worker that ends cancels what runs."""
    task = asyncio.create_task(_wait(Deadlines(), 30, asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "cancelled"
