"""Servers, one worker and the echo for a benchmark; all of them end with the block."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from checkout.client import messages
from checkout.client.clients import CheckoutClient
from checkout.embedded import RUN_PROFILE, embedded_servers, make_temporary_directory
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.shutdown import clean_directory
from checkout.embedded.state import read_state
from checkout.launch.worker import READY
from checkout.store.migrate import migrate
from loadtests.service import world
from loadtests.service.messages_file import write_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

END_TIMEOUT_S: Final = 20.0
#: What was written to the database beside the service is in its quotes after two seconds at most.
KNOWN_WITHIN_S: Final = 30.0
#: More than a run sells: runs are so many sales apart.
SALES_A_RUN: Final = 10_000
#: The module that serves.
WORKER: Final = ("checkout.launch.worker",)


@dataclass(slots=True)
class Stand:
    """What is measured, and by which processes."""

    dsn: str
    redis_url: str
    postgres_pid: int
    valkey_pid: int
    worker: Served
    echo: Served
    #: What the echo answers, in bytes: as long as a quote.
    answer_bytes: int
    #: What another worker would be told.
    environment: dict[str, str]
    #: Key of the digests of cards.
    pepper: bytes
    #: Of the till that calls.
    token: str = world.TOKEN
    #: Receipts in a folder, with their answers, that are sold instead of the one of ten lines.
    baskets: Path | None = None
    about: str = "10 lines, a member, 10 of 1,000 campaigns"
    _runs: int = 0

    def asked_for(self) -> list[str]:
        """What a generator is told of the calls of another run.

        Its sales have numbers that no other run has, and so are of other members for as long as
        there are so many: a member who buys again has rows to be changed where others get new ones.
        """
        first = self._runs * SALES_A_RUN
        self._runs += 1
        folder = () if self.baskets is None else ("--baskets", str(self.baskets))
        return ["--first", str(first), "--token", self.token, *folder]


@dataclass(frozen=True, slots=True)
class Served:
    """A server's process and address."""

    pid: int
    port: int
    #: Processes that serve at the same port.
    others: tuple[int, ...] = ()

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.pid, *self.others)

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Database:
    """PostgreSQL and Valkey under a benchmark, and a migrated database without rows."""

    directory: Path
    dsn: str
    redis_url: str
    postgres_pid: int
    valkey_pid: int

    def environment(self) -> dict[str, str]:
        """What a worker on it is told, with secrets made for this time."""
        return {
            "CHECKOUT_POSTGRES_DSN": self.dsn,
            "CHECKOUT_REDIS_URL": self.redis_url,
            "CHECKOUT_PORT": "0",
            "CHECKOUT_TOKEN_KEYS": f"1:{secrets.token_hex(32)}",
            "CHECKOUT_PEPPER": secrets.token_hex(32),
            "CHECKOUT_SERVICE_CREDENTIAL": world.CREDENTIAL,
            "CHECKOUT_LOG_LEVEL": "warning",
        }


@contextmanager
def running_stand(
    *, campaigns: int, members: int, products: int = 0, worker: Sequence[str] = WORKER
) -> Iterator[Stand]:
    """PostgreSQL as `make run` has it (durable), Valkey, one worker with members, the echo."""
    with ExitStack() as stack:
        database = stack.enter_context(running_database())
        asyncio.run(world.seed(database.dsn, campaigns, products))
        environment = database.environment()
        served = stack.enter_context(serving(worker, environment))
        asyncio.run(_fill(served.target, database.dsn, members))
        answer = asyncio.run(_one_answer(served.target))
        echo = stack.enter_context(serving_echo(database.directory / "answers.bin", [answer]))
        yield Stand(
            database.dsn,
            database.redis_url,
            database.postgres_pid,
            database.valkey_pid,
            served,
            echo,
            answer.ByteSize(),
            environment,
            bytes.fromhex(environment["CHECKOUT_PEPPER"]),
        )


@contextmanager
def running_database() -> Iterator[Database]:
    """PostgreSQL as `make run` has it (durable) and Valkey, on free ports and fresh data."""
    directory = make_temporary_directory(durable=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        stack.callback(clean_directory, directory)
        servers = stack.enter_context(
            embedded_servers(directory, postgres_port=None, valkey_port=None, profile=RUN_PROFILE)
        )
        dsn = _database(servers.postgres_dsn, "bench")
        asyncio.run(execute(servers.postgres_dsn, "create database bench"))
        migrate(dsn)
        state = read_state(directory / STATE_FILE)
        assert state is not None, "servers run"
        assert state.postgres is not None, "PostgreSQL runs"
        assert state.valkey is not None, "Valkey runs"
        yield Database(directory, dsn, servers.redis_url, state.postgres.pid, state.valkey.pid)


@contextmanager
def serving_echo(answers: Path, given: Sequence[messages.QuoteResponse]) -> Iterator[Served]:
    """The echo, which gives these answers in turn; they are written to a file for it."""
    write_messages(answers, given)
    with serving(["loadtests.service.echo", str(answers)], {}) as echo:
        yield echo


def _database(dsn: str, name: str) -> str:
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def execute(dsn: str, statement: str, *values: object) -> None:
    """Execute one statement, beside the service."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def _fill(target: str, dsn: str, members: int) -> None:
    await world.publish(target)
    await world.enrol(target, dsn, members)
    await _until_told(dsn)


async def _until_told(dsn: str) -> None:
    """Until the cache knows of every member what was written beside the service."""
    ends_at = time.monotonic() + KNOWN_WITHIN_S
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        while await connection.fetchval("select exists (select from invalidation)"):
            assert time.monotonic() < ends_at, "the cache is told of all members within its time"
            await asyncio.sleep(1 / 20)
    finally:
        await connection.close()


async def _one_answer(target: str) -> messages.QuoteResponse:
    """A quote as it is measured, once it has been seen that the right campaigns apply."""
    ends_at = time.monotonic() + KNOWN_WITHIN_S
    async with CheckoutClient(target, world.TOKEN, timeout_factor=60) as client:
        while True:
            answer = await client.quote("bench", world.receipt(world.card_of(0)))
            assert answer.status == messages.STATUS_OK, answer
            missing = world.expected_campaigns() - {each.code for each in answer.outcome.applied}
            if not missing:
                return answer
            assert time.monotonic() < ends_at, f"these did not apply: {missing}"
            await asyncio.sleep(1 / 10)


@contextmanager
def serving(
    arguments: Sequence[str], environment: dict[str, str], log: Path | None = None
) -> Iterator[Served]:
    """A process that says when it is ready and on which port; what it logs goes to a file."""
    with ExitStack() as stack:
        errors = None if log is None else stack.enter_context(log.open("wb"))
        process = stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-m", *arguments],
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        )
        try:
            assert process.stdout is not None, "it was asked for"
            line = process.stdout.readline()
            if not line.startswith(READY):
                message = f"{arguments[0]} ended before it served"
                raise RuntimeError(message)
            yield Served(process.pid, int(line.removeprefix(READY)))
        finally:
            process.terminate()
            process.wait(END_TIMEOUT_S)
