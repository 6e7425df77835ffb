"""Which tables are history, and whether they refuse to be changed: asked of the catalogue."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What stops each role; the owner has every right, so that only the trigger is left.
STOPPED_BY: Final = {
    "checkout_app": asyncpg.InsufficientPrivilegeError,
    "checkout_admin": asyncpg.InsufficientPrivilegeError,
    "postgres": asyncpg.RestrictViolationError,
}
_DESIGN: Final = Path(__file__).parents[2] / "docs/design.md"
_TABLES: Final = """
select distinct coalesce(i.inhparent, t.tgrelid)::regclass::text
from pg_trigger t left join pg_inherits i on i.inhrelid = t.tgrelid
where t.tgfoid = 'refuse_change'::regproc
"""
#: Every table with its partitions; 27 is BEFORE UPDATE OR DELETE FOR EACH ROW.
_PLACES: Final = """
select
    p.relid::text as place,
    exists (
        select from pg_trigger t
        where t.tgrelid = p.relid and t.tgfoid = 'refuse_change'::regproc
        and t.tgenabled = 'O' and t.tgtype & 27 = 27
    ) as keeps_rows,
    (select attname from pg_attribute where attrelid = p.relid and attnum = 1) as first_column
from unnest($1::text[]) as name
cross join pg_partition_tree(name::regclass) p
"""


def told_in_the_design() -> set[str]:
    """The tables of which the design says that they refuse changes."""
    (sentence,) = re.findall(
        r"\n\n([^\n]*(?:\n[^\n]+)*?)\s+refuse UPDATE, DELETE\s+and TRUNCATE", _DESIGN.read_text()
    )
    return set(re.findall(r"`([a-z_]+)`", sentence))


async def immutable_tables(connection: asyncpg.Connection[Any]) -> set[str]:
    """The tables that refuse changes."""
    return {name for (name,) in await connection.fetch(_TABLES)}


async def places_of(connection: asyncpg.Connection[Any], tables: set[str]) -> list[asyncpg.Record]:
    """Every table with its partitions."""
    found: list[asyncpg.Record] = await connection.fetch(_PLACES, sorted(tables))
    return found


def changes_of(place: asyncpg.Record, *, has_rows: bool) -> Iterator[str]:
    """What must be refused; a trigger of rows needs one to say no to."""
    name, column = place["place"], place["first_column"]
    yield f"truncate {name}"
    if has_rows:
        yield f"update {name} set {column} = {column}"
        yield f"delete from {name}"
