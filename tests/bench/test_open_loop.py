"""The open loop against a real server: a stall counts for all that should have been asked."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from checkout.client import messages
from loadtests.service import open_loop, world
from loadtests.service.drive import WARM_UP_S
from loadtests.service.open_loop import offer
from loadtests.service.stand import serving_echo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loadtests.service.stand import Served

RATE = 100
SECONDS = 1.0
STALL_S = 0.5


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """It gives a right answer to every quote."""
    answer = messages.QuoteResponse(status=messages.STATUS_OK)
    for position in range(1, world.LINES + 1):
        answer.outcome.lines.add(position=position)
    for code in world.expected_campaigns():
        answer.outcome.applied.add(code=code)
    with serving_echo(tmp_path_factory.mktemp("echo") / "answers.bin", [answer]) as echo:
        yield echo


def asked(echo: Served, kind: str, seconds: float, warm_up_s: float) -> argparse.Namespace:
    """What the generator is told."""
    return argparse.Namespace(
        kind=kind,
        target=echo.target,
        rate=RATE,
        seconds=seconds,
        warm_up_s=warm_up_s,
        members=1,
        lines=world.LINES,
        first=0,
        prefix="open",
        token=world.TOKEN,
        baskets=None,
    )


async def test_a_stall_of_the_server_is_in_the_times_of_all_that_waited(echo: Served) -> None:
    """The echo stands still for half of the time, so that the upper half of all calls is slow."""
    loop = asyncio.get_running_loop()
    stalls_in_s = WARM_UP_S + 0.3
    loop.call_later(stalls_in_s, os.kill, echo.pid, signal.SIGSTOP)
    loop.call_later(stalls_in_s + STALL_S, os.kill, echo.pid, signal.SIGCONT)
    told = await offer(asked(echo, "quote_unary", SECONDS, WARM_UP_S))
    assert told["failed"] == told["wrong"] == 0
    assert RATE / 2 < told["offered_per_s"] < 2 * RATE
    assert told["sent"] > told["offered_per_s"] * SECONDS
    # Of about a hundred calls fifty waited for up to half a second; users of a closed loop would
    # have asked once each, and not again until it was over.
    assert told["p95_ms"] > STALL_S * 1_000 / 2
    assert told["p99_ms"] >= told["p95_ms"] >= told["p50_ms"]


async def test_the_generator_says_how_much_of_a_core_it_takes(
    echo: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much as the system counts for it; the more it has to do for a call, the more."""

    async def share() -> float:
        worked_s, began_s = time.process_time(), time.monotonic()
        told = await offer(asked(echo, "quote_unary", SECONDS, 0.2))
        took = (time.process_time() - worked_s) / (time.monotonic() - began_s)
        assert told["generator_share"] == pytest.approx(took, abs=0.1)
        return told["generator_share"]

    idle = await share()
    monkeypatch.setattr(open_loop, "LOOKED_AT_EVERY", 1)
    monkeypatch.setattr(open_loop, "is_right", worked_for(0.005))
    assert 0 < idle < await share()


def worked_for(seconds: float) -> Callable[..., bool]:
    """Looks at an answer for so long."""

    def is_right(*_: object) -> bool:
        ends_at = time.process_time() + seconds
        while time.process_time() < ends_at:
            pass
        return True

    return is_right


async def test_a_rate_that_gives_no_calls_is_refused(echo: Served) -> None:
    """It would wait for ever for the last of them."""
    never = asked(echo, "quote_unary", 0.001, 0.0)
    with pytest.raises(ValueError, match="no calls"):
        await asyncio.wait_for(offer(never), 1)


async def test_sessions_are_offered_calls_as_unary_methods_are(echo: Served) -> None:
    """Every quote is answered; that a confirm has the answer to a quote is seen."""
    told = await offer(asked(echo, "quote_session", 0.3, 0.05))
    assert told["failed"] == told["wrong"] == 0
    assert told["p50_ms"] > 0
    assert (await offer(asked(echo, "confirm_session", 0.3, 0.05)))["wrong"] > 0
