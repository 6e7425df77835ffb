"""Calls made into one batch per worker: held back until all wait, then let go together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

import pytest

from checkout.flows import group_commit
from tests.service.running import wait_until

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from typing import Any

    from checkout.assembly import Worker

Got = TypeVar("Got")


async def batched(
    worker: Worker, calls: Sequence[Coroutine[Any, Any, Got]]
) -> list[Got | BaseException]:
    """The answers of calls that the worker runs as one batch, in their order."""
    return (await batched_together({worker.group_commit: calls}))[0]


async def batched_in_order(
    worker: Worker, calls: Sequence[Coroutine[Any, Any, Any]]
) -> list[Any | BaseException]:
    """The same with each call sent when the one before waits: the batch has them in this order."""
    tasks = await begun_in_order(worker, calls)
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def begun_in_order(
    worker: Worker, calls: Sequence[Coroutine[Any, Any, Any]]
) -> list[asyncio.Future[Any]]:
    """The calls of such a batch, which has been let go."""
    group = worker.group_commit
    tasks: list[asyncio.Future[Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_commit, "BATCHES_IN_FLIGHT_MAX", 0)
        for number, call in enumerate(calls, start=1):
            tasks.append(asyncio.ensure_future(call))

            async def waits(number: int = number) -> bool:
                return len(group._waiting) >= number

            await wait_until(waits, what="the batch")
    group._start_batches()
    return tasks


async def batched_together(
    calls_of: Mapping[group_commit.GroupCommit, Sequence[Coroutine[Any, Any, Got]]],
) -> list[list[Got | BaseException]]:
    """The same on several workers at once."""
    tasks = {
        group: [asyncio.ensure_future(call) for call in calls] for group, calls in calls_of.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(group_commit, "BATCHES_IN_FLIGHT_MAX", 0)

        async def all_wait() -> bool:
            return all(len(group._waiting) >= len(made) for group, made in tasks.items())

        await wait_until(all_wait, what="the batch")
    for group in tasks:
        group._start_batches()
    return [list(await asyncio.gather(*made, return_exceptions=True)) for made in tasks.values()]
