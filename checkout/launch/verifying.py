"""`verify --every`: the verifier again and again, for production; its figures go to Prometheus."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import asyncpg

from checkout.telemetry.metrics import VerifierMetrics
from checkout.verifier.lags import read_lags
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import summary_of
from checkout.verifier.verifier import verifier_connection, verify

if TYPE_CHECKING:
    from collections.abc import Callable


def verify_continuously(
    dsn: str, every_s: int, *, host: str, metrics_port: int, say: Callable[[str], None]
) -> int:
    """Verify from now on every so many seconds, until SIGTERM or Ctrl-C.

    The exit status: 1 if any run found something wrong, else 0.
    """
    return asyncio.run(_run(dsn, every_s, host, metrics_port, say))


async def _run(
    dsn: str, every_s: int, host: str, metrics_port: int, say: Callable[[str], None]
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
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
            await asyncio.wait({stopping}, timeout=max(begun_s + every_s - time.monotonic(), 0))
    return status


async def _verify_once(dsn: str, metrics: VerifierMetrics, say: Callable[[str], None]) -> bool:
    """Whether something is wrong; a database that cannot be asked is told, and asked again."""
    try:
        report = await verify(dsn)
        async with verifier_connection(dsn) as connection:
            lags = await read_lags(connection)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        metrics.failed()
        say(f"the database cannot be verified: {error}")
        return False
    metrics.told(report, lags)
    if fault := await keep_report(dsn, report):
        say(fault)
    for line in summary_of(report):
        say(line)
    return bool(report.violations)
