"""What the cache must hear of: a worker that dies while it tells the cache leaves nothing stale."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from checkout.workers.invalidator import Invalidator
from tests.faults.processes import SOURCES
from tests.service import world
from tests.service.running import environment_for, running_service
from tests.service.till import receipt

if TYPE_CHECKING:
    import pytest

_QUEUED: Final = "select count(*) from invalidation"
_GIVES_UP_AFTER_S: Final = 60.0


async def tell_and_die(dsn: str, redis_url: str) -> int:
    """How a process ended that is killed half-way."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.races.dying_invalidator"),
        cwd=SOURCES,
        env={**os.environ, **environment_for(dsn, redis_url)},
    )
    try:
        return await asyncio.wait_for(process.wait(), _GIVES_UP_AFTER_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_worker_that_is_killed_half_way_leaves_nothing_stale(
    world_dsn: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has told the cache, and dies before the rows are off the queue: the next tells it again.

    What was changed since is told with them.
    """
    tell = Invalidator.step

    async def stand_still(_: Invalidator) -> None:
        """Only the process that dies tells, and then whom the test asks."""

    monkeypatch.setattr(Invalidator, "step", stand_still)
    async with running_service(world_dsn, redis_url) as service:
        till, database = service.till(), service.database
        sale = receipt(card=world.CARD)
        await tell(service.workers[0].invalidator)
        assert (await till.quote("p", sale)).member.tier == "base"
        await database.execute("update participation set tier_code = 'gold'")
        queued = await database.fetchval(_QUEUED)
        assert queued > 0
        assert await tell_and_die(world_dsn, redis_url) == -signal.SIGKILL
        assert await database.fetchval(_QUEUED) == queued
        assert (await till.quote("p", sale)).member.tier == "gold"
        await database.execute("update identifier set blocked_at = now() where kind = 'card'")
        assert await database.fetchval(_QUEUED) > queued
        await tell(service.workers[0].invalidator)
        assert await database.fetchval(_QUEUED) == 0
        assert not (await till.quote("p", sale)).HasField("member")
        await database.execute("update identifier set blocked_at = null where kind = 'card'")
        await tell(service.workers[0].invalidator)
        assert (await till.quote("p", sale)).member.tier == "gold"
