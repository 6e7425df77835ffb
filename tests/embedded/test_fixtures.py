"""The fixtures that give tests their databases."""

from __future__ import annotations

import asyncpg
import redis


async def test_an_empty_database_has_no_tables_of_ours(empty_postgres_dsn: str) -> None:
    """A database for tests of migrations starts without any table in the public schema."""
    connection = await asyncpg.connect(empty_postgres_dsn)
    try:
        tables = await connection.fetchval(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        )
    finally:
        await connection.close()
    assert tables == 0


async def test_a_table_made_by_one_test_is_not_seen_by_the_next(empty_postgres_dsn: str) -> None:
    """Each test has a database of its own, so the same table can be made again and again."""
    connection = await asyncpg.connect(empty_postgres_dsn)
    try:
        await connection.execute("CREATE TABLE mine (id int)")
    finally:
        await connection.close()


test_a_table_made_by_another_test_is_not_in_the_way = (
    test_a_table_made_by_one_test_is_not_seen_by_the_next
)


def test_valkey_is_empty_at_the_start_of_each_test(redis_url: str) -> None:
    """The logical database of a worker holds nothing when a test begins."""
    with redis.Redis.from_url(redis_url, protocol=3) as client:
        assert client.dbsize() == 0
        client.set("left", "over")


test_valkey_is_emptied_for_the_following_test = test_valkey_is_empty_at_the_start_of_each_test
