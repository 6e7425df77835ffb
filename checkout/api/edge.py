"""The interceptor at the edge: who calls, is there time left.

What a refusal looks like on the wire.

Every handler runs inside it, so a new RPC has all of this by itself. What a handler did not foresee
becomes INTERNAL with a text of ours; a driver's words and stack traces go to the log.
"""

from __future__ import annotations

import hmac
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

import grpc
import structlog
from google.protobuf.message import DecodeError

from checkout import failpoints
from checkout.api.admission import PRIORITIES, Admission, Priority
from checkout.api.status import status_of
from checkout.api.violations import RefusedCall
from checkout.deadline import set_deadline
from checkout.flows.sale import Caller
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from checkout.flows.directory import Directory, PartnerEntry

#: Calls that arrive with less time left are not begun: nothing is written, and the till hears so.
TIME_LEFT_MIN_S: Final = 0.02
#: A receipt of a thousand lines is about 100 KB; nothing honest comes near.
MESSAGE_MAX_BYTES: Final = 1 << 20
AUTHOR_CHARACTERS_MAX: Final = 100
_TILLS: Final = "/checkout.v1.CheckoutService/"
_OPERATORS: Final = "/checkout.v1.OperatorService/"

#: Made once: under overload it is sent a thousand times a second.
_TURNED_AWAY: Final = status_of(
    RefusedCall(
        Refusal(
            Reason.OVERLOADED,
            "this worker has all the calls that it answers in time; nothing was written, try again",
            numbers={"retry_after_ms": 250},
        )
    )
)

_log = structlog.get_logger(__name__)

#: The terminal that calls; set for each call of CheckoutService.
CALLER: ContextVar[Caller] = ContextVar("caller")
#: Partner and author that call; set for each call of OperatorService.
OPERATOR: ContextVar[tuple[PartnerEntry, str]] = ContextVar("operator")


