"""A till's calls over one stream: cheaper than unary calls, and for many terminals at once.

The stream is opened by the first call, and again when it has ended. After a drain frame new calls
go over a new one, while the old one is read to its end. A call whose stream broke before its answer
came is unknown: repeat it with the same request_id, or ask GetOperation.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

import grpc

from checkout.client.channel import open_channel
from checkout.client.errors import CallRefusedError
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub

if TYPE_CHECKING:
    from types import TracebackType

#: Name of the frame's field by the type of the request.
_FIELDS: Final = {
    field.message_type.full_name: field.name
    for field in pb.SessionRequest.DESCRIPTOR.oneofs_by_name["call"].fields
    if field.message_type is not None
}
#: The answer is late by the way; then the stream is taken to be silent.
_GRACE_S: Final = 0.25


class SessionClient:
    """A till, or a store's server that speaks for its terminals. Calls raise `CallRefusedError`."""

    def __init__(self, target: str, token: str, *, ca_pem: bytes | None = None) -> None:
        self._channel = open_channel(target, ca_pem=ca_pem)
        self._stub = CheckoutServiceStub(self._channel)
        self._metadata = (("authorization", f"Bearer {token}"),)
        self._stream: _Stream | None = None
        self._draining: set[asyncio.Task[None]] = set()
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            await self._stream.close()
        await asyncio.gather(*self._draining, return_exceptions=True)
        await self._channel.close()

    async def call(self, request: Any, timeout_s: float, *, terminal: str = "") -> Any:  # noqa: ANN401
        """The answer to a request of one of the contract's calls.

        Raises:
            CallRefusedError: it was refused; or with OUTCOME_UNKNOWN: no answer came.
        """
        field = _FIELDS[request.DESCRIPTOR.full_name]
        frame = pb.SessionRequest(
            correlation_id=next(self._numbers),
            terminal_id=terminal,
            timeout_ms=max(int(timeout_s * 1_000), 20),
            **{field: request},
        )
        response = await self._open().ask(frame, timeout_s + _GRACE_S)
        if response.HasField("error"):
            raise CallRefusedError.of_frame(response.error)
        return getattr(response, field)

    def _open(self) -> _Stream:
        """The stream for new calls."""
        if self._stream is None or self._stream.is_ending:
            if self._stream is not None:
                task = asyncio.create_task(self._stream.close())
                self._draining.add(task)
                task.add_done_callback(self._draining.discard)
            self._stream = _Stream(self._stub.Session(metadata=self._metadata))
        return self._stream


class _Stream:
    """One stream and the calls on it that wait for their answers."""

    def __init__(self, call: Any) -> None:  # noqa: ANN401 - grpc's call
        self._call = call
        #: Frames without an answer, by their numbers.
        self._waiting: dict[int, tuple[pb.SessionRequest, asyncio.Future[pb.SessionResponse]]] = {}
        #: Numbers of frames in the order in which they are written; None: that was all.
        self._to_write: asyncio.Queue[int | None] = asyncio.Queue()
        self._is_draining = False
        self._reading = asyncio.create_task(self._read())
        self._writing = asyncio.create_task(self._write())

    @property
    def is_ending(self) -> bool:
        return self._is_draining or self._reading.done()

    async def ask(self, frame: pb.SessionRequest, timeout_s: float) -> pb.SessionResponse:
        """The answer to a frame."""
        answer: asyncio.Future[pb.SessionResponse] = asyncio.get_running_loop().create_future()
        self._waiting[frame.correlation_id] = frame, answer
        self._to_write.put_nowait(frame.correlation_id)
        try:
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise CallRefusedError.unknown("no answer came in time") from None
        finally:
            self._waiting.pop(frame.correlation_id, None)

    async def close(self) -> None:
        """Send nothing more, and read to the end."""
        self._to_write.put_nowait(None)
        await asyncio.wait({self._writing, self._reading})

    async def _write(self) -> None:
        """Write frame after frame, but for those that nobody waits for any more.

        In a task of its own: grpc ends a stream of which a write is cancelled, with all its calls.
        """
        # What the stream ended with is read, too.
        with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while (number := await self._to_write.get()) is not None:
                if number in self._waiting:
                    await self._call.write(self._waiting[number][0])
            await self._call.done_writing()

    async def _read(self) -> None:
        error = CallRefusedError.unknown("the stream ended before the answer")
        try:
            async for response in self._call:
                if response.HasField("drain"):
                    self._is_draining = True
                    continue
                _, answer = self._waiting.get(response.correlation_id, (None, None))
                if answer is not None and not answer.done():
                    answer.set_result(response)
        except grpc.aio.AioRpcError as broken:
            error = CallRefusedError.of_call(broken)
        finally:
            self._is_draining = True
            for _, answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(error)
