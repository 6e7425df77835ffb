"""Months of history are made ahead: each once, whoever looks, however often and with whom beside.

On a real PostgreSQL, in a month of which the migration made nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from checkout.store.errors import Failure, StoreError
from checkout.store.pool import BACKGROUND_LOCK_TIMEOUT_MS, open_pool
from checkout.store.reference import ReferenceStore
from checkout.workers import month_keeper
from checkout.workers.month_keeper import MonthKeeper
from tests.service.running import as_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TODAY: Final = dt.datetime(2041, 11, 20, 12, tzinfo=dt.UTC)
#: The present month, and those in which 62 days from then lie.
AHEAD: Final = ("2041-11-01", "2041-12-01", "2042-01-01")

#: By table: from which day on each month is that was made, and that no TRUNCATE empties it.
_MONTHS = """
select parent.relname, array_agg(
    substring(pg_get_expr(month.relpartbound, month.oid) from $$FROM \\('(.{10})'\\)$$)
    order by month.relname
)
from pg_partitioned_table p
join pg_class parent on parent.oid = p.partrelid
join pg_inherits i on i.inhparent = parent.oid
join pg_class month on month.oid = i.inhrelid
where month.relname ~ '_204\\d{3}$' and exists (
    select from pg_trigger t where t.tgrelid = month.oid and t.tgname = 'history_is_not_truncated'
)
group by 1
"""
_PARTITIONED = "select count(*) from pg_partitioned_table"
_IDS = "select array_agg(inhrelid order by inhrelid) from pg_inherits"


@asynccontextmanager
async def keeping(dsn: str, today: dt.datetime = TODAY) -> AsyncIterator[MonthKeeper]:
    """As a worker has it, with the rights of the service and the patience of the background."""
    pool = await open_pool(
        as_role(dsn, "checkout_app"),
        connections_max=1,
        application="months",
        lock_timeout_ms=BACKGROUND_LOCK_TIMEOUT_MS,
    )
    async with pool:
        yield MonthKeeper(ReferenceStore(pool), lambda: today)


@pytest.fixture
async def database(postgres_dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A look behind the scenes."""
    connection = await asyncpg.connect(postgres_dsn)
    yield connection
    await connection.close()


async def made(database: asyncpg.Connection[asyncpg.Record]) -> dict[str, tuple[str, ...]]:
    """First days of the months that were made, by table."""
    return {name: tuple(months) for name, months in await database.fetch(_MONTHS)}


async def test_months_are_made_ahead_and_once(
    postgres_dsn: str, database: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Of every table that has months, whole; a second look makes nothing, one a month later one."""
    assert await made(database) == {}
    async with keeping(postgres_dsn) as keeper:
        await keeper.step()
        months = await made(database)
        assert len(months) == await database.fetchval(_PARTITIONED) > 1
        assert {*months.values()} == {AHEAD}
        ids = await database.fetchval(_IDS)
        await keeper.step()
    async with keeping(postgres_dsn, TODAY + dt.timedelta(days=10)) as keeper:
        await keeper.step()
        assert await database.fetchval(_IDS) == ids
    async with keeping(postgres_dsn, TODAY + dt.timedelta(days=11)) as keeper:
        await keeper.step()
    assert {*(await made(database)).values()} == {(*AHEAD, "2042-02-01")}


async def test_two_at_once_make_each_month_once(
    postgres_dsn: str, database: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Who comes second, as workers that start together do, waits for the first: all is made."""
    async with keeping(postgres_dsn) as one, keeping(postgres_dsn) as other:
        await asyncio.gather(one.step(), other.step())
    assert {*(await made(database)).values()} == {AHEAD}


async def test_sales_go_first_and_months_are_made_whole_or_not(
    postgres_dsn: str,
    database: asyncpg.Connection[asyncpg.Record],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While somebody is at the last table nothing is made of any; afterwards all is."""
    async with keeping(postgres_dsn) as keeper:
        async with database.transaction():
            await database.execute("lock table outbox in row exclusive mode")
            monkeypatch.setattr(month_keeper, "ATTEMPTS_MAX", 1)
            with pytest.raises(StoreError) as refused:
                await keeper.step()
            assert refused.value.failure is Failure.RETRYABLE
            assert await made(database) == {}
        await keeper.step()
    assert {*(await made(database)).values()} == {AHEAD}
