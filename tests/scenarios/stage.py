"""The service that stories run through, and its clocks.

One service serves all stories, each with a partner of its own. Its background work stands still and
is stepped where a story needs it, so that nothing depends on when it happens to run. The clock is
moved in both places that have one: the service's own, and the database's offset, which new
connections take over.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import asyncpg
import pytest

from checkout.assembly import assemble
from tests.service.running import settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from checkout.assembly import Worker
    from checkout.flows.ports import BookStore
    from checkout.settings import Settings
    from checkout.store.book_store import PostgresBookStore

#: The database's clock goes on between steps; moments are told to the minute, so it is set back
#: before that minute is over. Not sooner: what was done before lies in the future then.
_DRIFT_MAX: Final = dt.timedelta(seconds=50)


@dataclass
class Stage:
    """The one service, its clocks, and a superuser's connection."""

    settings: Settings
    worker: Worker
    target: str
    database: asyncpg.Connection[Any]
    dsn: str
    clock: StageClock
    #: Names of the stories that it has served, to whatever end.
    told: set[str] = field(default_factory=set)

    async def set_clock(self, now: dt.datetime) -> None:
        """It is now this moment, or at most some seconds later in the database."""
        if dt.timedelta() <= self.clock() - now < _DRIFT_MAX:
            return
        self.clock.offset = now - dt.datetime.now(dt.UTC)
        microseconds = self.clock.offset // dt.timedelta(microseconds=1)
        await self.database.execute(
            f"alter database {urlsplit(self.dsn).path.removeprefix('/')}"
            f" set checkout.clock_offset = '{microseconds} microseconds'"
        )
        for commit in (self.worker.group_commit, self.worker.background_commit):
            await cast("PostgresBookStore", commit._store)._pool.expire_connections()

    def books(self) -> PostgresBookStore:
        """The store that the service writes with."""
        return cast("PostgresBookStore", self.worker.group_commit._store)

    def use_books(self, books: BookStore) -> None:
        """Let the service write with another store, and its background work, too."""
        self.worker.group_commit._store = self.worker.background_commit._store = books


@dataclass
class StageClock:
    """The clock of everything that does not write: as far off as the database's."""

    offset: dt.timedelta = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.offset


async def _stand_still(*_: object) -> None:
    """Instead of background work that runs by itself."""
    await asyncio.Event().wait()


@asynccontextmanager
async def open_stage(dsn: str, redis_url: str) -> AsyncIterator[Stage]:
    """The service for all stories of a run."""
    clock = StageClock()
    settings = settings_for(dsn, redis_url)
    async with AsyncExitStack() as stack:
        database = await asyncpg.connect(dsn)
        stack.push_async_callback(database.close)
        await database.execute("select create_month_partitions('2026-10-01', '2027-02-01')")
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("checkout.assembly.repeat", _stand_still)
        worker = await stack.enter_async_context(assemble(settings, clock))
        port = await worker.server.start(0)
        stack.push_async_callback(worker.server.stop, 0)
        yield Stage(settings, worker, f"127.0.0.1:{port}", database, dsn, clock)
