"""An open-loop generator, a process of its own: calls at a given rate, whether answers come or not.

Each call is timed from the moment at which it was to be sent: if the generator or the service
stalls, all that should have been asked meanwhile has waited. Moments are those of a Poisson
process, the same for the same seed: tills do not know of each other. It prints one line of JSON.
`python -m loadtests.service.open_loop quote_unary 127.0.0.1:50051 --rate 500 …`
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import random
import sys
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loadtests.service import callers, identifiers
from loadtests.service.callers import CallFailedError
from loadtests.service.drive import LOOKED_AT_EVERY, add_common_arguments, requests_of
from loadtests.service.requests import is_right

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from google.protobuf.message import Message

    from loadtests.service.callers import Ask
    from loadtests.service.requests import Requests

KINDS: Final = (
    *("quote_unary", "quote_session", "confirm_unary", "confirm_session"),
    *identifiers.KINDS,
)
#: Calls begin so soon after the generator is ready.
READY_S: Final = 0.1
SEED: Final = 7
QUANTILES: Final = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "p999_ms": 0.999}

_METHODS: Final = {
    "quote_unary": "Quote",
    "confirm_unary": "Confirm",
    **dict.fromkeys(identifiers.KINDS, "Identify"),
}


@dataclass(slots=True)
class Taken:
    """What came of the calls that were counted."""

    took_s: array[float] = field(default_factory=lambda: array("d"))
    #: Between the moment at which a call was to be sent and that at which it was.
    late_s: array[float] = field(default_factory=lambda: array("d"))
    failed: int = 0
    wrong: int = 0


def moments(rate_per_s: float, seconds: float) -> Iterator[float]:
    """When calls are to be sent: seconds from the begin."""
    chance = random.Random(SEED)  # noqa: S311 - the same moments for all that are compared
    moment = chance.expovariate(rate_per_s)
    while moment < seconds:
        yield moment
        moment += chance.expovariate(rate_per_s)


def quantile(values: Sequence[float], share: float) -> float:
    """Of values in order."""
    return values[min(int(share * len(values)), len(values) - 1)]


def pace(begins_s: float, at: Sequence[float], send: Callable[[float], object]) -> None:
    """Call `send` at each moment, in a thread of its own.

    An event loop's own timers are exact to a millisecond only, which is what an echo takes.
    """
    for moment in at:
        left_s = begins_s + moment - time.monotonic()
        if left_s > 0:
            time.sleep(left_s)
        send(begins_s + moment)


async def offer(asked: argparse.Namespace) -> dict[str, float]:
    """Calls at the asked rate for the asked time; what came of them."""
    async with _asking(asked) as ask:
        return await _offer(asked, ask)


def _to_send(asked: argparse.Namespace) -> list[float]:
    """When calls are to be sent, of which some are counted.

    Raises:
        ValueError: none is.
    """
    at = list(moments(asked.rate, asked.warm_up_s + asked.seconds))
    if not at or at[-1] < asked.warm_up_s:
        raise ValueError(f"{asked.rate} a second for {asked.seconds} s are no calls")
    return at


def _asking(asked: argparse.Namespace) -> AbstractAsyncContextManager[Ask]:
    if asked.kind.endswith("session"):
        return callers.sessions(asked.target, asked.token)
    return callers.unary(asked.target, asked.token, _METHODS[asked.kind])


async def _offer(asked: argparse.Namespace, ask: Ask) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    requests = requests_of(asked)
    calls = await _calls(asked, requests)
    at = _to_send(asked)
    worked_s = time.process_time()
    begins_s = time.monotonic() + READY_S
    counts_from_s = begins_s + asked.warm_up_s
    taken = Taken()
    tasks: set[asyncio.Task[None]] = set()
    all_sent = loop.create_future()

    def right(answer: bytes) -> bool:
        if asked.kind in identifiers.KINDS:
            return identifiers.is_right(answer)
        return is_right(asked.kind, answer, requests)

    async def call(intended_s: float) -> None:
        counts = intended_s >= counts_from_s
        if counts:
            taken.late_s.append(time.monotonic() - intended_s)
        try:
            answer = await ask(next(calls))
        except CallFailedError:
            taken.failed += 1
        else:
            if len(taken.took_s) % LOOKED_AT_EVERY == 0 and not right(answer):
                taken.wrong += 1
        if counts:
            taken.took_s.append(time.monotonic() - intended_s)

    def begin(intended_s: float) -> None:
        task = loop.create_task(call(intended_s))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        if intended_s == begins_s + at[-1]:
            all_sent.set_result(None)

    threading.Thread(
        target=pace,
        args=(begins_s, at, lambda moment: loop.call_soon_threadsafe(begin, moment)),
        daemon=True,
    ).start()
    await all_sent
    ended_s = time.monotonic()
    # While it warms up, too: it sends as many a second then.
    generator_share = (time.process_time() - worked_s) / (ended_s - begins_s)
    # What has an answer in the time in which it was asked: the rest is a queue that grows.
    answered = len(taken.took_s)
    seconds = ended_s - counts_from_s
    while tasks:
        await asyncio.gather(*tasks)
    took_s = sorted(taken.took_s)
    return {
        "offered_per_s": len(taken.took_s) / asked.seconds,
        "answered_per_s": answered / seconds,
        "failed": taken.failed,
        "wrong": taken.wrong,
        "sent": len(at),
        "generator_share": generator_share,
        "sender_late_p99_ms": quantile(sorted(taken.late_s), 0.99) * 1_000,
        **{name: quantile(took_s, share) * 1_000 for name, share in QUANTILES.items()},
    }


async def _calls(asked: argparse.Namespace, requests: Requests) -> Iterator[Message]:
    """Requests without end: of a few members in turn, but for confirms, of sales that are new."""
    if asked.kind in identifiers.KINDS:
        shown = await identifiers.identifiers(asked.kind, asked.target, asked.members)
        return itertools.cycle(list(identifiers.requests(shown)))
    if asked.kind.startswith("quote"):
        return itertools.cycle(requests.quotes())
    return (requests.confirm() for _ in itertools.count())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--rate", type=float, required=True, help="Calls a second.")
    add_common_arguments(parser)
    # A collection of garbage here would be a stall of the service in the figures.
    gc.disable()
    sys.stdout.write(json.dumps(asyncio.run(offer(parser.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
