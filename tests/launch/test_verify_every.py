"""`verify --every`: runs again and again, tells Prometheus, and ends when it is told to."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import asyncpg
import httpx

from tests.launch.running import free_port
from tests.server_fixtures import Cluster
from tests.service.running import wait_until

_SOURCES: Final = Path(__file__).resolve().parents[2]
WAIT_S: Final = 60
#: Also while it is asking; a run over years of sales would take minutes.
ENDS_WITHIN_S: Final = 10


def figures(port: int) -> dict[str, float]:
    """Metrics by name and labels."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
    found = re.findall(r"^(checkout_\S+) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in found}


def told(process: subprocess.Popen[str], text: str) -> None:
    """Wait for a line that has the text; figures are there before it is said."""
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    message = f"it ended without saying {text!r}"
    raise AssertionError(message)


async def ended_while_it_asks(dsn: str, process: subprocess.Popen[str]) -> int:
    """The exit status of one that is told to end while a check waits for a table."""
    holder, watcher = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    asks = (
        "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
        " and application_name = 'checkout verify' and datname = current_database())"
    )

    async def is_asking() -> bool:
        return bool(await watcher.fetchval(asks))

    async with holder.transaction():
        await holder.execute("lock table account in access exclusive mode")
        await wait_until(is_asking, WAIT_S)
        process.send_signal(signal.SIGTERM)
        status = process.wait(ENDS_WITHIN_S)
    await holder.close()
    await watcher.close()
    return status


def test_it_tells_violations_rows_age_and_lags_until_it_is_ended(world_dsn: str) -> None:
    """A fault that comes between two runs is seen by the next; the exit status remembers it."""
    port = free_port()
    environment = {
        **os.environ,
        "CHECKOUT_POSTGRES_DSN": world_dsn,
        "CHECKOUT_METRICS_PORT": str(port),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "checkout", "verify", "--every", "1"],
        cwd=_SOURCES,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            rows = 'checkout_verify_rows{check="balances_are_sums_of_entries"}'
            told(process, "violations: 0 in")
            sound = figures(port)
            assert sound[rows] > 0
            wrong = 'checkout_verify_violations{check="balances_are_sums_of_entries"}'
            assert sound[wrong] == 0
            assert 0 <= sound["checkout_verify_age_seconds"] < WAIT_S
            assert sound["checkout_jobs_put_aside"] == 0
            assert sound["checkout_partners_at_fault"] == 0
            assert {name for name in sound if name.startswith("checkout_lag_seconds")} == {
                f'checkout_lag_seconds{{work="{work}"}}'
                for work in (
                    "events",
                    "deliveries",
                    "purchases",
                    "lots_to_begin",
                    "lots_to_end",
                    "holds",
                )
            }
            database = Cluster(world_dsn)
            database.execute("update account set balance = balance + 1 where balance > 0")
            database.execute("update lot set expires_at = now() - interval '2 hours'")
            database.execute(
                "update partner set settings = '{\"offline\": null}' where code = 'north'"
            )
            database.execute(
                "insert into outbox_pending select bucket, month, event_id,"
                " now() - interval '1 minute' from outbox limit 1"
            )
            database.close()
            told(process, "VIOLATED balances_are_sums_of_entries")
            spoilt = figures(port)
            assert spoilt[wrong] > 0
            assert spoilt["checkout_partners_at_fault"] == 1
            assert spoilt['checkout_lag_seconds{work="lots_to_end"}'] > 3_600
            assert spoilt['checkout_lag_seconds{work="events"}'] > 59
            assert spoilt['checkout_lag_seconds{work="holds"}'] == 0
            assert asyncio.run(ended_while_it_asks(world_dsn, process)) == 1
        finally:
            process.kill()


def test_a_database_that_is_away_is_asked_again(world_dsn: str) -> None:
    """It says so, counts it, and goes on: whoever watches sees the age grow."""
    del world_dsn
    port = free_port()
    environment = {**os.environ, "CHECKOUT_METRICS_PORT": str(port)}
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "checkout", "verify", "--every", "1"),
            *("--dsn", "postgresql://127.0.0.1:1/nowhere"),
        ],
        cwd=_SOURCES,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for _ in range(2):
                told(process, "cannot be verified")
            away = figures(port)
            assert away["checkout_verify_failed_runs_total"] == 2
            assert "checkout_lag_seconds" not in str(away)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0
