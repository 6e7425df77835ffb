"""A local installation: embedded servers, schema, secrets, demo data, workers - as one block.

The dataset's loader is another program (the service does not import it): it is run as one.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from checkout.embedded import embedded_servers
from checkout.launch.secrets_file import Secrets, keep_secrets
from checkout.launch.workers import Workers, require_free_port, running_workers
from checkout.store.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checkout.settings import Settings

_SOURCES: Final = Path(__file__).resolve().parents[2]


class LoaderFailedError(Exception):
    """The demo data could not be loaded or played; what was wrong has been printed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A running local installation."""

    owner_dsn: str
    redis_url: str
    secrets: Secrets
    target: str
    workers: Workers
    environment: dict[str, str]

    def run_loader(self, *arguments: str) -> None:
        """Run the demo's loader on this installation; its progress goes to the terminal.

        Raises:
            LoaderFailedError: it ended with an error.
        """
        _run_loader(self.environment, *arguments)


@contextmanager
def local_installation(
    settings: Settings,
    directory: Path,
    say: Callable[[str], None],
    *,
    postgres_port: int | None = None,
    valkey_port: int | None = None,
) -> Iterator[Installation]:
    """Everything that `run` and `demo` need, on the data of a directory; free ports if none given.

    Raises:
        EmbeddedError: a server cannot be started; the message says why.
        WorkersFailedError: the service cannot be started.
        LoaderFailedError: the demo data cannot be loaded.
    """
    # Asked first, so that nobody waits for servers and data to hear it.
    require_free_port(settings.host, settings.port)
    with ExitStack() as stack:
        say("starting PostgreSQL and Valkey")
        servers = stack.enter_context(
            embedded_servers(directory, postgres_port=postgres_port, valkey_port=valkey_port)
        )
        if servers.note:
            say(servers.note)
        secrets = keep_secrets(directory)
        say("bringing the schema up to date")
        migrate(servers.postgres_dsn)
        asyncio.run(_set_app_password(servers.postgres_dsn, secrets.app_password))
        environment = {
            "CHECKOUT_POSTGRES_DSN": app_dsn(servers.postgres_dsn, secrets.app_password),
            "CHECKOUT_OWNER_DSN": servers.postgres_dsn,
            "CHECKOUT_REDIS_URL": servers.redis_url,
            "CHECKOUT_TOKEN_KEYS": secrets.token_keys,
            "CHECKOUT_PEPPER": secrets.pepper,
            "CHECKOUT_SERVICE_CREDENTIAL": secrets.service_credential,
            "CHECKOUT_TERMINALS_KEY": secrets.terminals_key,
            "CHECKOUT_HOST": settings.host,
            "CHECKOUT_PORT": str(settings.port),
            "CHECKOUT_REFLECTION": "1",
            "CHECKOUT_LOG_LEVEL": "warning" if settings.log_level == "info" else settings.log_level,
        }
        _run_loader(environment, "load", "--seed", str(settings.demo_seed))
        say(f"starting {settings.workers} workers")
        workers = stack.enter_context(running_workers(environment, settings))
        installation = Installation(
            owner_dsn=servers.postgres_dsn,
            redis_url=servers.redis_url,
            secrets=secrets,
            target=f"{settings.host}:{settings.port}",
            workers=workers,
            environment=environment,
        )
        installation.run_loader("publish")
        yield installation


def app_dsn(owner_dsn: str, password: str) -> str:
    """The DSN of the service's own role on the same server and database."""
    parts = urlsplit(owner_dsn)
    place = f"{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=f"checkout_app:{password}@{place}"))


async def _set_app_password(owner_dsn: str, password: str) -> None:
    if not password.isalnum():
        raise ValueError("the password of a local role is made of digits and letters")
    connection = await asyncpg.connect(owner_dsn)
    try:
        # Passwords cannot be parameters; this one is ours, and hexadecimal.
        await connection.execute(f"alter role checkout_app password '{password}'")
    finally:
        await connection.close()


def _run_loader(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-m", "loaders", *arguments]
    ended = subprocess.run(command, cwd=_SOURCES, env={**os.environ, **environment}, check=False)
    if ended.returncode:
        message = f"`loaders {arguments[0]}` ended with {ended.returncode}"
        raise LoaderFailedError(message)
