"""Connections of tests ask for no type that another one was told of."""

from __future__ import annotations

import asyncpg


async def test_a_type_of_one_database_is_known_in_the_others(
    postgres_dsn: str, world_dsn: str
) -> None:
    """Both are copies of one template: a row of a table is read without asking what it is."""
    types = "select oid, typname, typtype, typrelid, typelem from pg_type order by oid"
    asked: list[str] = []
    empty, world = await asyncpg.connect(postgres_dsn), await asyncpg.connect(world_dsn)
    assert {*await empty.fetch(types)} <= {*await world.fetch(types)}
    assert not await empty.fetch("select member from member")
    world.add_query_logger(lambda told: asked.append(told.query))
    members = await world.fetch("select member from member")
    assert {row["member"]["bucket"] for row in members} <= {*range(64)}
    assert len(members) >= 5
    await empty.close()
    await world.close()
    assert not [query for query in asked if "typeinfo_tree" in query]
