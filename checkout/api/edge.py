"""The interceptor at the edge: takes unary calls through the gate.

Every handler runs behind it, so a new RPC has all of this by itself. Streams pass the gate frame by
frame (`checkout.api.session`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import grpc
from google.protobuf.message import DecodeError

from checkout.api.gate import TURNED_AWAY, Credentials, Gate, no_message, require_size
from checkout.api.status import status_of
from checkout.api.violations import RefusedCall

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_TILLS: Final = "/checkout.v1.CheckoutService/"
_OPERATORS: Final = "/checkout.v1.OperatorService/"
_TURNED_AWAY: Final = status_of(TURNED_AWAY)
#: What is read of the metadata.
_READ: Final = frozenset({"authorization", "x-partner", "x-author", "x-terminal"})


class Edge(grpc.aio.ServerInterceptor):
    """Stands before every handler of our two services."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        #: Handlers behind the gate by path, made at the first call of each.
        self._guarded: dict[str, Any] = {}

    async def intercept_service(
        self,
        continuation: Callable[[Any], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - grpc's handlers have no common type
        """Wrap the handler of one call."""
        path = handler_call_details.method
        guarded = self._guarded.get(path)
        if guarded is None:
            handler = await continuation(handler_call_details)
            if handler is None or not path.startswith((_TILLS, _OPERATORS)):
                return handler
            guarded = _raw(handler) if handler.request_streaming else self._guard(path, handler)
            self._guarded[path] = guarded
        if not guarded.request_streaming and self._gate.turns_away(path.rpartition("/")[2]):
            return _TURN_AWAY
        return guarded

    def _guard(
        self, path: str, handler: grpc.RpcMethodHandler[Any, Any]
    ) -> grpc.RpcMethodHandler[Any, Any]:
        """The handler of a unary call, behind the gate."""
        gate, inner = self._gate, cast("Any", handler.unary_unary)
        read = cast("Callable[[bytes], Any]", handler.request_deserializer)
        method = path.rpartition("/")[2]
        admit = gate.admit_till if path.startswith(_TILLS) else gate.admit_operator

        async def guarded(body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> Any:  # noqa: ANN401
            async def answer() -> Any:  # noqa: ANN401
                require_size(len(body))
                try:
                    request = read(body)
                except DecodeError:
                    raise no_message() from None
                return await inner(request, context)

            answered = await gate.passed(
                method,
                # None when the caller has set no deadline, whatever the stubs say.
                cast("float | None", context.time_remaining()),
                lambda: admit(credentials_of(context)),
                answer,
            )
            if not isinstance(answered, RefusedCall):
                return answered
            is_full = answered is TURNED_AWAY
            await context.abort_with_status(_TURNED_AWAY if is_full else status_of(answered))
            raise AssertionError("abort_with_status raises")

        return grpc.unary_unary_rpc_method_handler(
            guarded,
            request_deserializer=None,
            response_serializer=handler.response_serializer,
        )


async def _turn_away(_: object, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    await context.abort_with_status(_TURNED_AWAY)


#: As a stream, so that grpc does not wait for the message before it answers: under overload that is
#: a turn of the event loop more, behind whatever the worker does meanwhile.
_TURN_AWAY: Final[grpc.RpcMethodHandler[Any, Any]] = grpc.stream_unary_rpc_method_handler(
    cast("Any", _turn_away)
)


def _raw(handler: grpc.RpcMethodHandler[Any, Any]) -> grpc.RpcMethodHandler[Any, Any]:
    """A stream of bytes both ways: what is in a frame is for its answer to tell."""
    return grpc.stream_stream_rpc_method_handler(
        cast("Any", handler.stream_stream), request_deserializer=None, response_serializer=None
    )


def credentials_of(context: grpc.aio.ServicerContext[Any, Any]) -> Credentials:
    """What the metadata of a call says.

    What is said twice is one text with a comma, as HTTP has it, and so neither a token nor a
    partner: whoever stands between may have checked the one, and we should read the other.
    """
    metadata: dict[str, str] = {}
    for key, value in context.invocation_metadata() or ():
        if key in _READ and isinstance(value, str):
            metadata[key] = f"{metadata[key]}, {value}" if key in metadata else value
    scheme, _, token = metadata.get("authorization", "").partition(" ")
    return Credentials(
        token if scheme.lower() == "bearer" and token else None,
        metadata.get("x-partner", ""),
        metadata.get("x-author", ""),
        metadata.get("x-terminal", ""),
    )
