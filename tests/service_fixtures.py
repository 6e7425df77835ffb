"""The service for tests: assembled in process on a seeded database of the test's own.

The world is seeded and published once per run into a template database; a test gets a copy of it
and one worker (`service`) or two (`two_workers`) with real gRPC ports. Costs about 0.1 s a test.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import structlog

from checkout.embedded.state import wait_for_lock
from checkout.workers.jobs import Jobs
from tests.server_fixtures import Cluster, database_copy
from tests.service.running import Service, running_service
from tests.service.world import seed_world

_TEMPLATE = "world_template"


def pytest_configure() -> None:
    """Plain tracebacks: drawing one with all its values takes five seconds."""
    renderer = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S.%f", utc=True),
            renderer,
        ]
    )


@pytest.fixture(scope="session")
def world_template(
    cluster: Cluster, migrated_template: str, embedded_pair: object, servers_directory: Path
) -> str:
    """The name of a database with the seeded world, made once per run."""
    del embedded_pair
    with wait_for_lock(servers_directory / "seeding.lock"):
        if not cluster.has_database(_TEMPLATE):
            unfinished = f"{_TEMPLATE}_unfinished"
            cluster.execute(f"CREATE DATABASE {unfinished} TEMPLATE {migrated_template}")
            # In a thread: the test may have a loop already.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(
                    asyncio.run, seed_world(cluster.dsn_of(unfinished), "redis://127.0.0.1:1")
                ).result()
            cluster.execute(f"ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false")
            cluster.execute(f"ALTER DATABASE {unfinished} RENAME TO {_TEMPLATE}")
    return _TEMPLATE


@pytest.fixture(scope="session")
def servers_directory(embedded_pair: object) -> Path:
    """Where the run's servers keep their state."""
    del embedded_pair
    return Path(os.environ["CHECKOUT_TEST_SERVERS_DIRECTORY"])


@pytest.fixture
def world_dsn(cluster: Cluster, world_template: str, worker_id: str) -> Iterator[str]:
    """A copy of the seeded world, the test's own."""
    with database_copy(cluster, world_template, worker_id) as dsn:
        yield dsn


@pytest.fixture
async def service(world_dsn: str, redis_url: str) -> AsyncIterator[Service]:
    """One worker on the seeded world."""
    async with running_service(world_dsn, redis_url) as service:
        yield service


@pytest.fixture
async def two_workers(world_dsn: str, redis_url: str) -> AsyncIterator[Service]:
    """Two workers on the same seeded world, each with a pool of its own."""
    async with running_service(world_dsn, redis_url, workers=2) as service:
        yield service


@pytest.fixture
def only_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Background work is done when the test says so; ask for it before the service."""

    async def stand_still(_: Jobs) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Jobs, "run", stand_still)
