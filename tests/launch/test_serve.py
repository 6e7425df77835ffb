"""`serve` on servers of one's own, at its default settings."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.launch.running import RunProcess, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECRETS = {
    "CHECKOUT_TOKEN_KEYS": f"1:{'ab' * 32}",
    "CHECKOUT_PEPPER": "cd" * 32,
    "CHECKOUT_SERVICE_CREDENTIAL": "service",
}


@pytest.fixture
def environment(postgres_dsn: str, redis_url: str) -> dict[str, str]:
    """A migrated database, a cache, secrets and a free port."""
    return {
        **_SECRETS,
        "CHECKOUT_POSTGRES_DSN": postgres_dsn,
        "CHECKOUT_REDIS_URL": redis_url,
        "CHECKOUT_PORT": str(free_port()),
    }


@pytest.fixture
def serving(environment: dict[str, str]) -> Iterator[RunProcess]:
    """A started `serve` with two workers."""
    with running("serve", environment) as process:
        process.wait_until("serving on")
        yield process


def test_serve_stands_logs_and_ends_in_order(serving: RunProcess) -> None:
    """Workers say ready to their parent alone; their logs are lines of JSON; SIGTERM ends all."""
    assert serving.end(signal.SIGTERM) == 0
    logs = [line for line in serving.lines if line.startswith("{")]
    assert sum('"worker.serving"' in line for line in logs) == 2
    assert sum('"worker.ended"' in line for line in logs) == 2


def test_a_worker_that_dies_is_replaced(serving: RunProcess) -> None:
    """The port goes on being served by the others, and soon by as many as before."""
    first = next(line for line in serving.lines if '"worker.serving"' in line)
    pid = int(first.split('"pid":')[1].split(",")[0].rstrip("}"))
    os.kill(pid, signal.SIGKILL)
    serving.wait_until("1 workers had died and were started anew")
    assert serving.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("CHECKOUT_POSTGRES_DSN", "CHECKOUT_POSTGRES_DSN"),
        ("CHECKOUT_PEPPER", "CHECKOUT_PEPPER"),
        ("CHECKOUT_TOKEN_KEYS", "CHECKOUT_TOKEN_KEYS"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], missing: str, named: str) -> None:
    """`serve` does not begin without what it needs, and says what that is."""
    del environment[missing]
    with running("serve", environment) as process:
        assert process.process.wait(30) == 1
    assert named in process.output
    assert "Traceback" not in process.output


def test_plain_text_off_loopback_is_refused(environment: dict[str, str]) -> None:
    """Tokens must not travel in plain text: TLS, or a setting that says a proxy has it."""
    with running("serve", {**environment, "CHECKOUT_HOST": "0.0.0.0"}) as process:  # noqa: S104
        assert process.process.wait(30) == 1
    assert "CHECKOUT_TLS_CERTIFICATE" in process.output
