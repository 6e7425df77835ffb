"""Whoever sends a request byte by byte, or reads no answer, is let go; others are served meanwhile.

Times are a small part of the real ones.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import h11
import pytest
import uvicorn

from admin import serving
from admin.guard import patience
from admin.guard.patience import BODY_S, HEAD_S, READING_S, PatientProtocol
from admin.serving import config_of, listening
from admin.settings import AdminSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from starlette.types import Receive, Scope, Send

HEAD: Final = b"POST /form HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000\r\n\r\n"
#: More than lies between two sockets that nobody reads.
LARGE: Final = 32 << 20
WAITS_HEAD_S: Final = HEAD_S / 20
WAITS_BODY_S: Final = BODY_S / 100
WAITS_READING_S: Final = READING_S / 100


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        PatientProtocol, "patience_s", {h11.IDLE: WAITS_HEAD_S, h11.SEND_BODY: WAITS_BODY_S}
    )
    monkeypatch.setattr(PatientProtocol, "reading_s", WAITS_READING_S)


class Application:
    """Reads what is sent, and answers; on `/large` with much."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(LARGE >> 16 if scope["path"] == "/large" else 0):
            part = {"type": "http.response.body", "body": bytes(1 << 16), "more_body": True}
            await send(part)
        await send({"type": "http.response.body", "body": b"done"})
        self.left.set()


@asynccontextmanager
async def served(app: Application) -> AsyncIterator[int]:
    """Its port, served as the pages are."""
    config = config_of(app, AdminSettings(postgres_dsn="postgresql://x", port=0))
    server, socket = uvicorn.Server(config), listening(config)
    serving = asyncio.create_task(server._serve([socket]))
    while not server.started:
        assert not serving.done(), serving
        await asyncio.sleep(0)
    yield socket.getsockname()[1]
    server.should_exit = True
    await serving


async def trickle(port: int, at_once: bytes, slowly: Iterable[bytes]) -> float:
    """Send something, and the rest bit by bit; how long it was borne."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    writer.write(at_once)
    with suppress(ConnectionError):
        for piece in slowly:
            writer.write(piece)
            with suppress(TimeoutError):
                assert await asyncio.wait_for(reader.read(), 0.01) == b"", "there is no answer"
                break
    writer.close()
    return time.monotonic() - began


async def answer(port: int) -> bytes:
    """What a browser in no hurry gets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD.replace(b"1000", b"2") + b"ab")
    found = await asyncio.wait_for(reader.readuntil(b"done"), 5)
    writer.close()
    return found


@pytest.mark.parametrize(
    ("at_once", "slowly", "borne_s"),
    [
        (b"", [b""] * 1_000, WAITS_HEAD_S),
        (b"GET / HTTP/1.1\r\n", [b"x"] * 1_000, WAITS_HEAD_S),
        (HEAD, [b"x"] * 999, WAITS_BODY_S),
    ],
)
async def test_a_request_that_does_not_come_ends_the_connection(
    at_once: bytes, slowly: list[bytes], borne_s: float
) -> None:
    """However its bytes are spread over time; a hundred such keep nobody from being served."""
    async with served(Application()) as port:
        slow = [asyncio.create_task(trickle(port, at_once, slowly)) for _ in range(100)]
        await asyncio.sleep(borne_s / 2)
        assert (await answer(port)).startswith(b"HTTP/1.1 200")
        assert not any(task.done() for task in slow)
        took = await asyncio.gather(*slow)
    assert borne_s * 0.9 < min(took)
    assert max(took) < borne_s + 2


async def test_an_answer_that_nobody_reads_ends() -> None:
    """What makes it goes on to its end, and holds nothing any more."""
    app = Application()
    async with served(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD.replace(b"/form", b"/large").replace(b"1000", b"0"))
        await asyncio.sleep(WAITS_READING_S / 2)
        assert not app.left.is_set()
        await asyncio.wait_for(app.left.wait(), 5)
        writer.close()


async def test_a_connection_that_is_used_stays() -> None:
    """Each request has its own time: together they may take longer."""
    async with served(Application()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(3):
            await asyncio.sleep(WAITS_HEAD_S * 0.4)
            writer.write(HEAD.replace(b"1000", b"2") + b"ab")
            await asyncio.wait_for(reader.readuntil(b"done\r\n0\r\n\r\n"), 5)
        writer.close()


async def test_too_many_connections_are_told_to_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound, so that there is one: who comes beyond it is told at once."""
    monkeypatch.setattr(serving, "CONNECTIONS_MAX", 3)
    assert patience.CONNECTIONS_MAX > 100
    async with served(Application()) as port:
        held: list[Any] = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD.replace(b"1000", b"0"))
        assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 503")
        for _, each in [*held, (reader, writer)]:
            each.close()
