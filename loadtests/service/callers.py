"""Over what an open loop calls: unary calls of some connections, or Sessions of as many tills."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.client.channel import open_channel
from checkout.client.errors import CallRefusedError
from checkout.client.session import SessionClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from google.protobuf.message import Message

    #: The answer to a request, as bytes; or `CallFailedError`.
    Ask = Callable[[Message], Awaitable[bytes]]

#: Each has streams of its own, as stores' tills have.
CONNECTIONS: Final = 4
#: A call without an answer by then has failed, and counts as having taken as long.
TIMEOUT_S: Final = 5.0


class CallFailedError(Exception):
    """No answer, or a refusal."""


@asynccontextmanager
async def unary(target: str, token: str, method: str) -> AsyncIterator[Ask]:
    """Unary calls, over the connections in turn."""
    metadata = (("authorization", f"Bearer {token}"),)
    async with AsyncExitStack() as stack:
        channels = [
            await stack.enter_async_context(open_channel(target)) for _ in range(CONNECTIONS)
        ]
        calls: itertools.cycle[Any] = itertools.cycle(
            [each.unary_unary(f"/checkout.v1.CheckoutService/{method}") for each in channels]
        )

        async def ask(request: Message) -> bytes:
            body = request.SerializeToString()
            try:
                answer: bytes = await next(calls)(body, metadata=metadata, timeout=TIMEOUT_S)
            except grpc.aio.AioRpcError as error:
                raise CallFailedError from error
            return answer

        yield ask


@asynccontextmanager
async def sessions(target: str, token: str) -> AsyncIterator[Ask]:
    """Frames of Sessions, which take turns: by the client that tills have."""
    async with AsyncExitStack() as stack:
        clients = itertools.cycle(
            [
                await stack.enter_async_context(SessionClient(target, token))
                for _ in range(CONNECTIONS)
            ]
        )

        async def ask(request: Message) -> bytes:
            try:
                answer: Message = await next(clients).call(request, TIMEOUT_S)
            except CallRefusedError as error:
                raise CallFailedError from error
            return answer.SerializeToString()

        yield ask
