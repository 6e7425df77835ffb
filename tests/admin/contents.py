"""What a database holds, told so that two moments of it are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncpg

#: What any request changes by having been made: when a session was used last. Table → column.
TELLS_OF_USE: Final = {"staff_session": "seen_at"}


async def contents(database: asyncpg.Connection[Any]) -> dict[str, str]:
    """Of each table a hash of all its rows, but for what tells of use."""
    tables = await database.fetch(
        "select relname from pg_class where relkind = 'r'"
        " and relnamespace = 'public'::regnamespace order by 1"
    )
    names = [row["relname"] for row in tables]
    parts = [
        f"select '{name}' as name, md5(coalesce(string_agg(told, '' order by told), '')) as hash"
        f" from (select {_told(name)} as told from {name} t) x"
        for name in names
    ]
    return dict(await database.fetch(" union all ".join(parts)))


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """Tables that are not what they were."""
    return {name for name in before if before[name] != after[name]}


def _told(table: str) -> str:
    column = TELLS_OF_USE.get(table)
    return f"(to_jsonb(t) - '{column}')::text" if column else "t::text"
