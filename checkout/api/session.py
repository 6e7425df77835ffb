"""Session: any of a till's calls over one stream, one request a frame.

Each frame passes the gate by itself, in a task of its own; its answer is written as it comes. What
keeps a stream within bounds: no frame is read while `FRAMES_MAX` are being worked on, and then
HTTP/2 holds the client back. Frames of one purchase wait for each other, and a shift is compared
when all frames before it are done, since it counts what they did. A stream ends when its client
ends it; when its token is revoked; and, after a frame that says so, when it is old or the worker is
told to end.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

import grpc
from google.protobuf.message import DecodeError

from checkout.api.deadlines import Deadlines
from checkout.api.decode_offline import RECEIPTS_MAX
from checkout.api.edge import credentials_of
from checkout.api.gate import Credentials, Gate, no_message, require_size
from checkout.api.status import status_of
from checkout.api.violations import RefusedCall, Violation
from checkout.api.wire_error import encode_error
from checkout.refusals import Reason, Refusal
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = Callable[[Any, Any], Awaitable[Any]]

#: Frames of one stream that are worked on at once; what is above waits in the client.
FRAMES_MAX: Final = 64
TIMEOUT_DEFAULT_MS: Final = 1_000
TIMEOUT_MIN_MS: Final = 20
TIMEOUT_MAX_MS: Final = 60_000
#: Below the age at which gRPC itself closes connections, so that no stream is cut.
AGE_MAX_S: Final = 15 * 60.0
#: After a drain frame a stream is read for so long; what was read then has as long to be answered.
#: Both together are less than a worker has to end.
DRAIN_S: Final = 2.0
#: A revoked token is noticed so often; what is under way then has so long to be answered.
LOOKS_EVERY_S: Final = 0.25
LAST_ANSWERS_S: Final = 0.5

#: Name of the call by name of the frame's field.
METHODS: Final = {
    field.name: method.name
    for field in pb.SessionRequest.DESCRIPTOR.oneofs_by_name["call"].fields
    for method in pb.DESCRIPTOR.services_by_name["CheckoutService"].methods
    if method.input_type is field.message_type
}
#: The field of the call that counts what others did: also those that it does not name.
_COUNTS_ALL: Final = "reconcile_shift"
_DRAIN: Final = pb.SessionDrain(ends_within_ms=int(2 * DRAIN_S * 1_000))

#: What a unary call's client tells itself.
_TIMED_OUT: Final = RefusedCall(
    Refusal(
        Reason.OUTCOME_UNKNOWN,
        "the frame's time is over; what it asked for may still be done: ask GetOperation",
    )
)


class Sessions:
    """The streams of one worker."""

    def __init__(self, gate: Gate, age_max_s: float = AGE_MAX_S) -> None:
        self._gate = gate
        self._age_max_s = age_max_s
        self._ending = asyncio.Event()

    async def serve(self, servicer: object, context: Context) -> None:
        """Serve one stream to its end.

        Raises:
            RefusedCall: nobody whom we know opened it, or not any more.
        """
        credentials = credentials_of(context)
        self._gate.caller(credentials)
        stream = _Stream(self._gate, servicer, credentials, context)
        reading = asyncio.create_task(stream.read())
        ending = asyncio.create_task(self._ending.wait())
        try:
            await self._watch(credentials, {reading, ending})
            if reading.done():
                await stream.rest()
            else:
                await stream.send(pb.SessionResponse(drain=_DRAIN))
                await asyncio.wait({reading}, timeout=DRAIN_S)
                reading.cancel()
                await stream.rest(DRAIN_S)
        except RefusedCall:
            await stream.rest(LAST_ANSWERS_S)
            raise
        finally:
            for task in (reading, ending):
                task.cancel()
            await asyncio.gather(reading, ending, return_exceptions=True)

    def drain(self) -> None:
        """Tell all clients that their streams will end."""
        self._ending.set()

    async def _watch(self, credentials: Credentials, until: set[asyncio.Task[Any]]) -> None:
        """Return when one of the tasks has ended or the stream is old."""
        ends_at = time.monotonic() + self._age_max_s
        while time.monotonic() < ends_at:
            done, _ = await asyncio.wait(
                until, timeout=LOOKS_EVERY_S, return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                return
            self._gate.caller(credentials)


class SessionCalls(CheckoutServiceServicer):
    """The stream; a base of the servicer, which sets the part."""

    _sessions: Sessions

    async def Session(self, request_iterator: object, context: Context) -> None:  # noqa: N802 - named by the contract
        del request_iterator
        try:
            await self._sessions.serve(self, context)
        except RefusedCall as refused:
            await context.abort_with_status(status_of(refused))


class _Stream:
    """One stream: what is read, and what is being worked on."""

    def __init__(
        self, gate: Gate, servicer: object, credentials: Credentials, context: Context
    ) -> None:
        self._gate = gate
        self._servicer = servicer
        self._credentials = credentials
        self._context = context
        self._room = asyncio.Semaphore(FRAMES_MAX)
        self._writing = asyncio.Lock()
        self._deadlines = Deadlines()
        self._working: set[asyncio.Task[None]] = set()
        #: The last frame of each purchase that is being worked on.
        self._last: dict[str, asyncio.Task[None]] = {}

    async def read(self) -> None:
        """Take frames until the client sends no more."""
        while True:
            await self._room.acquire()
            body = await self._context.read()
            if body is grpc.aio.EOF:
                return
            self._begin(cast("bytes", body))

    async def rest(self, within_s: float | None = None) -> None:
        """Wait for what is being worked on; what takes longer goes on without an answer."""
        if self._working:
            await asyncio.wait(self._working, timeout=within_s)

    async def send(self, response: pb.SessionResponse) -> None:
        """Write one frame, after those that are being written."""
        body = response.SerializeToString()
        async with self._writing:
            await self._context.write(body)

    def _begin(self, body: bytes) -> None:
        arrived = time.monotonic()
        frame = pb.SessionRequest()
        fault = _fault_of(frame, body)
        field = "" if fault else (frame.WhichOneof("call") or "")
        purchases = _purchases_of(getattr(frame, field)) if field else set()
        if field == _COUNTS_ALL:
            before = self._working.copy()
        else:
            before = {self._last[each] for each in purchases if each in self._last}
        task = asyncio.create_task(self._work(frame, field, fault, arrived, before))
        self._working.add(task)
        self._last |= dict.fromkeys(purchases, task)
        task.add_done_callback(lambda done: self._ended(done, purchases))

    def _ended(self, task: asyncio.Task[None], purchases: set[str]) -> None:
        self._working.discard(task)
        for each in purchases:
            if self._last.get(each) is task:
                del self._last[each]
        self._room.release()

    async def _work(
        self,
        frame: pb.SessionRequest,
        field: str,
        fault: RefusedCall | None,
        arrived: float,
        before: set[asyncio.Task[None]],
    ) -> None:
        if before:
            await asyncio.wait(before)
        answered = fault or await self._answer(frame, field, arrived)
        response = pb.SessionResponse(correlation_id=frame.correlation_id)
        if isinstance(answered, RefusedCall):
            response.error.CopyFrom(encode_error(answered))
        else:
            getattr(response, field).CopyFrom(answered)
        # Nobody is left to tell when the client has gone, or the server has ended.
        with suppress(grpc.aio.BaseError, asyncio.InvalidStateError):
            await self.send(response)

    async def _answer(self, frame: pb.SessionRequest, field: str, arrived: float) -> Any:  # noqa: ANN401
        method = METHODS[field]
        ends_at = arrived + (frame.timeout_ms or TIMEOUT_DEFAULT_MS) / 1_000
        credentials = self._credentials
        if frame.terminal_id:
            credentials = Credentials(credentials.token, terminal=frame.terminal_id)
        handler: Handler = getattr(self._servicer, method)
        request = getattr(frame, field)
        task = asyncio.current_task()
        assert task is not None, "a frame has a task of its own"
        self._deadlines.begin(task, ends_at)
        try:
            return await self._gate.passed(
                method,
                ends_at - time.monotonic(),
                lambda: self._gate.admit_till(credentials),
                lambda: handler(request, None),
            )
        except asyncio.CancelledError:
            if not self._deadlines.end(task):
                raise
            return _TIMED_OUT
        finally:
            self._deadlines.end(task)


def _purchases_of(request: Any) -> set[str]:  # noqa: ANN401 - any of the calls
    """The purchases that a call names: its own, or those of receipts that were sold off line.

    Not of more than a call may have: it is refused.
    """
    named = [request, *getattr(request, "receipts", ())[:RECEIPTS_MAX]]
    return {each.purchase_id for each in named if getattr(each, "purchase_id", "")}


def _fault_of(frame: pb.SessionRequest, body: bytes) -> RefusedCall | None:
    """What is wrong with a frame itself; it is filled as far as it can be read."""
    try:
        require_size(len(body))
        frame.ParseFromString(body)
    except RefusedCall as refused:
        return refused
    except DecodeError:
        return no_message()
    if not frame.correlation_id:
        return _faulty(Reason.FIELD_REQUIRED, "correlation_id", "correlation_id is above 0")
    if frame.WhichOneof("call") is None:
        return _faulty(Reason.FIELD_REQUIRED, "call", "a frame holds one of the contract's calls")
    if frame.timeout_ms and not TIMEOUT_MIN_MS <= frame.timeout_ms <= TIMEOUT_MAX_MS:
        return _faulty(
            Reason.FIELD_OUT_OF_RANGE, "timeout_ms", "timeout_ms lies between 20 and 60000, or is 0"
        )
    return None


def _faulty(reason: Reason, field: str, message: str) -> RefusedCall:
    violation = Violation(reason, field, message, {})
    return RefusedCall(Refusal(reason, message, field), (violation,))
