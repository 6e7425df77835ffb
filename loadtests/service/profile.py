"""Where each microsecond of a quote goes: samples of a loaded worker, told by part.

They add up to the server's processor time per call, which the same run measures.
"""

from __future__ import annotations

import collections
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.engine.figures import Figure
from loadtests.service.drive import WARM_UP_S
from loadtests.service.measure import AT_ONCE, command, load_of
from loadtests.service.sampled import FRAMES, NAMES
from loadtests.service.stand import running_stand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.service.measure import Effort, Load
    from loadtests.service.stand import Stand

#: What a file's frames belong to, by how its path ends or what it contains: the innermost frame
#: that is named here decides.
PARTS: Final = (
    ("answer", "the answer's message", ("/api/encode", "/api/moments", "/engine/tilllines")),
    (
        "request",
        "from the message to a sale, all limits of the contract, digests of codes",
        ("/api/decode", "/api/violations", "/engine/documents", "/flows/identifiers", "_codes.py"),
    ),
    ("member", "the member's rows out of their cached form", ("/cache/members", "/flows/members")),
    (
        "cache",
        "asking Valkey, with its socket",
        ("/cache/", "/redis/", "/asyncio/streams", "/asyncio/selector_events"),
    ),
    (
        "facts",
        "what the engine is told of the member, limits and coupons",
        ("/flows/sale_facts", "/flows/limit_slots", "/flows/coupon_facts"),
    ),
    ("token", "hashes of what is priced and paid, the signature", ("sameness", "quote_token")),
    ("views", "tier and balances", ("/flows/pricing", "/flows/tier_view", "/ledger/")),
    ("engine", "the evaluation, and the flow that calls it", ("/engine/", "/flows/quote.py")),
    ("stream", "frames of a Session", ("/api/session", "/api/deadlines")),
    ("gate", "room, token, time left; the servicer", ("/api/", "/flows/directory", "/deadline.py")),
    (
        "background",
        "what a worker does beside",
        ("/workers/", "/store/", "/asyncpg/", "/psycopg", "/pgqueuer/", "/procrastinate/"),
    ),
    ("threads", "gRPC's own threads, while the main one waits", ("/selectors.py",)),
)
#: Everything else on the main thread: gRPC's tasks, callbacks and serialisation, which are C, and
#: the event loop that runs them and us.
REST: Final = ("grpc", "grpc.aio and the event loop")
KINDS: Final = ("quote_unary", "quote_session")


def measure_profile(effort: Effort) -> Iterator[Figure]:
    """The parts of a unary quote and of one on a Session, then what a unary echo costs."""
    with tempfile.TemporaryDirectory() as directory:
        stacks = Path(directory) / "stacks"
        with running_stand(
            campaigns=effort.campaigns,
            members=effort.members,
            worker=("loadtests.service.sampled", str(stacks)),
        ) as stand:
            for kind in KINDS:
                load = _sampled(stand, kind, effort, stacks)
                yield from _parts(kind, load, stacks)
            done = subprocess.run(
                command(stand, "quote_unary", stand.echo, effort, AT_ONCE),
                capture_output=True,
                text=True,
                check=True,
            )
            echo = load_of("quote_unary", done.stdout)
            yield Figure(name="echo_us", value=echo.server_us, about="a unary echo of these bytes")


def _sampled(stand: Stand, kind: str, effort: Effort, stacks: Path) -> Load:
    """Load a worker, and let it look at itself once it is warm."""
    stacks.unlink(missing_ok=True)
    with subprocess.Popen(
        command(stand, kind, stand.worker, effort, AT_ONCE), stdout=subprocess.PIPE, text=True
    ) as driving:
        # The generator's own start takes as long as that of any Python process.
        time.sleep(2 * WARM_UP_S)
        os.kill(stand.worker.pid, signal.SIGUSR1)
        time.sleep(effort.seconds - WARM_UP_S)
        os.kill(stand.worker.pid, signal.SIGUSR2)
        told, _ = driving.communicate()
    if driving.returncode:
        message = f"the generator ended with {driving.returncode}"
        raise RuntimeError(message)
    return load_of(kind, told)


def _parts(kind: str, load: Load, stacks: Path) -> Iterator[Figure]:
    seen: collections.Counter[str] = collections.Counter()
    for line in stacks.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        seen[part_of(stack.split(FRAMES))] += int(count)
    total = seen.total()
    yield Figure(
        name=f"{kind}_us",
        value=load.server_us,
        about=f"µs of the server's processor time: the whole call; {total} samples",
    )
    for part, about in (*((part, about) for part, about, _ in PARTS), REST):
        yield Figure(
            name=f"{kind}_us_{part}", value=load.server_us * seen[part] / total, about=about
        )


def part_of(frames: list[str]) -> str:
    """The part that a stack belongs to, its outermost frame first."""
    for frame in reversed(frames):
        file, _, _ = frame.partition(NAMES)
        for part, _, places in PARTS:
            if any(place in file for place in places):
                return part
    return REST[0]
