"""The pages for managers beside the service: a process of its own, another program.

Its standard input is a pipe that we hold: if this process dies, however, it ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkout.launch.worker import GRACE_S, READY

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCES: Final = Path(__file__).resolve().parents[2]


#: The admin's own defaults: its settings are read by its own process.
_HOST: Final = ("CHECKOUT_ADMIN_HOST", "127.0.0.1")
_PORT: Final = ("CHECKOUT_ADMIN_PORT", "8080")


class PagesFailedError(Exception):
    """The pages for managers did not start."""


def require_free_pages_port() -> None:
    """Refuse a port that somebody listens on, before anybody waits for servers and data.

    Raises:
        PagesFailedError: it is taken, or none.
    """
    host, port = os.environ.get(*_HOST), os.environ.get(*_PORT)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, ValueError, OverflowError) as error:
            raise PagesFailedError(
                f"port {port} on {host} cannot be used for the pages for managers ({error}):"
                " end what listens there, or set CHECKOUT_ADMIN_PORT to another"
            ) from None


@contextmanager
def running_pages(environment: dict[str, str]) -> Iterator[str]:
    """Serve them for the block; their address.

    Raises:
        PagesFailedError: they ended before they served; what was wrong has been printed.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "admin", "serve", "--follow-parent", "--demo-staff"],
        cwd=_SOURCES,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for us, who end it in order
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        ready, _, port = process.stdout.readline().partition(" ")
        if ready != READY:
            raise PagesFailedError("the pages for managers ended before they served")
        yield f"http://{os.environ.get(*_HOST)}:{port.strip()}"
    finally:
        process.terminate()
        try:
            process.wait(GRACE_S + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()
        process.stdout.close()
