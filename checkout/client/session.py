"""A till's calls over one stream: cheaper than unary calls, and for many terminals at once.

The stream is opened by the first call, and again when it has ended. After a drain frame new calls
go over a new one, while the old one is read to its end. A call whose stream broke before its answer
came is unknown: repeat it with the same request_id, or ask GetOperation.
"""

from __future__ import annotations

import asyncio
import itertools
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
        self._waiting: dict[int, asyncio.Future[pb.SessionResponse]] = {}
        self._writing = asyncio.Lock()
        self._is_draining = False
        self._reading = asyncio.create_task(self._read())

    @property
    def is_ending(self) -> bool:
        return self._is_draining or self._reading.done()

    async def ask(self, frame: pb.SessionRequest, timeout_s: float) -> pb.SessionResponse:
        """The answer to a frame."""
        answer: asyncio.Future[pb.SessionResponse] = asyncio.get_running_loop().create_future()
        self._waiting[frame.correlation_id] = answer
        try:
            async with asyncio.timeout(timeout_s):
                try:
                    async with self._writing:
                        await self._call.write(frame)
                except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                    # What the stream ended with says why; it is read, too.
                    await asyncio.wait({self._reading})
                return await answer
        except TimeoutError:
            raise CallRefusedError.unknown("no answer came in time") from None
        finally:
            self._waiting.pop(frame.correlation_id, None)

    async def close(self) -> None:
        """Send nothing more, and read to the end."""
        async with self._writing:
            if not self._reading.done():
                await self._call.done_writing()
        await asyncio.wait({self._reading})

    async def _read(self) -> None:
        error = CallRefusedError.unknown("the stream ended before the answer")
        try:
            async for response in self._call:
                if response.HasField("drain"):
                    self._is_draining = True
                    continue
                answer = self._waiting.get(response.correlation_id)
                if answer is not None and not answer.done():
                    answer.set_result(response)
        except grpc.aio.AioRpcError as broken:
            error = CallRefusedError.of_call(broken)
        finally:
            self._is_draining = True
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(error)
