"""The proxy does to connections what it is told to, each direction by itself."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Longer than what is delayed on purpose, shorter than patience.
BOUND_S = 5.0
SILENCE_S = 0.2


class Line:
    """A connection through the proxy to a server that says everything back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, words: bytes) -> bytes:
        """What comes back, as far as it is as long."""
        self.writer.write(words)
        async with asyncio.timeout(BOUND_S):
            return await self.reader.readexactly(len(words))

    async def is_silent(self, words: bytes) -> bool:
        """Whether nothing comes back, and nobody hangs up."""
        self.writer.write(words)
        try:
            async with asyncio.timeout(SILENCE_S):
                return not await self.reader.read(1) and False
        except TimeoutError:
            return True


@asynccontextmanager
async def echoing() -> AsyncIterator[Proxy]:
    """A proxy before a server that says everything back."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        echoes.add(task)
        try:
            while words := await reader.read(65_536):
                writer.write(words)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    echoes: set[asyncio.Task[None]] = set()
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        async with Proxy("127.0.0.1", server.sockets[0].getsockname()[1]) as proxy:
            yield proxy
        while waiting := {task for task in echoes if not task.done()}:
            await asyncio.wait(waiting)


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Line]:
    """A connection for the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def test_it_passes_everything_on() -> None:
    """Without orders it is not noticed, also by much at once."""
    async with echoing() as proxy, connected(proxy) as line:
        words = bytes(range(256)) * 4_000
        assert await line.say(words) == words


async def test_it_delays_each_way() -> None:
    """Latency adds to the round trip, half a way each, and keeps the order."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.delay(0.1)
        began = time.monotonic()
        assert await line.say(b"one two three") == b"one two three"
        assert 0.1 <= time.monotonic() - began < BOUND_S


async def test_it_swallows_and_heals() -> None:
    """In a black hole nobody answers and nobody hangs up; what was swallowed stays lost."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.swallow()
        assert await line.is_silent(b"lost")
        proxy.heal()
        assert await line.say(b"here") == b"here"


async def test_it_swallows_one_way_only() -> None:
    """The server hears, its answer does not come."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.to_client.is_black_hole = True
        assert await line.is_silent(b"heard")


async def test_it_cuts_with_a_reset() -> None:
    """Both ends hear at once that the connection is gone; new ones are made."""
    async with echoing() as proxy, connected(proxy) as line:
        await line.say(b"before")
        assert proxy.cut() == 1
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await line.say(b"after")
        async with connected(proxy) as other:
            assert await other.say(b"anew") == b"anew"


async def test_it_cuts_in_the_middle_of_a_message() -> None:
    """So many bytes pass, then it resets, once."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.to_server.cut_after_bytes = 4
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await line.say(b"too long")
        async with connected(proxy) as other:
            assert await other.say(b"too long") == b"too long"


async def test_it_cuts_by_chance() -> None:
    """A share of one cuts at the first bytes."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.to_client.cut_share = 1.0
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await line.say(b"unlucky")


async def test_it_slices_and_slows() -> None:
    """Pieces and bandwidth change when bytes come, not which."""
    async with echoing() as proxy, connected(proxy) as line:
        proxy.to_client.slice_bytes = 3
        proxy.to_server.bytes_per_s = 10_000
        words = b"0123456789" * 100
        began = time.monotonic()
        assert await line.say(words) == words
        assert time.monotonic() - began >= 0.1


async def test_it_refuses_connections() -> None:
    """A port where nobody serves any more."""
    async with echoing() as proxy:
        proxy.refuses = True
        async with connected(proxy) as line:
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await line.say(b"anybody?")
