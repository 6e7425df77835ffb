"""A local installation: embedded servers, schema, secrets, demo data, workers - as one block.

The dataset's loader and the admin are other programs (the service does not import them): they are
run as such.
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
        _run_program(self.environment, "loaders", *arguments)

    def run_admin(self, *arguments: str) -> None:
        """Run a command of the admin on this installation.

        Raises:
            LoaderFailedError: it ended with an error.
        """
        _run_program(self.environment, "admin", *arguments)


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
        passwords = {
            "checkout_app": secrets.app_password,
            "checkout_admin": secrets.admin_password,
        }
        asyncio.run(_set_passwords(servers.postgres_dsn, passwords))
        environment = {
            "CHECKOUT_POSTGRES_DSN": role_dsn(servers.postgres_dsn, "checkout_app", passwords),
            "CHECKOUT_ADMIN_POSTGRES_DSN": role_dsn(
                servers.postgres_dsn, "checkout_admin", passwords
            ),
            "CHECKOUT_ADMIN_DEMO_PASSWORD": secrets.staff_password,
            "CHECKOUT_ADMIN_SERVICE_TARGET": f"{settings.host}:{settings.port}",
            "CHECKOUT_ADMIN_SERVICE_CREDENTIAL": secrets.service_credential,
            "CHECKOUT_ADMIN_SEALING_KEYS": secrets.sealing_keys,
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
        _run_program(environment, "loaders", "load", "--seed", str(settings.demo_seed))
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


def role_dsn(owner_dsn: str, role: str, passwords: dict[str, str]) -> str:
    """The DSN of a role on the same server and database."""
    parts = urlsplit(owner_dsn)
    place = f"{parts.hostname}:{parts.port}"
    return urlunsplit(parts._replace(netloc=f"{role}:{passwords[role]}@{place}"))


async def _set_passwords(owner_dsn: str, passwords: dict[str, str]) -> None:
    connection = await asyncpg.connect(owner_dsn)
    try:
        for role, password in passwords.items():
            if not password.isalnum():
                raise ValueError("the password of a local role is made of digits and letters")
            # Passwords cannot be parameters; these are ours, and hexadecimal.
            await connection.execute(f"alter role {role} password '{password}'")
    finally:
        await connection.close()


def _run_program(environment: dict[str, str], program: str, *arguments: str) -> None:
    command = [sys.executable, "-m", program, *arguments]
    ended = subprocess.run(command, cwd=_SOURCES, env={**os.environ, **environment}, check=False)
    if ended.returncode:
        message = f"`{program} {arguments[0]}` ended with {ended.returncode}"
        raise LoaderFailedError(message)
