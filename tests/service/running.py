"""A running service: one or more assembled workers with real ports on one database."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import grpc

from checkout.assembly import Worker, assemble
from checkout.settings import Settings
from tests.service import world
from tests.service.till import Operator, Till

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

#: What a test gives up after; what is promised in 2 s is asserted as such.
WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """Workers, a channel to each, and a superuser's connection to look behind the scenes.

    Of workers that are processes of their own there are the ports only.
    """

    dsn: str
    redis_url: str
    database: asyncpg.Connection[Any]
    workers: list[Worker]
    channels: list[grpc.aio.Channel]
    ports: list[int]

    def till(self, token: str = "north-s1-t1", worker: int = 0) -> Till:
        """A terminal that talks to one of the workers."""
        return Till(self.channels[worker], token)

    def operator(self, partner: str = "north", worker: int = 0, author: str = "tester") -> Operator:
        """An operator who talks to one of the workers."""
        return Operator(self.channels[worker], partner, author=author)

    async def ann(self) -> str:
        """The id of the member whose card most sales show."""
        return (await self.till().identify(card=world.CARD)).member_id

    async def rows(self) -> dict[str, int]:
        """How many rows each table has, but for queues and what background work makes of them."""
        names = await self.database.fetch(
            "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
            " where nspname = 'public' and relkind in ('r', 'p') and not relispartition"
            " and relname not in"
            " ('invalidation', 'visit', 'visit_pending', 'member_window', 'window_rule',"
            " 'worker_snapshot', 'worker_refusal', 'terminal_token_use')"
            " and relname not like 'pgqueuer%' order by 1"
        )
        counts = " union all ".join(
            f"select '{name}' as name, count(*) as rows from \"{name}\"" for (name,) in names
        )
        return {row["name"]: row["rows"] for row in await self.database.fetch(counts)}

    async def until_counted(self) -> None:
        """Wait until the background has counted all sales, and makes no rows of them any more."""
        await wait_until(
            lambda: self.database.fetchval("select not exists (select from visit_pending)"),
            what="counting",
        )


async def wait_until(
    condition: Callable[[], Awaitable[bool]], within_s: float = WAIT_S, what: str = "it"
) -> float:
    """Wait for a condition, with a bound; the seconds that it took."""
    began = time.monotonic()
    while not await condition():
        assert time.monotonic() - began < within_s, f"{what} did not come true in {within_s} s"
        await asyncio.sleep(0.01 * (1 + time.monotonic() - began))
    return time.monotonic() - began


def as_role(dsn: str, role: str) -> str:
    """The same database with another role's rights: the service is not its owner."""
    return urlunsplit(urlsplit(dsn)._replace(query=f"role={role}"))


def settings_for(dsn: str, redis_url: str, **more: Any) -> Settings:
    """A worker's settings in tests."""
    return Settings(
        postgres_dsn=as_role(dsn, "checkout_app"),
        redis_url=redis_url,
        token_keys=world.TOKEN_KEYS,
        pepper=world.PEPPER,
        service_credential=world.CREDENTIAL,
        port=0,
        **more,
    )


def environment_for(dsn: str, redis_url: str) -> dict[str, str]:
    """The same settings for a worker that is a process of its own."""
    return {
        "CHECKOUT_POSTGRES_DSN": as_role(dsn, "checkout_app"),
        "CHECKOUT_REDIS_URL": redis_url,
        "CHECKOUT_TOKEN_KEYS": world.TOKEN_KEYS,
        "CHECKOUT_PEPPER": world.PEPPER,
        "CHECKOUT_SERVICE_CREDENTIAL": world.CREDENTIAL,
        "CHECKOUT_TEST_STAND": "1",
    }


@asynccontextmanager
async def connected(
    dsn: str, redis_url: str, ports: Sequence[int], workers: Sequence[Worker] = ()
) -> AsyncIterator[Service]:
    """A service whose workers listen on these ports; each gets a channel of its own."""
    async with AsyncExitStack() as stack:
        database = await asyncpg.connect(dsn)
        stack.push_async_callback(database.close)
        channels: list[grpc.aio.Channel] = []
        for port in ports:
            channel = grpc.aio.insecure_channel(
                f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)]
            )
            stack.push_async_callback(channel.close)
            channels.append(channel)
        yield Service(dsn, redis_url, database, [*workers], channels, [*ports])


@asynccontextmanager
async def running_service(
    dsn: str, redis_url: str, workers: int = 1, **settings: Any
) -> AsyncIterator[Service]:
    """Assembled workers, each with a pool, a cache client and a port of its own."""
    async with AsyncExitStack() as stack:
        assembled: list[Worker] = []
        ports: list[int] = []
        for _ in range(workers):
            worker = await stack.enter_async_context(
                assemble(settings_for(dsn, redis_url, **settings))
            )
            ports.append(await worker.server.start(0))
            stack.push_async_callback(worker.server.stop, 0)
            assembled.append(worker)
        yield await stack.enter_async_context(connected(dsn, redis_url, ports, assembled))
