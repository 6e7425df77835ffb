"""`h2load`, a generator in C: unary gRPC calls of framed bodies from files.

It comes with nghttp2 (Debian: nghttp2-client) and takes a fraction of what a generator in Python
does. It cannot read answers: that they are whole is told by how many bytes they have, and after
each run the same is asked once more and read.
"""

from __future__ import annotations

import asyncio
import re
import resource
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkout.client.channel import open_channel
from loadtests.service import world
from loadtests.service.drive import TIMEOUT_S, tree_s
from loadtests.service.load import Load
from loadtests.service.requests import Requests, is_right

if TYPE_CHECKING:
    from checkout.client.messages import QuoteRequest
    from loadtests.service.stand import Served, Stand

#: It sends one body again and again: so many of them run, each with a member of its own.
PROCESSES: Final = 4
#: Answers about different members differ a little in length; a refusal has no message at all.
SHORTEST_SHARE: Final = 0.9
_FRAME_BYTES: Final = 5
_DONE: Final = re.compile(
    r"^requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded", re.MULTILINE
)
_DATA: Final = re.compile(r"^traffic: .* \((\d+)\) data$", re.MULTILINE)


def path() -> str | None:
    """The program, where it is installed."""
    return shutil.which("h2load")


def drive(binary: str, stand: Stand, served: Served, seconds: float, at_once: int) -> Load:
    """Quotes as fast as they return, so many at once, each process over one connection.

    Raises:
        RuntimeError: an answer was missing, refused or too short, or lacks a campaign.
    """
    requests = Requests("bench", PROCESSES)
    quotes = requests.quotes()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        pids = (served.pid, stand.postgres_pid, stand.valkey_pid)
        before = [tree_s(pid) for pid in pids]
        generator_s, began_s = _children_s(), time.monotonic()
        running = []
        for number, quote in enumerate(quotes):
            body = quote.SerializeToString()
            file = directory / f"{number}.grpc"
            file.write_bytes(b"\0" + len(body).to_bytes(4, "big") + body)
            running.append(
                subprocess.Popen(
                    [
                        *(binary, f"--data={file}", "--clients=1"),
                        *(f"--max-concurrent-streams={at_once // PROCESSES}",),
                        *(f"--duration={max(round(seconds), 1)}", "--header=te: trailers"),
                        "--header=content-type: application/grpc",
                        f"--header=authorization: Bearer {world.TOKEN}",
                        f"http://{served.target}/checkout.v1.CheckoutService/Quote",
                    ],
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
        said = [process.communicate()[0] for process in running]
        took_s = time.monotonic() - began_s
        server_s, postgres_s, valkey_s = (
            tree_s(pid) - was_s for pid, was_s in zip(pids, before, strict=True)
        )
    asyncio.run(_require_right(served.target, requests, quotes))
    calls = sum(answered(each, stand.answer_bytes) for each in said)
    return Load(
        calls=calls,
        seconds=took_s,
        generator_s=_children_s() - generator_s,
        server_s=server_s,
        postgres_s=postgres_s,
        valkey_s=valkey_s,
        wrong=0,
        generator="h2load",
    )


def answered(said: str, answer_bytes: int) -> int:
    """How many calls were answered, by what one process printed."""
    done, data = _DONE.search(said), _DATA.search(said)
    if done is None or data is None or not int(done[2]):
        message = f"void: h2load had no answers:\n{said}"
        raise RuntimeError(message)
    calls = int(done[2])
    length = int(data[1]) / calls - _FRAME_BYTES
    if int(done[3]) != calls or length < SHORTEST_SHARE * answer_bytes:
        message = (
            f"void: {calls} calls, of which {done[3]} succeeded, with {length:.0f} bytes each"
            f" where an answer has {answer_bytes}"
        )
        raise RuntimeError(message)
    return calls


async def _require_right(target: str, requests: Requests, quotes: list[QuoteRequest]) -> None:
    """That the server still answers as it should."""
    metadata = (("authorization", f"Bearer {world.TOKEN}"),)
    async with open_channel(target) as channel:
        ask: Any = channel.unary_unary("/checkout.v1.CheckoutService/Quote")
        for quote in quotes:
            body = await ask(quote.SerializeToString(), metadata=metadata, timeout=TIMEOUT_S)
            if not is_right("quote_unary", body, requests):
                raise RuntimeError(f"void: a wrong answer to {quote.purchase_id}")


def _children_s() -> float:
    """Processor time of all processes that we have waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
