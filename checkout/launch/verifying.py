"""`verify --every`: the verifier again and again; its figures go to Prometheus, and to the pages.

Beside `run` it is a process at the least priority that never works for more than a twentieth of the
time, and says only what is wrong. Its standard input is a pipe that `run` holds: if that dies,
however, it ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
import orjson

from checkout.engine.schema.partner_settings import settings_faults
from checkout.telemetry.metrics import VerifierMetrics
from checkout.verifier.connections import verifier_connection
from checkout.verifier.lags import read_lags
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import summary_of
from checkout.verifier.verifier import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Beside `run`: a newcomer sees figures of a few minutes ago.
BESIDE_EVERY_S: Final = 300
#: Beside `run`: after a run, so many times as long nothing is asked.
BESIDE_REST: Final = 20
_LEAST_PRIORITY: Final = 19
#: A partner's settings are no rows of the books: the service's own reading of them judges.
_SETTINGS: Final = "select settings::text as settings from partner"
_SOURCES: Final = Path(__file__).resolve().parents[2]


@contextmanager
def verifying_beside(dsn: str) -> Iterator[None]:
    """Verify a database in a process of its own for the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "checkout", "verify", "--beside"],
        cwd=_SOURCES,
        env={**os.environ, "CHECKOUT_POSTGRES_DSN": dsn, "CHECKOUT_METRICS_PORT": "0"},
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, who end it in order
    )
    assert process.stdin is not None
    try:
        yield
    finally:
        # It only reads, and keeps what it found in one transaction: nobody waits for it to end.
        process.kill()
        process.wait()
        process.stdin.close()


def verify_continuously(
    dsn: str, every_s: int, *, host: str, metrics_port: int, say: Callable[[str], None]
) -> int:
    """Verify from now on every so many seconds, until SIGTERM or Ctrl-C.

    The exit status: 1 if any run found something wrong, else 0.
    """
    return asyncio.run(_run(dsn, every_s, host, metrics_port, say))


def verify_beside(dsn: str, say: Callable[[str], None]) -> int:
    """The process of `verifying_beside`: until it is ended, or whoever began it is gone.

    The exit status: as of `verify_continuously`.
    """
    os.nice(_LEAST_PRIORITY)

    def say_what_is_wrong(line: str) -> None:
        if not line.startswith("violations: 0 "):
            say(f"verifier   {line}")

    run = _run(dsn, BESIDE_EVERY_S, "", 0, say_what_is_wrong, is_beside=True)
    return asyncio.run(run)


async def _run(
    dsn: str,
    every_s: int,
    host: str,
    metrics_port: int,
    say: Callable[[str], None],
    *,
    is_beside: bool = False,
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if is_beside:
        loop.add_reader(sys.stdin.fileno(), _read_lifeline, stop)
    metrics = VerifierMetrics()
    status = 0
    with ExitStack() as stack:
        if metrics_port:
            port = stack.enter_context(metrics.served(host, metrics_port))
            say(f"metrics    http://{host}:{port}/metrics")
        stopping = asyncio.ensure_future(stop.wait())
        while not stop.is_set():
            begun_s = time.monotonic()
            run = asyncio.ensure_future(_verify_once(dsn, metrics, say))
            # A run over years of sales takes minutes: nobody who ends us waits for it.
            await asyncio.wait({run, stopping}, return_when=asyncio.FIRST_COMPLETED)
            run.cancel()
            with suppress(asyncio.CancelledError):
                status = max(status, int(await run))
            took_s = time.monotonic() - begun_s
            rest_s = max(every_s - took_s, took_s * BESIDE_REST if is_beside else 0)
            await asyncio.wait({stopping}, timeout=rest_s)
    return status


def _read_lifeline(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1_024):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


async def _verify_once(dsn: str, metrics: VerifierMetrics, say: Callable[[str], None]) -> bool:
    """Whether something is wrong; a database that cannot be asked is told, and asked again."""
    try:
        report = await verify(dsn)
        async with verifier_connection(dsn) as connection:
            lags = await read_lags(connection)
            partners = await connection.fetch(_SETTINGS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        metrics.failed()
        say(f"the database cannot be verified: {error}")
        return False
    at_fault = sum(bool(settings_faults(orjson.loads(row["settings"]))) for row in partners)
    metrics.told(report, lags, at_fault)
    if fault := await keep_report(dsn, report):
        say(fault)
    for line in summary_of(report):
        say(line)
    return bool(report.violations)
