"""PostgreSQL and Valkey for tests: one pair per run, a fresh migrated database per test.

The pair starts when the first test asks for it, in whatever process, and lives as long as the
run's main process (pytest itself, or the controller of xdist): that one holds its lifeline. It is
not durable (fsync off); tests of durability start servers of their own.

Costs: about 0.7 s per run for the servers, the migrations once, then some milliseconds per test
for a copy of the migrated template.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import redis

from checkout.embedded import (
    EmbeddedServers,
    join_shared_servers,
    make_temporary_directory,
)
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import wait_until_gone
from checkout.embedded.state import read_state, wait_for_lock
from tests.known_types import share_types

T = TypeVar("T")

_DIRECTORY_VARIABLE = "CHECKOUT_TEST_SERVERS_DIRECTORY"
_TEMPLATE = "migrated_template"
_END_WAIT_S = 30
_LIFELINE = pytest.StashKey[int]()
_DATABASE_NUMBERS = count(1)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return  # a worker of xdist: the controller holds the lifeline
    directory = make_temporary_directory(durable=False)
    lifeline = directory / "lifeline"
    os.mkfifo(lifeline, 0o600)
    config.stash[_LIFELINE] = os.open(lifeline, os.O_RDWR | os.O_NONBLOCK)
    os.environ[_DIRECTORY_VARIABLE] = str(directory)  # workers inherit it


def pytest_unconfigure(config: pytest.Config) -> None:
    if _LIFELINE not in config.stash:
        return
    directory = Path(os.environ.pop(_DIRECTORY_VARIABLE))
    state = read_state(directory / STATE_FILE)
    os.close(config.stash[_LIFELINE])
    if state is not None and state.supervisor is not None:
        wait_until_gone(state.supervisor, _END_WAIT_S)
    shutil.rmtree(directory, ignore_errors=True)


class Cluster:
    """The run's PostgreSQL, as its superuser: makes and drops databases.

    A thread with a loop and one connection of its own, so that it serves tests with and without a
    running loop alike.
    """

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cluster")
        self._runner = asyncio.Runner()
        self._connection = self._run(asyncpg.connect, dsn)

    def execute(self, statement: str) -> None:
        self._run(self._connection.execute, statement)

    def has_database(self, name: str) -> bool:
        found = self._run(
            self._connection.fetchval, "SELECT count(*) FROM pg_database WHERE datname = $1", name
        )
        return bool(found)

    def dsn_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.dsn)._replace(path=f"/{database}"))

    def close(self) -> None:
        self._run(self._connection.close)
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _run(self, function: Callable[..., Awaitable[T]], *arguments: object) -> T:
        async def call() -> T:
            return await function(*arguments)

        return self._thread.submit(lambda: self._runner.run(call())).result()


@pytest.fixture(scope="session")
def embedded_pair() -> EmbeddedServers:
    directory = Path(os.environ[_DIRECTORY_VARIABLE])
    pair = join_shared_servers(directory, lifeline=directory / "lifeline")
    share_types(urlsplit(pair.postgres_dsn).port or 0)
    return pair


@pytest.fixture(scope="session")
def cluster(embedded_pair: EmbeddedServers) -> Iterator[Cluster]:
    cluster = Cluster(embedded_pair.postgres_dsn)
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def migrated_template(cluster: Cluster) -> str:
    """The name of a database with the newest schema and no rows, made once per run."""
    if find_spec("checkout.store") is None or find_spec("checkout.store.migrate") is None:
        pytest.skip("checkout.store.migrate does not exist")
    from checkout.store.migrate import migrate

    with wait_for_lock(Path(os.environ[_DIRECTORY_VARIABLE]) / "migrating.lock"):
        if not cluster.has_database(_TEMPLATE):
            unfinished = f"{_TEMPLATE}_unfinished"
            cluster.execute(f"CREATE DATABASE {unfinished}")
            # In a thread: it runs a loop of its own, and the test may have one already.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(migrate, cluster.dsn_of(unfinished)).result()
            # Nobody may connect, autovacuum included: that would block the copying.
            cluster.execute(f"ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false")
            cluster.execute(f"ALTER DATABASE {unfinished} RENAME TO {_TEMPLATE}")
    return _TEMPLATE


@pytest.fixture
def postgres_dsn(cluster: Cluster, migrated_template: str, worker_id: str) -> Iterator[str]:
    """A database of the test's own, with the newest schema and no rows."""
    with database_copy(cluster, migrated_template, worker_id) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_postgres_dsn(cluster: Cluster, migrated_template: str, worker_id: str) -> Iterator[str]:
    """The same for the tests of one module together."""
    with database_copy(cluster, migrated_template, worker_id) as dsn:
        yield dsn


@pytest.fixture
def empty_postgres_dsn(cluster: Cluster, worker_id: str) -> Iterator[str]:
    """A database of the test's own without any schema: for tests of migrations."""
    with database_copy(cluster, "template0", worker_id) as dsn:
        yield dsn


@pytest.fixture
def redis_url(embedded_pair: EmbeddedServers, worker_id: str) -> str:
    """An empty logical database, the worker's own."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    url = urlunsplit(urlsplit(embedded_pair.redis_url)._replace(path=f"/{number}"))
    with redis.Redis.from_url(url, protocol=3) as client:
        client.flushdb()
    return url


@contextmanager
def database_copy(cluster: Cluster, template: str, worker_id: str) -> Iterator[str]:
    """A copy of a database for the block; connections that a test forgot are cut."""
    name = f"test_{worker_id}_{next(_DATABASE_NUMBERS)}"
    # Copying files beats writing the copy through the log, as nothing is synced here.
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield cluster.dsn_of(name)
    finally:
        cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