class Edge(grpc.aio.ServerInterceptor):
    """Authenticates, bounds and translates every call of our two services."""

    def __init__(self, directory: Directory, service_credential: str) -> None:
        self._directory = directory
        self._service_credential = service_credential.encode()
        self._admission = Admission()

    async def intercept_service(
        self,
        continuation: Callable[[Any], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:  # noqa: ANN401 - grpc's handlers have no common type
        """Wrap the handler of one call."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or not method.startswith((_TILLS, _OPERATORS)):
            return handler
        inner = handler.unary_unary
        priority = PRIORITIES.get(method.rpartition("/")[2], Priority.HOLD)

        async def bounded(body: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> Any:  # noqa: ANN401
            # Asked first, before the message is even read: being turned away costs next to nothing.
            # None when the caller has set no deadline, whatever the stubs say.
            left_s = cast("float | None", context.time_remaining())
            # With next to nothing left it is the deadline that is to blame, and `_admit` says so.
            is_short = left_s is not None and left_s < TIME_LEFT_MIN_S
            if not self._admission.enter(priority, None if is_short else left_s):
                await context.abort_with_status(_TURNED_AWAY)
            began = time.monotonic()
            try:
                return await guarded(body, context, left_s)
            finally:
                self._admission.leave(priority, time.monotonic() - began, left_s)

        async def guarded(
            body: bytes,
            context: grpc.aio.ServicerContext[Any, Any],
            left_s: float | None,
        ) -> Any:  # noqa: ANN401
            try:
                self._admit(method, context, left_s)
                request = deserialized(body)
                _require_message(request)
                answer = await inner(request, context)
                await failpoints.reach("before_reply")
                return answer  # noqa: TRY300 - what is in the way is what the failpoint does
            except RefusedCall as call:
                refused = call
            except StoreError as error:
                _log.warning("call.storage_failed", method=method, failure=error.failure.value)
                refused = RefusedCall(_storage_failed(error))
            except Exception:  # noqa: BLE001 - no fault of ours leaves as a stack trace
                _log.exception("call.failed", method=method)
                refused = RefusedCall(
                    Refusal(Reason.INTERNAL, "the service met a fault of its own")
                )
            await context.abort_with_status(status_of(refused))
            raise AssertionError("abort_with_status raises")

        def deserialized(body: bytes) -> Any:  # noqa: ANN401
            if len(body) > MESSAGE_MAX_BYTES:
                return _too_large(len(body))
            try:
                return handler.request_deserializer(body)
            except DecodeError:
                # Left to grpc, it would be UNKNOWN with a stack trace.
                return Refusal(Reason.FIELD_INVALID, "these bytes are no message of this call")

        return grpc.unary_unary_rpc_method_handler(
            bounded,
            request_deserializer=None,
            response_serializer=handler.response_serializer,
        )

    def _admit(
        self, method: str, context: grpc.aio.ServicerContext[Any, Any], left_s: float | None
    ) -> None:
        token = _bearer(context)
        if method.startswith(_TILLS):
            caller = self._directory.caller(token)
            if caller is None:
                if self._is_service(token):
                    raise RefusedCall(
                        Refusal(Reason.NOT_PERMITTED, "tills' calls need a terminal token")
                    )
                raise RefusedCall(Refusal(Reason.TOKEN_INVALID, "this terminal token is not valid"))
            CALLER.set(caller)
        else:
            OPERATOR.set(self._operator(token, context))
        set_deadline(left_s)
        if left_s is not None and left_s < TIME_LEFT_MIN_S:
            raise RefusedCall(
                Refusal(
                    Reason.DEADLINE_TOO_SHORT,
                    "less than 20 ms were left on arrival; nothing was written",
                    numbers={"left_ms": max(int(left_s * 1_000), 0)},
                )
            )

    def _is_service(self, token: str) -> bool:
        return bool(self._service_credential) and hmac.compare_digest(
            token.encode(), self._service_credential
        )

    def _operator(
        self, token: str, context: grpc.aio.ServicerContext[Any, Any]
    ) -> tuple[PartnerEntry, str]:
        if not self._is_service(token):
            if self._directory.caller(token) is not None:
                raise RefusedCall(
                    Refusal(Reason.NOT_PERMITTED, "operators' calls need the service credential")
                )
            raise RefusedCall(Refusal(Reason.TOKEN_INVALID, "this service credential is not valid"))
        metadata = {
            key: value
            for key, value in context.invocation_metadata() or ()
            if isinstance(value, str)
        }
        author = metadata.get("x-author", "")
        partner = self._directory.partner_by_code(metadata.get("x-partner", ""))
        if partner is None:
            raise RefusedCall(
                Refusal(Reason.NOT_PERMITTED, "x-partner names no partner", "x-partner")
            )
        if not 0 < len(author) <= AUTHOR_CHARACTERS_MAX:
            raise RefusedCall(
                Refusal(Reason.NOT_PERMITTED, "x-author says who is responsible", "x-author")
            )
        return partner, author


def _storage_failed(error: StoreError) -> Refusal:
    """What a read that failed says."""
    if error.failure is Failure.BUSY:
        return Refusal(
            Reason.OVERLOADED,
            "too many calls read at once; nothing was written, try again",
            numbers={"retry_after_ms": 200},
        )
    return Refusal(
        Reason.STORAGE_UNAVAILABLE,
        "the database cannot be used right now; nothing was written",
        numbers={"retry_after_ms": 500},
    )


def _require_message(request: object) -> None:
    """What could not be decoded is a refusal here."""
    if isinstance(request, Refusal):
        raise RefusedCall(request)


def _too_large(size_bytes: int) -> Refusal:
    return Refusal(
        Reason.FIELD_OUT_OF_RANGE,
        "a message has at most 1 MiB",
        numbers={"bytes": size_bytes, "bytes_max": MESSAGE_MAX_BYTES},
    )


def _bearer(context: grpc.aio.ServicerContext[Any, Any]) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == "authorization" and isinstance(value, str):
            scheme, _, token = value.partition(" ")
            if scheme.lower() == "bearer" and token:
                return token
    raise RefusedCall(
        Refusal(Reason.TOKEN_MISSING, 'the call needs "authorization: Bearer <token>"')
    )
