"""A closed-loop generator, a process of its own: so many calls at once, as fast as they return.

It prints one line of JSON: calls, seconds, and the processor time that it and the processes it was
told of took meanwhile. `python -m loadtests.service.drive quote_unary 127.0.0.1:50051 …`
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc
import psutil

from checkout.client.channel import open_channel
from checkout.client.messages import QuoteRequest, SessionRequest, SessionResponse
from loadtests.service import world
from loadtests.service.requests import RealRequests, Requests, is_right

_PATH: Final = "/checkout.v1.CheckoutService/"
#: Before it counts.
WARM_UP_S: Final = 1.0
TIMEOUT_S: Final = 30.0
#: One answer in so many is looked at: reading them all would cost what is measured.
LOOKED_AT_EVERY: Final = 16

#: One worker of the load: call after call until the time is over.
Loop = Callable[[], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Count:
    """What has come back since counting began."""

    ends_at: float
    calls: int = 0
    wrong: int = 0


def processor_s(process: psutil.Process) -> float:
    """Processor time of a process, with the children that it has waited for."""
    times = process.cpu_times()
    own: float = times.user + times.system + times.children_user + times.children_system
    return own


def tree_s(pid: int) -> float:
    """Processor time of a process and of all below it.

    Who ends meanwhile would be counted twice or not at all: then it is read again.
    """
    process = psutil.Process(pid)
    while True:
        below = process.children(recursive=True)
        with suppress(psutil.NoSuchProcess):
            took_s = processor_s(process) + sum(map(processor_s, below))
            if process.children(recursive=True) == below:
                return took_s
        time.sleep(0.01)


def unary(asked: argparse.Namespace, requests: Requests, count: Count) -> Loop:
    """Unary calls over one connection."""
    kind = asked.kind
    is_confirm = kind.startswith("confirm")
    channel = open_channel(asked.target)
    metadata = metadata_of(asked)
    call: Any = channel.unary_unary(_PATH + ("Confirm" if is_confirm else "Quote"))
    quotes = itertools.cycle([quote.SerializeToString() for quote in requests.quotes()])

    async def loop() -> None:
        while time.monotonic() < count.ends_at:
            body = requests.confirm().SerializeToString() if is_confirm else next(quotes)
            answer = await call(body, metadata=metadata, timeout=TIMEOUT_S)
            count.calls += 1
            if count.calls % LOOKED_AT_EVERY == 0 and not is_right(kind, answer, requests):
                count.wrong += 1

    return loop


class Frames:
    """The frames of calls on a Session, as bytes."""

    def __init__(self, kind: str, requests: Requests) -> None:
        self._kind = kind
        self._requests = requests
        self._numbers = itertools.count(1)
        self._quotes = itertools.cycle(
            [
                SessionRequest(timeout_ms=30_000, quote=quote).SerializeToString()
                for quote in requests.quotes()
            ]
        )
        #: Quotes with hold that are under way, by the number of their frame.
        self._holds: dict[int, QuoteRequest] = {}

    def next(self) -> bytes:
        """The first frame of another call."""
        frame = SessionRequest(correlation_id=next(self._numbers))
        if self._kind == "quote_session":
            # Serialised messages behind each other are one message.
            return frame.SerializeToString() + next(self._quotes)
        if self._kind == "confirm_session":
            return self._frame_of(frame, confirm=self._requests.confirm())
        held = self._holds[frame.correlation_id] = self._requests.quote_with_hold()
        return self._frame_of(frame, quote=held)

    def after(self, body: bytes) -> bytes | None:
        """The frame that goes on with the sale of an answer: none after the last one."""
        if not self._holds:
            return None
        answer = SessionResponse.FromString(body)
        held = self._holds.pop(answer.correlation_id, None)
        if held is None:
            return None
        frame = SessionRequest(correlation_id=next(self._numbers))
        return self._frame_of(frame, confirm=self._requests.confirm_held(held, answer.quote))

    def is_right(self, body: bytes) -> bool:
        """Whether the last answer of a call says what it should."""
        field = "quote" if self._kind == "quote_session" else "confirm"
        answer = getattr(SessionResponse.FromString(body), field)
        return is_right(self._kind, answer.SerializeToString(), self._requests)

    @staticmethod
    def _frame_of(frame: SessionRequest, **call: Any) -> bytes:  # noqa: ANN401 - one of the calls
        return (
            frame.SerializeToString()
            + SessionRequest(timeout_ms=30_000, **call).SerializeToString()
        )


def session(asked: argparse.Namespace, frames: Frames, count: Count, at_once: int) -> Loop:
    """Calls on one stream: each answer is followed by the next frame.

    Of a sale with hold both frames are one call, which is counted with its confirm. Streams go over
    the connections in turn.
    """
    channels = itertools.cycle([open_channel(asked.target) for _ in range(asked.connections)])

    async def loop() -> None:
        stream: Any = next(channels).stream_stream(_PATH + "Session")(metadata=metadata_of(asked))
        for _ in range(at_once):
            await stream.write(frames.next())
        waiting = at_once
        while waiting:
            body = await stream.read()
            if body is grpc.aio.EOF:
                raise RuntimeError("the stream ended")
            goes_on = frames.after(body)
            if goes_on is not None:
                await stream.write(goes_on)
                continue
            count.calls += 1
            if count.calls % LOOKED_AT_EVERY == 0 and not frames.is_right(body):
                count.wrong += 1
            if time.monotonic() < count.ends_at:
                await stream.write(frames.next())
            else:
                waiting -= 1
        await stream.done_writing()

    return loop


async def drive(asked: argparse.Namespace) -> dict[str, float]:
    """Load for the asked time; what came of it."""
    count = Count(time.monotonic() + asked.warm_up_s + asked.seconds)
    requests = requests_of(asked)
    if asked.kind.endswith("unary"):
        loop = unary(asked, requests, count)
        loops = [loop() for _ in range(asked.at_once)]
    else:
        frames = Frames(asked.kind, requests)
        loop = session(asked, frames, count, asked.at_once // asked.streams)
        loops = [loop() for _ in range(asked.streams)]
    tasks = [asyncio.create_task(each) for each in loops]
    await asyncio.sleep(asked.warm_up_s)
    began = time.monotonic()
    first = count.calls
    before = _processors(asked)
    await asyncio.sleep(max(count.ends_at - time.monotonic() - 0.1, 0.1))
    if count.calls == first:
        # A busy machine: where nothing was answered in time, all that is under way is waited for.
        await asyncio.gather(*tasks)
    seconds, calls = time.monotonic() - began, count.calls - first
    after = _processors(asked)
    await asyncio.gather(*tasks)
    took = {f"{name}_s": after[name] - before[name] for name in before}
    return {"calls": calls, "wrong": count.wrong, "seconds": seconds, **took}


def requests_of(asked: argparse.Namespace) -> Requests:
    """What is asked for: baskets of a folder, or those of the bench."""
    if asked.baskets is not None:
        return RealRequests.read(asked.prefix, asked.baskets, first=asked.first)
    return Requests(asked.prefix, asked.members, first=asked.first, lines=asked.lines)


def metadata_of(asked: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    """What opens the service."""
    return (("authorization", f"Bearer {asked.token}"),)


def _processors(asked: argparse.Namespace) -> dict[str, float]:
    """Processor time so far, by name."""
    return {
        "generator": time.process_time(),
        "server": sum(map(tree_s, asked.server_pid)),
        "postgres": tree_s(asked.postgres_pid) if asked.postgres_pid else 0.0,
        "valkey": tree_s(asked.valkey_pid) if asked.valkey_pid else 0.0,
    }


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of a closed and of an open loop: whom is called, what is asked for, how long."""
    parser.add_argument("target")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--warm-up-s", type=float, default=WARM_UP_S)
    parser.add_argument("--members", type=int, default=1)
    parser.add_argument("--lines", type=int, default=world.LINES)
    parser.add_argument("--first", type=int, default=0, help="Number of the first sale.")
    parser.add_argument("--prefix", default="bench")
    parser.add_argument("--token", default=world.TOKEN)
    parser.add_argument("--baskets", type=Path, help="A folder of receipts and their answers.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "kind",
        choices=[
            "quote_unary",
            "quote_session",
            "confirm_unary",
            "confirm_session",
            "sale_with_hold",
        ],
    )
    parser.add_argument("--server-pid", type=int, action="append", required=True)
    parser.add_argument("--postgres-pid", type=int, default=0)
    parser.add_argument("--valkey-pid", type=int, default=0)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--streams", type=int, default=1, help="Sessions, which share the calls.")
    parser.add_argument(
        "--connections", type=int, default=1, help="Of Sessions: workers of a port share them."
    )
    add_common_arguments(parser)
    sys.stdout.write(json.dumps(asyncio.run(drive(parser.parse_args()))) + "\n")


if __name__ == "__main__":
    main()
