"""`serve`: workers on servers of your own, until a signal ends them."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

from checkout.launch.workers import running_workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.launch.workers import Workers
    from checkout.settings import Settings


def serve(settings: Settings, say: Callable[[str], None]) -> None:
    """Serve on the servers that the settings name, until SIGTERM or Ctrl-C."""
    if not settings.postgres_dsn or not settings.redis_url:
        message = (
            "CHECKOUT_POSTGRES_DSN and CHECKOUT_REDIS_URL name the servers to use;"
            " `make run` starts embedded ones instead"
        )
        raise ValueError(message)
    settings.signing_keys()
    settings.pepper_key()
    with running_workers({}, settings) as workers:
        say(f"serving on {settings.host}:{settings.port} with {settings.workers} workers")
        watch(workers, say)


def watch(workers: Workers, say: Callable[[str], None]) -> None:
    """Stay until a signal comes, replacing workers that die."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(0.5):
        replaced = workers.replace_dead()
        if replaced:
            say(f"{replaced} workers had died and were started anew")
