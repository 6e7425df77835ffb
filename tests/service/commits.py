"""Transactions that do not get through their commit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncpg

#: The connection dies while it waits for the answer to COMMIT.
DIES: Final = "perform pg_terminate_backend(pg_backend_pid())"
#: The database answers that it did not commit.
REFUSES: Final = "raise disk_full"
#: The answer takes longer than anybody waits.
LINGERS: Final = "perform pg_sleep(60)"


async def at_commit(database: asyncpg.Connection[Any], table: str, happens: str) -> None:
    """Let this happen in the commit of whoever adds rows to the table, whatever their role."""
    await database.execute(
        "create function at_commit() returns trigger language plpgsql security definer as"
        f" $$ begin {happens}; return null; end $$"
    )
    await database.execute(
        f"create constraint trigger at_commit after insert on {table}"
        " deferrable initially deferred for each row execute function at_commit()"
    )
