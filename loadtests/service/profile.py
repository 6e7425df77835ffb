"""Where each microsecond of a quote and of a confirm goes: samples of a loaded worker, by part.

They add up to the server's processor time per call, which the same run measures.
"""

from __future__ import annotations

import asyncio
import collections
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.engine.figures import Figure
from loadtests.service.books import verified_rows
from loadtests.service.closed_loop import AT_ONCE, BATCHED_AT_ONCE, command, drive, load_of
from loadtests.service.drive import WARM_UP_S
from loadtests.service.parts import OF_A_CONFIRM, OF_A_QUOTE, part_of
from loadtests.service.sampled import FRAMES
from loadtests.service.stand import running_stand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.service.load import Load
    from loadtests.service.measure import Effort
    from loadtests.service.parts import Part
    from loadtests.service.stand import Stand

#: Kinds of calls, the parts they are told by, how many are under way at once, and their name in
#: the figures.
KINDS: Final = (
    ("quote_unary", OF_A_QUOTE, AT_ONCE),
    ("quote_session", OF_A_QUOTE, AT_ONCE),
    ("confirm_session", OF_A_CONFIRM, BATCHED_AT_ONCE),
)


def measure_profile(effort: Effort) -> Iterator[Figure]:
    """The parts of quotes and confirms, what PostgreSQL adds, and what a unary echo costs.

    Raises:
        RuntimeError: an answer was wrong, or the verifier finds something: the run is void.
    """
    with tempfile.TemporaryDirectory() as directory:
        stacks = Path(directory) / "stacks"
        with running_stand(
            campaigns=effort.campaigns, members=effort.members, worker=sampled_worker(stacks)
        ) as stand:
            yield from profiled(stand, effort, stacks)


def sampled_worker(stacks: Path) -> tuple[str, ...]:
    """A worker that writes its samples to this file."""
    return ("loadtests.service.sampled", str(stacks))


def profiled(
    stand: Stand,
    effort: Effort,
    stacks: Path,
    kinds: Sequence[tuple[str, tuple[Part, ...], int]] = KINDS,
) -> Iterator[Figure]:
    """The same on a stand with such a worker.

    Raises:
        RuntimeError: as above.
    """
    for kind, parts, at_once in kinds:
        load = _sampled(stand, kind, effort, at_once, stacks)
        yield from _parts(kind, parts, load, stacks)
        if parts is OF_A_CONFIRM:
            yield Figure(
                name=f"{kind}_postgres_us",
                value=load.postgres_us,
                about="PostgreSQL's own, beside the worker's",
            )
        yield Figure(
            name=f"{kind}_valkey_us",
            value=load.valkey_us,
            about=f"Valkey's; {load.generator} took {load.generator_share:.0%} of a core",
        )
    echo = drive(stand, effort.drive("quote_unary", AT_ONCE), stand.echo)
    yield Figure(name="echo_us", value=echo.server_us, about="a unary echo of these bytes")
    rows = asyncio.run(verified_rows(stand.dsn))
    yield Figure(name="profile_verified_rows", value=rows, about="rows without a violation")


def _sampled(stand: Stand, kind: str, effort: Effort, at_once: int, stacks: Path) -> Load:
    """Load a worker, and let it look at itself once it is warm."""
    stacks.unlink(missing_ok=True)
    with subprocess.Popen(
        command(stand, effort.drive(kind, at_once), stand.worker), stdout=subprocess.PIPE, text=True
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


def _parts(kind: str, parts: tuple[Part, ...], load: Load, stacks: Path) -> Iterator[Figure]:
    seen: collections.Counter[str] = collections.Counter()
    for line in stacks.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        seen[part_of(stack.split(FRAMES), parts)] += int(count)
    total = seen.total()
    if not total:
        raise RuntimeError(f"void: the worker was not seen at work on {kind}")
    yield Figure(
        name=f"{kind}_us",
        value=load.server_us,
        about=f"µs of the server's processor time: the whole call; {total} samples",
    )
    for part in parts:
        yield Figure(
            name=f"{kind}_us_{part.name}",
            value=load.server_us * seen[part.name] / total,
            about=part.about,
        )
