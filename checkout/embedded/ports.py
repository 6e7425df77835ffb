"""Ports on the loopback interface."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing

from checkout.embedded.errors import PortTakenError

HOST = "127.0.0.1"
# The callers' settings, named in messages so that the way out is known.
POSTGRES_PORT_SETTING = "CHECKOUT_EMBEDDED_POSTGRES_PORT"
VALKEY_PORT_SETTING = "CHECKOUT_EMBEDDED_VALKEY_PORT"

# Another program may take a free port between our look and the server's bind.
_FREE_PORT_TRIES = 5


def listen_on_port(
    asked: int | None, start: Callable[[int], None], *, server: str, setting: str
) -> int:
    """Start a server on the port that was asked for, or on any free one; the port it has now."""
    if asked is not None:
        require_free_port(asked, server=server, setting=setting)
        start(asked)
        return asked
    for _ in range(_FREE_PORT_TRIES - 1):
        port = free_port()
        try:
            start(port)
        except PortTakenError:
            continue
        return port
    port = free_port()
    start(port)
    return port


def require_free_port(port: int, *, server: str, setting: str) -> None:
    """Refuse early and by name: a server's own message names neither the setting nor the way out.

    Who takes the port between this check and the server's own bind is found by the server.
    """
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # As the servers do it: a connection that lingers from the last run is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except (OSError, OverflowError) as error:
            raise PortTakenError(
                f"{server} cannot listen on {HOST}:{port} ({error}): end the program that uses "
                f"the port, or choose another port with {setting}"
            ) from error


def free_port() -> int:
    """A port that is free now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
