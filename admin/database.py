"""The database of the admin: SQLAlchemy on asyncpg, as `checkout_admin`; a scope a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from admin.scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Executable
    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.orm import SessionTransaction

#: No page waits longer for one statement, nor for a lock.
STATEMENT_TIMEOUT_MS = 10_000
LOCK_TIMEOUT_MS = 3_000
CONNECT_TIMEOUT_S = 5
#: What PostgreSQL calls a statement that ran out of time.
_CANCELLED = "57014"

Sessions = async_sessionmaker[AsyncSession]


class ScopedSession(Session):
    """A session whose transactions tell the database who asks."""


_TELL = text(
    "select "
    + ", ".join(
        f"set_config('checkout.admin_{name}', :{name}, true)"
        for name in ("reach", "partner", "author_id", "author", "reason")
    )
)


@event.listens_for(ScopedSession, "after_begin")
def _tell_scope(_: Session, __: SessionTransaction, connection: Connection) -> None:
    settings = current_scope().settings()
    connection.execute(
        _TELL, {name.removeprefix("checkout.admin_"): value for name, value in settings.items()}
    )


def make_engine(dsn: str, connections_max: int) -> AsyncEngine:
    """The engine on a pool of connections, which are opened when they are needed."""

    async def connect() -> asyncpg.Connection[Any]:
        # asyncpg reads the DSN itself, sslmode and all, as it does for the service.
        return await asyncpg.connect(
            dsn,
            timeout=CONNECT_TIMEOUT_S,
            server_settings={
                "application_name": "checkout admin",
                "statement_timeout": str(STATEMENT_TIMEOUT_MS),
                "lock_timeout": str(LOCK_TIMEOUT_MS),
                "idle_in_transaction_session_timeout": str(STATEMENT_TIMEOUT_MS),
                "timezone": "UTC",
                # Compiling a statement takes longer than any page may.
                "jit": "off",
            },
        )

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=connections_max,
        max_overflow=0,
        pool_timeout=CONNECT_TIMEOUT_S,
        pool_pre_ping=True,
        # Errors go to the log: without what people typed, and without secrets.
        hide_parameters=True,
        # Documents of a thousand campaigns are read for one page.
        json_deserializer=orjson.loads,
    )


def make_sessions(engine: AsyncEngine) -> Sessions:
    """Sessions on the engine; each transaction of theirs is in the scope of its moment."""
    return async_sessionmaker(
        engine,
        sync_session_class=ScopedSession,
        expire_on_commit=False,
        autoflush=False,
    )


async def rows_within(
    database: AsyncSession,
    patience_ms: int,
    statement: Executable,
    values: Mapping[str, Any] | None = None,
) -> Sequence[Any] | None:
    """Rows of a statement; None: they would take longer than a page has for them."""
    try:
        async with database.begin_nested():
            await database.execute(text(f"set local statement_timeout = {patience_ms}"))
            rows = (await database.execute(statement, values)).all()
            await database.execute(text(f"set local statement_timeout = {STATEMENT_TIMEOUT_MS}"))
    except DBAPIError as error:
        if getattr(getattr(error.orig, "__cause__", None), "sqlstate", "") != _CANCELLED:
            raise
        return None
    return rows
