"""A webhook on loopback: takes events, or does what webhooks do that are ill.

It checks each request as a receiver should: whose it is, and that its id is the event's.
"""

from __future__ import annotations

import asyncio
import base64
import enum
import hashlib
import hmac
from collections import Counter
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Signs what it gets; shared with the service.
KEY: Final = bytes(range(32))
#: Between two pieces of an answer that never ends.
PIECE_S: Final = 0.02


class Manner(enum.Enum):
    """How one request is met."""

    TAKES = "answers that it has the event"
    REFUSES = "answers with an error"
    SAYS_NOTHING = "reads, and answers nothing"
    NEVER_ENDS = "begins an answer, and sends a piece of it now and then"
    HANGS_UP = "closes the connection without an answer"
    TAKES_AND_HANGS_UP = "has the event, and closes the connection without an answer"


class Receiver:
    """A webhook; what it does is up to the test."""

    def __init__(self) -> None:
        self.url = ""
        self.taken: list[dict[str, Any]] = []
        self.asked: Counter[str] = Counter()
        self.met: Counter[Manner] = Counter()
        #: When requests say that they were signed, in seconds of Unix time.
        self.dated: set[int] = set()
        #: How each event is met at first, one after the other, until it is taken; and a kind that
        #: never is.
        self.manners: tuple[Manner, ...] = ()
        self.status = 500
        self.poison = ""
        #: Requests that wait for their answer, and the most that ever did.
        self.waiting = 0
        self.waiting_most = 0

    def manner_of(self, event: dict[str, Any]) -> Manner:
        """How to meet this event now; it has been counted in `asked`."""
        if event["kind"] == self.poison:
            return Manner.REFUSES
        asked = self.asked[event["event_id"]]
        return self.manners[asked - 1] if asked <= len(self.manners) else Manner.TAKES

    def ids(self) -> Counter[str]:
        return Counter(event["event_id"] for event in self.taken)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = [text.split(": ", 1) for text in head.decode().split("\r\n")[1:] if text]
                headers = {name.lower(): value for name, value in lines}
                body = await reader.readexactly(int(headers["content-length"]))
                self.waiting += 1
                self.waiting_most = max(self.waiting_most, self.waiting)
                try:
                    manner = self._judge(headers, body)
                    if not await self._answer(manner, reader, writer):
                        break
                finally:
                    self.waiting -= 1
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _judge(self, headers: dict[str, str], body: bytes) -> Manner:
        event = orjson.loads(body)
        event_id = headers["webhook-id"]
        assert event_id == event["event_id"]
        signed = f"{event_id}.{headers['webhook-timestamp']}.".encode() + body
        expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        self.asked[event_id] += 1
        self.dated.add(int(headers["webhook-timestamp"]))
        manner = self.manner_of(event)
        self.met[manner] += 1
        if manner in {Manner.TAKES, Manner.TAKES_AND_HANGS_UP}:
            self.taken.append(event)
        return manner

    async def _answer(
        self, manner: Manner, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Whether the connection goes on."""
        match manner:
            case Manner.TAKES | Manner.REFUSES:
                status = 204 if manner is Manner.TAKES else self.status
                writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
                await writer.drain()
                return True
            case Manner.SAYS_NOTHING:
                await _until_hung_up(reader)
            case Manner.NEVER_ENDS:
                writer.write(b"HTTP/1.1 204 X\r\n")
                left = asyncio.create_task(_until_hung_up(reader))
                while not left.done():
                    writer.write(b"x-more: 1\r\n")
                    await writer.drain()
                    await asyncio.wait({left}, timeout=PIECE_S)
        return False


async def _until_hung_up(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        await reader.read()


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[None]:
    """It has an address for the block."""
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    async with server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/events"
        yield
