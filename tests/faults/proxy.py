"""A TCP proxy that spoils connections: late, slow, cut, silent, sliced; each direction by itself.

It stands between the service and a server, or between a client and the service. What is set holds
for bytes that arrive from then on, on old connections and new ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

_CHUNK_BYTES = 65_536
#: SO_LINGER with zero seconds: closing sends RST instead of FIN.
_RESET = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Direction:
    """How bytes travel one way."""

    latency_s: float = 0.0
    #: A uniform share on top of the latency.
    jitter_s: float = 0.0
    bytes_per_s: float = 0.0
    #: Bytes are taken and never delivered; nobody hears about it.
    is_black_hole: bool = False
    #: The connection is reset once so many more bytes have passed.
    cut_after_bytes: int | None = None
    #: Pieces of at most so many bytes, each written by itself.
    slice_bytes: int = 0
    #: Share of chunks at which the connection is reset.
    cut_share: float = 0.0


@dataclass(slots=True, eq=False)
class _Connection:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Proxy:
    """Listens on a free port of loopback and passes connections on to a target."""

    def __init__(self, host: str, port: int, seed: int = 0) -> None:
        self._target = (host, port)
        self._chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._connections: set[_Connection] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.to_server = Direction()
        self.to_client = Direction()
        self.port = 0
        #: New connections are closed at once.
        self.refuses = False
        self.accepted = 0
        self._is_closed = False

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._is_closed = True
        self._server.close()
        self.cut()
        while self._serving:
            await asyncio.wait(self._serving)

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    def delay(self, latency_s: float, jitter_s: float = 0.0) -> None:
        """Both directions together add about this to each round trip."""
        for direction in (self.to_server, self.to_client):
            direction.latency_s, direction.jitter_s = latency_s / 2, jitter_s / 2

    def swallow(self) -> None:
        """Both directions vanish: a cable that was pulled."""
        self.to_server.is_black_hole = self.to_client.is_black_hole = True

    def heal(self) -> None:
        """As good as new; what was swallowed stays lost."""
        self.to_server, self.to_client = Direction(), Direction()
        self.refuses = False

    def cut(self, *, reset: bool = True) -> int:
        """End all connections; how many."""
        found = list(self._connections)
        for connection in found:
            self._end(connection, reset=reset)
        return len(found)

    # ---- one connection

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None, "streams are served in tasks"
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        if self.refuses:
            _abort(writer)
            return
        try:
            server_reader, server_writer = await asyncio.open_connection(*self._target)
        except OSError:
            _abort(writer)
            return
        for each in (writer, server_writer):
            each.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._is_closed:
            # Nobody would cut it any more.
            _abort(writer)
            _abort(server_writer)
            return
        connection = _Connection(writer, server_writer)
        self._connections.add(connection)
        connection.tasks = [
            asyncio.create_task(self._pump(connection, reader, server_writer, to_server=True)),
            asyncio.create_task(self._pump(connection, server_reader, writer, to_server=False)),
        ]
        await asyncio.gather(*connection.tasks, return_exceptions=True)
        self._end(connection, reset=False)

    async def _pump(
        self,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        to_server: bool,
    ) -> None:
        """Read at once and deliver when it is due, so that latency does not cost bandwidth."""
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        deliverer = asyncio.create_task(self._deliver(due, writer))
        loop = asyncio.get_running_loop()
        last_due = 0.0
        try:
            while chunk := await reader.read(_CHUNK_BYTES):
                way = self.to_server if to_server else self.to_client
                if way.is_black_hole:
                    continue
                if way.cut_share and self._chance.random() < way.cut_share:
                    self._end(connection, reset=True)
                    return
                if way.cut_after_bytes is not None:
                    passing, way.cut_after_bytes = (
                        chunk[: way.cut_after_bytes],
                        way.cut_after_bytes - len(chunk),
                    )
                    if way.cut_after_bytes < 0:
                        writer.write(passing)
                        await writer.drain()
                        way.cut_after_bytes = None
                        self._end(connection, reset=True)
                        return
                wait_s = way.latency_s + way.jitter_s * self._chance.random()
                if way.bytes_per_s:
                    wait_s += len(chunk) / way.bytes_per_s
                # Nothing overtakes what was sent before it.
                last_due = max(loop.time() + wait_s, last_due)
                step = way.slice_bytes or len(chunk)
                for start in range(0, len(chunk), step):
                    due.put_nowait((last_due, chunk[start : start + step]))
            due.put_nowait((last_due, b""))
            await deliverer
        except (OSError, asyncio.CancelledError):
            self._end(connection, reset=True)
        finally:
            deliverer.cancel()
            await asyncio.gather(deliverer, return_exceptions=True)

    @staticmethod
    async def _deliver(
        due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while True:
                at, piece = await due.get()
                if (left_s := at - loop.time()) > 0:
                    await asyncio.sleep(left_s)
                if not piece:
                    writer.write_eof()
                    return
                writer.write(piece)
                await writer.drain()

    def _end(self, connection: _Connection, *, reset: bool) -> None:
        if connection not in self._connections:
            return
        self._connections.discard(connection)
        for writer in (connection.client, connection.server):
            if reset:
                _abort(writer)
            else:
                writer.close()
        current = asyncio.current_task()
        for task in connection.tasks:
            if task is not current:
                task.cancel()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with RST."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


@contextlib.asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[str, Proxy]]:
    """A PostgreSQL or Valkey behind a proxy: its other address."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    async with Proxy(parts.hostname, parts.port) as proxy:
        head, at, _ = parts.netloc.rpartition("@")
        yield urlunsplit(parts._replace(netloc=f"{head}{at}127.0.0.1:{proxy.port}")), proxy
