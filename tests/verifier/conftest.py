"""A database with a real history, played once per module."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest

from tests.server_fixtures import Cluster, database_copy
from tests.verifier.corruptions import REWRITING
from tests.verifier.history import play_history

# Nobody listens there: the history needs no cache.
_NO_CACHE_URL = "redis://127.0.0.1:1"


@pytest.fixture(scope="module")
def history_dsn(cluster: Cluster, world_template: str, worker_id: str) -> Iterator[str]:
    """The seeded world after the history."""
    with database_copy(cluster, world_template, worker_id) as dsn:
        # In a thread: the test may have a loop already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, play_history(dsn, _NO_CACHE_URL)).result()
        yield dsn


@pytest.fixture
async def spoiling(history_dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A superuser's open transaction with triggers off; what it spoils is rolled back."""
    connection = await asyncpg.connect(history_dsn)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("set local session_replication_role = replica")
    await connection.execute(REWRITING)
    yield connection
    await transaction.rollback()
    await connection.close()
