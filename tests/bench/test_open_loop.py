"""The open loop against a real server: a stall counts for all that should have been asked."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from typing import TYPE_CHECKING

from checkout.client import messages
from loadtests.service import world
from loadtests.service.open_loop import WARM_UP_S, offer
from loadtests.service.stand import serving_echo

if TYPE_CHECKING:
    from pathlib import Path

RATE = 100
SECONDS = 1.0
STALL_S = 0.5


async def test_a_stall_of_the_server_is_in_the_times_of_all_that_waited(tmp_path: Path) -> None:
    """The echo stands still for half of the time, so that the upper half of all calls is slow."""
    answer = messages.QuoteResponse(status=messages.STATUS_OK)
    for position in range(1, world.LINES + 1):
        answer.outcome.lines.add(position=position)
    with serving_echo(tmp_path / "answers.bin", [answer]) as echo:
        asked = argparse.Namespace(
            kind="quote_unary",
            target=echo.target,
            rate=RATE,
            seconds=SECONDS,
            members=1,
            prefix="open",
        )
        loop = asyncio.get_running_loop()
        stalls_in_s = WARM_UP_S + 0.3
        loop.call_later(stalls_in_s, os.kill, echo.pid, signal.SIGSTOP)
        loop.call_later(stalls_in_s + STALL_S, os.kill, echo.pid, signal.SIGCONT)
        told = await offer(asked)
    assert told["failed"] == told["wrong"] == 0
    assert RATE / 2 < told["offered_per_s"] < 2 * RATE
    # Of about a hundred calls fifty waited for up to half a second; users of a closed loop would
    # have asked once each, and not again until it was over.
    assert told["p95_ms"] > STALL_S * 1_000 / 2
    assert told["p99_ms"] >= told["p95_ms"] >= told["p50_ms"]
