"""`python -m loaders …` as a process of its own: what it tells, what it cost, killed if wanted."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.service import world
from tests.service.in_bulk import peak_memory_mb_of
from tests.service.running import wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service.in_bulk import BulkWatch
    from tests.service.running import Service


@dataclass(frozen=True, slots=True)
class LoaderRun:
    """How a run ended: its status, its last line, and its memory, at the first line and at most."""

    status: int
    last: str
    first_mb: float
    most_mb: float


async def run_loader(
    service: Service,
    *arguments: str,
    watch: BulkWatch,
    within_s: float,
    kill_when: Callable[[], Awaitable[bool]] | None = None,
) -> LoaderRun:
    """Run a command to its end, or kill it as soon as something is so."""
    environment = os.environ | {
        "CHECKOUT_PORT": str(service.ports[0]),
        "CHECKOUT_SERVICE_CREDENTIAL": world.CREDENTIAL,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "loaders", *arguments),
        *("--author", "tester", "--reason", "a test", "--partner", "north"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told = process.stdout
    peaks: list[float] = []

    async def hear() -> str:
        last = ""
        async for line in told:
            last = line.decode().strip()
            peaks.append(peak_memory_mb_of(process.pid))
            watch.say(last)
        return last

    hearing = asyncio.create_task(hear())
    try:
        if kill_when is not None:
            await wait_until(kill_when, within_s=within_s, what="as much as was waited for")
            process.kill()
        status = await asyncio.wait_for(process.wait(), within_s)
        last = await hearing
    finally:
        hearing.cancel()
        if process.returncode is None:
            process.kill()
    return LoaderRun(status, last, peaks[0] if peaks else 0, max(peaks, default=0))
