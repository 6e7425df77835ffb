"""The test stand: PostgreSQL and Valkey as own processes, and a seeded world to copy for each cell.

PostgreSQL is durable here: what is acknowledged must survive a kill.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import redis

from checkout.embedded import DURABLE_TEST_PROFILE, embedded_servers, make_temporary_directory
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import ProcessIdentity, children_of, signal_process
from checkout.embedded.shutdown import clean_directory
from checkout.embedded.state import read_state
from checkout.flows.identifiers import IdentifierHasher
from checkout.store.migrate import migrate
from tests.service import world

if TYPE_CHECKING:
    import signal
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from checkout.embedded import EmbeddedServers

MEMBERS: Final = 120
START_MINOR: Final = 1_000_00
#: The shared budget runs out in the middle of a cell: then nobody may get more of it.
BREAD_USES: Final = 400
_TEMPLATE: Final = "faults_world"


def card_of(number: int) -> str:
    return f"77{number:08}"


@dataclass(slots=True)
class Stand:
    """Both servers, with the handles to spoil them."""

    servers: EmbeddedServers
    directory: Path
    member_ids: dict[str, str]

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
            stand = Stand(servers, directory, {})
            asyncio.run(stand.administer(f"create database {_TEMPLATE}"))
            migrate(stand.dsn_of(_TEMPLATE))
            asyncio.run(_seed(stand))
            yield stand
    finally:
        clean_directory(directory)
        shutil.rmtree(directory, ignore_errors=True)


async def _seed(stand: Stand) -> None:
    dsn = stand.dsn_of(_TEMPLATE)
    nowhere = "redis://127.0.0.1:1"
    await world.seed_world(dsn, nowhere)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        bread = {"kind": "amount", "lane": "goods", "amount_minor": 10_00}
        await world.put_campaign(
            connection,
            world.NORTH,
            world.campaign(
                "bread", bread | {"goods": {"skus": ["bread"]}}, budget={"uses": BREAD_USES}
            ),
        )
        await world.publish(dsn, "north")
        cards = [card_of(number) for number in range(MEMBERS)]
        hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
        ids = await world.enrol(
            dsn, nowhere, [("north", {"card": card}, START_MINOR) for card in cards], hasher
        )
        stand.member_ids = {card: str(found) for card, found in zip(cards, ids, strict=True)}
        await connection.execute("delete from invalidation")
    finally:
        await connection.close()
