"""The life of a pair of servers with a well-behaved owner."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
import redis

from checkout.embedded import (
    DURABLE_TEST_PROFILE,
    TEST_PROFILE,
    EmbeddedError,
    EmbeddedServers,
    PostgresProfile,
    temporary_servers,
)
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import is_alive
from checkout.embedded.state import read_state
from tests.embedded.owner_process import servers_on


def ask(servers: EmbeddedServers, statement: str) -> object:
    async def fetch() -> object:
        connection = await asyncpg.connect(servers.postgres_dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_both_servers_answer_inside_the_block(directory: Path) -> None:
    """PostgreSQL 18 and Valkey answer at the addresses that the block is given."""
    with servers_on(directory) as servers:
        assert str(ask(servers, "SHOW server_version")).startswith("18.")
        with redis.Redis.from_url(servers.redis_url, protocol=3) as client:
            assert client.ping()


def test_both_servers_end_with_the_block(directory: Path) -> None:
    """Neither server nor the supervisor outlives the block, and no state is left."""
    with servers_on(directory):
        state = read_state(directory / STATE_FILE)
    assert state is not None
    assert not is_alive(state.postgres)
    assert not is_alive(state.valkey)
    assert not is_alive(state.supervisor)
    assert not (directory / STATE_FILE).exists()


def test_a_second_start_finds_the_data_of_the_first(directory: Path) -> None:
    """What was written stays in the directory from run to run."""
    with servers_on(directory) as servers:
        ask(servers, "CREATE TABLE kept AS SELECT 42 AS value")
    with servers_on(directory) as servers:
        assert ask(servers, "SELECT value FROM kept") == 42


def test_an_error_in_the_block_still_ends_the_servers(directory: Path) -> None:
    """An exception of the owner passes through, and the servers end."""
    with (
        pytest.raises(RuntimeError, match="the service failed"),
        servers_on(directory),
    ):
        raise RuntimeError("the service failed")
    assert not (directory / STATE_FILE).exists()


def test_a_killed_postgres_comes_back_with_what_was_committed() -> None:
    """After a kill -9 the same address serves the committed rows again."""
    with temporary_servers(profile=DURABLE_TEST_PROFILE) as servers:
        ask(servers, "CREATE TABLE kept AS SELECT 42 AS value")
        servers.kill("postgres")
        with pytest.raises(ConnectionRefusedError):
            ask(servers, "SELECT 1")
        servers.start("postgres")
        assert ask(servers, "SELECT value FROM kept") == 42


def test_a_killed_valkey_comes_back_empty() -> None:
    """The cache keeps its address and password and loses everything else."""
    with temporary_servers() as servers:
        with redis.Redis.from_url(servers.redis_url, protocol=3) as client:
            client.set("cached", "value")
        servers.kill("valkey")
        servers.start("valkey")
        with redis.Redis.from_url(servers.redis_url, protocol=3) as client:
            assert client.get("cached") is None


def test_starting_a_running_server_changes_nothing() -> None:
    """A start of what runs already is answered at once, and the server stays the same process."""
    with temporary_servers() as servers:
        began = ask(servers, "SELECT pg_postmaster_start_time()")
        servers.start("postgres")
        assert ask(servers, "SELECT pg_postmaster_start_time()") == began


@pytest.mark.parametrize(
    ("profile", "fsync"), [(TEST_PROFILE, "off"), (DURABLE_TEST_PROFILE, "on")]
)
def test_only_the_profile_that_says_so_is_not_durable(profile: PostgresProfile, fsync: str) -> None:
    """The disk is synced unless a profile switches that off by name."""
    with temporary_servers(profile=profile) as servers:
        assert ask(servers, "SHOW fsync") == fsync
        assert ask(servers, "SHOW synchronous_commit") == fsync
        assert ask(servers, "SHOW full_page_writes") == fsync


def test_a_server_refuses_whoever_has_no_password() -> None:
    """Other users of the machine reach the loopback port, but not the data."""
    with temporary_servers() as servers:
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(
                EmbeddedServers(
                    postgres_dsn=servers.postgres_dsn.replace("postgres:", "postgres:x", 1),
                    redis_url="",
                    note="",
                ),
                "SELECT 1",
            )
        stranger = redis.Redis.from_url("redis://" + servers.redis_url.partition("@")[2])
        with stranger, pytest.raises(redis.AuthenticationError):
            stranger.ping()


def test_an_unknown_command_is_refused_and_changes_nothing() -> None:
    """The supervisor answers nonsense with an error and goes on."""
    with temporary_servers() as servers:
        with pytest.raises(EmbeddedError, match="unknown command 'kill everything'"):
            servers.kill("everything")  # type: ignore[arg-type]
        assert ask(servers, "SELECT 1") == 1
