"""Time passes: the database's clock is moved, and the workers follow it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.service import world

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service


async def move_clock(service: Service, offset: dt.timedelta) -> None:
    """Move the database's clock for everything that is begun from now on."""
    name = await service.database.fetchval("select current_database()")
    seconds = int(offset.total_seconds())
    setting = f"set checkout.clock_offset = '{seconds} seconds'"
    await service.database.execute(f"alter database {name} {setting}")
    for worker in service.workers:
        for commit in (worker.group_commit, worker.background_commit):
            await commit._store._pool.expire_connections()  # type: ignore[attr-defined]
        await worker.follower.step()


async def make_months(service: Service, last: dt.timedelta) -> None:
    """Have partitions for what is sold until then: the demo's clock runs ahead of the calendar."""
    until = dt.datetime.now(dt.UTC) + last
    await service.database.execute("select create_month_partitions(now()::date, $1)", until.date())


def move_tills(offset: dt.timedelta, patch: pytest.MonkeyPatch) -> None:
    """Let receipts say the moved time."""

    def local_now() -> str:
        moved = dt.datetime.now(dt.UTC) + offset
        return moved.replace(tzinfo=None).isoformat(timespec="seconds")

    patch.setattr(world, "local_now", local_now)
