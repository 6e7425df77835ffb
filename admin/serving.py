"""Serving the admin: uvicorn in this process, until a signal, or until its parent is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn

from admin.assembly import build_app
from admin.guard.patience import CONNECTIONS_MAX, PatientProtocol
from checkout.telemetry.logs import configure_logs

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from admin.settings import AdminSettings

#: What it says once it serves, with the port.
READY: Final = "ready"
#: Requests that run get so long to end.
GRACE_S: Final = 5
#: A header of a browser fits many times.
HEADERS_MAX_BYTES: Final = 32_768

_log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are ours."""


def listening(config: uvicorn.Config) -> socket.socket:
    """The socket of a configuration, whose connections send each part of an answer at once.

    uvicorn's own leaves Nagle's algorithm on: a page's body would wait for the browser's
    acknowledgement of its headers, which comes 40 ms later. And it ends the process by itself if
    the port is taken, with a message that nobody sees.

    Raises:
        OSError: the port cannot be used.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in config.host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((config.host, config.port))
    except OSError:
        bound.close()
        raise
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


def config_of(app: ASGIApp, settings: AdminSettings) -> uvicorn.Config:
    """How uvicorn serves the application."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=PatientProtocol,
        limit_concurrency=CONNECTIONS_MAX,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        # Who somebody is behind a proxy, only a proxy that we know may say.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        h11_max_incomplete_event_size=HEADERS_MAX_BYTES,
        timeout_graceful_shutdown=GRACE_S,
    )


async def serve(settings: AdminSettings, *, follows_parent: bool) -> None:
    """Serve until SIGTERM or SIGINT; or until standard input ends, if that is a lifeline.

    Raises:
        OSError: the port cannot be used.
    """
    configure_logs("info")
    tell_what_is_not_sealed(settings)
    app, _ = build_app(settings)
    config = config_of(app, settings)
    server = _Server(config)
    sockets = [listening(config)]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    if follows_parent:
        loop.add_reader(sys.stdin.fileno(), _read_lifeline, stop)
    serving = asyncio.create_task(server._serve(sockets))  # noqa: SLF001 - serve() takes signals
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event
        await asyncio.sleep(0.01)
    port = sockets[0].getsockname()[1]
    sys.stdout.write(f"{READY} {port}\n")
    sys.stdout.flush()
    _log.info("admin.serving", port=port)
    with suppress(asyncio.CancelledError):
        await serving


def tell_what_is_not_sealed(settings: AdminSettings) -> None:
    """Say so at the start: nobody would notice before they look for a value that was not kept."""
    if settings.masters() is None:
        _log.warning(
            "admin.nothing_is_sealed",
            needs="CHECKOUT_ADMIN_SEALING_KEYS",
            therefore="the history keeps no values of profiles, and secrets of second factors stand"
            " in the database as they are",
        )


def _read_lifeline(stop: object) -> None:
    if not os.read(sys.stdin.fileno(), 1_024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        assert callable(stop)
        stop()
