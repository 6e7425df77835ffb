"""Clients that read no answer, and one that pings without end: what sits beside a flood (FC16)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

from checkout.client import messages
from tests.faults.scene import TOKEN
from tests.service.raw_http2 import ENHANCE_YOUR_CALM, GOAWAY, raw_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.faults.scene import Scene

SLOW: Final = 20
#: Frames of each: less than a stream works on at once, so that all of them are answered.
FRAMES: Final = 50
PINGS: Final = 100
#: Between two floods of pings: the next one comes from a connection of its own.
PAUSE_S: Final = 1.0


@asynccontextmanager
async def rude_clients(scene: Scene) -> AsyncIterator[None]:
    """They are there for the block; each flood of pings must have been told to end."""
    port = int(scene.targets[0].rpartition(":")[2])
    ended: list[bool] = []
    async with AsyncExitStack() as stack:
        for _ in range(SLOW):
            slow = await stack.enter_async_context(raw_connection(port, window=0))
            quotes = [_quote(scene, number) for number in range(1, FRAMES + 1)]
            slow.call("Session", TOKEN, *quotes, ends=False)
        pinging = asyncio.create_task(_ping_without_end(port, ended))
        try:
            yield
        finally:
            pinging.cancel()
            await asyncio.gather(pinging, return_exceptions=True)
    scene.figure("slow clients", SLOW)
    scene.figure("floods of pings", len(ended))
    scene.require(bool(ended) and all(ended), "a flood of pings was not told to end")


def _quote(scene: Scene, number: int) -> messages.SessionRequest:
    purchase = scene.load.new_purchase()
    return messages.SessionRequest(
        correlation_id=number,
        quote=messages.QuoteRequest(purchase_id=purchase.purchase_id, receipt=purchase.sale),
    )


async def _ping_without_end(port: int, ended: list[bool]) -> None:
    while True:
        async with raw_connection(port) as flooder:
            flooder.ping(PINGS)
            told = [frame.error async for frame in flooder.frames() if frame.kind == GOAWAY]
            ended.append(told == [ENHANCE_YOUR_CALM])
        await asyncio.sleep(PAUSE_S)
