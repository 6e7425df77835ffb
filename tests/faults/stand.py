"""The test stand: PostgreSQL and Valkey as own processes, and a seeded world to copy for each cell.

PostgreSQL is durable here: what is acknowledged must survive a kill.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import redis

from checkout.embedded import DURABLE_TEST_PROFILE, embedded_servers, make_temporary_directory
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import ProcessIdentity, children_of, signal_process
from checkout.embedded.shutdown import clean_directory
from checkout.embedded.state import read_state
from checkout.store.migrate import migrate
from tests.faults.codes import Codes
from tests.faults.seeding import Customers, seed

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from checkout.embedded import EmbeddedServers

_TEMPLATE: Final = "faults_world"


@dataclass(slots=True)
class Stand:
    """Both servers, with the handles to spoil them."""

    servers: EmbeddedServers
    directory: Path
    customers: Customers

    @property
    def member_ids(self) -> dict[str, str]:
        """Of all customers, by card."""
        return self.customers.member_ids

    def dsn_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.servers.postgres_dsn)._replace(path=f"/{database}"))

    def process(self, server: str) -> ProcessIdentity:
        """The server's process as it runs now."""
        state = read_state(self.directory / STATE_FILE)
        found = getattr(state, server)
        assert isinstance(found, ProcessIdentity), f"{server} does not run"
        return found

    def signal(self, server: str, number: signal.Signals) -> None:
        """Signal a server's main process."""
        signal_process(self.process(server), number)

    def backends(self) -> list[ProcessIdentity]:
        """The processes of PostgreSQL below the postmaster."""
        return children_of(self.process("postgres").pid)

    def cache(self) -> redis.Redis:
        return redis.Redis.from_url(self.servers.redis_url, protocol=3)

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """A copy of the world for the block."""
        await self.administer(f"create database {name} template {_TEMPLATE}")
        try:
            yield self.dsn_of(name)
        finally:
            await self.administer(f"drop database {name} with (force)")

    async def administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.servers.postgres_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running_stand() -> Iterator[Stand]:
    """Servers with the seeded world for the block; their data goes with them."""
    directory = make_temporary_directory(durable=True)
    try:
        with embedded_servers(
            directory, postgres_port=None, valkey_port=None, profile=DURABLE_TEST_PROFILE
        ) as servers:
            stand = Stand(servers, directory, Customers({}, {}, Codes()))
            asyncio.run(stand.administer(f"create database {_TEMPLATE}"))
            migrate(stand.dsn_of(_TEMPLATE))
            stand.customers = asyncio.run(seed(stand.dsn_of(_TEMPLATE), servers.redis_url))
            yield stand
    finally:
        clean_directory(directory)
        shutil.rmtree(directory, ignore_errors=True)
