"""Alembic's entry: one connection, one advisory lock.

One transaction for all pending migrations.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
from alembic import context
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Two migrators at once would both find the same pending versions; the second waits here and then
#: finds none.
_LOCK_KEY = 7_310_579_013


def _migrate(connection: Connection) -> None:
    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    context.configure(connection=connection, transactional_ddl=True)
    context.run_migrations()


async def _run() -> None:
    dsn = context.config.attributes.get("dsn")
    if dsn is None:
        raise RuntimeError("the DSN is not set: call checkout.store.migrate.migrate")
    # asyncpg reads the DSN itself, sslmode and all, as it does for the service.
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn)
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


asyncio.run(_run())
