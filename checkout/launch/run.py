"""`run` and `demo`: everything on this machine, with real receipts."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

from checkout.embedded import clean_directory
from checkout.launch.local import local_installation
from checkout.launch.pages import require_free_pages_port, running_pages
from checkout.launch.serve import watch
from checkout.launch.verifying import verifying_beside
from checkout.verifier.verifier import run_verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.settings import Settings


def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Start everything, sell one real receipt, print its slip and the addresses, stay."""
    require_free_pages_port()
    with (
        local_installation(
            settings,
            settings.var_dir,
            say,
            postgres_port=settings.embedded_postgres_port,
            valkey_port=settings.embedded_valkey_port,
        ) as installation,
        running_pages(installation.environment) as address,
    ):
        installation.run_loader("play", "--receipts", "1", "--slip")
        say(f"admin      {address}")
        say("           sign in as owner, administrator, marketer, analyst, call-centre,")
        say(f"           cashier-supervisor or auditor: {installation.secrets.staff_password}")
        say(f"gRPC       {installation.target} (plain text, reflection on)")
        say(f"PostgreSQL {installation.owner_dsn}")
        say(f"Valkey     {installation.redis_url}")
        say(f"secrets    {settings.var_dir / 'secrets.json'}")
        say("Ctrl-C ends everything")
        # Only now, so that nobody waits for it.
        with verifying_beside(installation.owner_dsn):
            watch(installation.workers, say)
            say("ending")


def demo(settings: Settings, say: Callable[[str], None], receipts: int) -> int:
    """Sell real receipts on fresh data and free ports, print what came of it, verify, end.

    Fresh data, so that two demos give the same figures; free ports, so that it runs beside `run`.
    """
    directory = settings.var_dir / "demo"
    clean_directory(directory)
    with local_installation(
        settings.model_copy(update={"port": _free_port(settings.host)}), directory, say
    ) as installation:
        installation.run_admin("demo-staff")
        say(f"selling {receipts} real receipts")
        installation.run_loader("play", "--receipts", str(receipts))
        say("verifying the books")
        return run_verify(installation.owner_dsn, require_exercised=True, out=sys.stdout)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
