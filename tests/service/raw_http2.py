"""HTTP/2 by hand, as RFC 9113 has it: for connections that no honest client makes.

Headers are sent as they are (RFC 7541, literals without indexing), and nothing is read unless the
test does: so a window of 0 is a client whose answers pile up.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from google.protobuf.message import Message

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING, GOAWAY = 0, 1, 4, 6, 7
_ACK = _END_STREAM = 1
_END_HEADERS: Final = 4
_INITIAL_WINDOW_SIZE: Final = 4
_WINDOW_BYTES: Final = 65_535
#: Why a connection is ended whose client asks too much.
ENHANCE_YOUR_CALM: Final = 11


class Frame(NamedTuple):
    """What came."""

    kind: int
    flags: int
    stream: int
    body: bytes

    @property
    def is_ack(self) -> bool:
        return bool(self.flags & _ACK)

    @property
    def error(self) -> int:
        """Of a GOAWAY."""
        return int.from_bytes(self.body[4:8])


class RawConnection:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._stream = -1

    def send(self, kind: int, body: bytes = b"", *, flags: int = 0, stream: int = 0) -> None:
        """Send one frame; what nobody takes waits here."""
        self._writer.write(_frame(kind, body, flags=flags, stream=stream))

    def ping(self, times: int) -> None:
        """So many in one piece: who writes to a connection that was closed reads no last words."""
        self._writer.write(b"".join(_frame(PING, number.to_bytes(8)) for number in range(times)))

    def call(self, method: str, token: str, *messages: Message, ends: bool = True) -> int:
        """Begin a call of a till, and send its messages; the number of its stream."""
        self._stream += 2
        headers = {
            ":method": "POST",
            ":scheme": "http",
            ":path": f"/checkout.v1.CheckoutService/{method}",
            ":authority": "checkout",
            "content-type": "application/grpc",
            "te": "trailers",
            "authorization": f"Bearer {token}",
        }
        block = b"".join(b"\0" + _text(name) + _text(held) for name, held in headers.items())
        self.send(HEADERS, block, flags=_END_HEADERS, stream=self._stream)
        for number, message in enumerate(messages, start=1):
            body = message.SerializeToString()
            self.send(
                DATA,
                b"\0" + len(body).to_bytes(4) + body,
                flags=_END_STREAM if ends and number == len(messages) else 0,
                stream=self._stream,
            )
        return self._stream

    async def read(self) -> Frame:
        """The next frame.

        Raises:
            asyncio.IncompleteReadError: there is none; the connection has ended.
        """
        head = await self._reader.readexactly(9)
        body = await self._reader.readexactly(int.from_bytes(head[:3]))
        return Frame(head[3], head[4], int.from_bytes(head[5:]), body)

    async def frames(self) -> AsyncIterator[Frame]:
        """All that come, until the server ends the connection."""
        try:
            while True:
                yield await self.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            return


@asynccontextmanager
async def raw_connection(port: int, *, window: int = _WINDOW_BYTES) -> AsyncIterator[RawConnection]:
    """A connection to a worker; each of its streams is given so many bytes to answer with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    connection = RawConnection(reader, writer)
    writer.write(_PREFACE)
    connection.send(SETTINGS, _INITIAL_WINDOW_SIZE.to_bytes(2) + window.to_bytes(4))
    try:
        first = await connection.read()
        assert first.kind == SETTINGS, first
        connection.send(SETTINGS, flags=_ACK)
        yield connection
    finally:
        writer.close()


def _frame(kind: int, body: bytes, *, flags: int = 0, stream: int = 0) -> bytes:
    return len(body).to_bytes(3) + bytes((kind, flags)) + stream.to_bytes(4) + body


def _text(text: str) -> bytes:
    coded = text.encode()
    assert len(coded) < 127, "longer ones have another length"
    return bytes((len(coded),)) + coded
