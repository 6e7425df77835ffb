"""What every call passes, however it comes: is there room, who calls, is there time left.

And how it may end: with an answer or with a refusal. What a handler did not foresee becomes
INTERNAL with a text of ours; a driver's words and stack traces go to the log.
"""

from __future__ import annotations

import hmac
import time
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from checkout import failpoints
from checkout.api.admission import PRIORITIES, Admission, Priority
from checkout.api.violations import RefusedCall
from checkout.deadline import set_deadline
from checkout.flows.authors import AUTHOR_CHARACTERS_MAX, is_name, known_as
from checkout.flows.sale import Caller
from checkout.refusals import Reason, Refusal
from checkout.store.errors import Failure, StoreError
from checkout.telemetry.refusal_counts import RefusalCounts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    from checkout.flows.directory import Directory, PartnerEntry

#: Calls that arrive with less time left are not begun: nothing is written, and the till hears so.
TIME_LEFT_MIN_S: Final = 0.02
#: A receipt of a thousand lines is about 100 KB; nothing honest comes near.
MESSAGE_MAX_BYTES: Final = 1 << 20

#: Made once: under overload it is given a thousand times a second.
TURNED_AWAY: Final = RefusedCall(
    Refusal(
        Reason.OVERLOADED,
        "this worker has all the calls that it answers in time; nothing was written, try again",
        numbers={"retry_after_ms": 250},
    )
)

_log = structlog.get_logger(__name__)

#: The terminal that calls; set for each call of CheckoutService.
CALLER: ContextVar[Caller] = ContextVar("caller")
#: Partner and author that call; set for each call of OperatorService.
OPERATOR: ContextVar[tuple[PartnerEntry, str]] = ContextVar("operator")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller says of itself; none of it is believed."""

    token: str | None
    #: Of operators.
    partner: str = ""
    author: str = ""
    #: Of a store's server: whom it speaks for.
    terminal: str = ""


class Gate:
    """Bounds, authenticates and translates the calls of our two services."""

    def __init__(
        self, directory: Directory, service_credential: str, authors: Mapping[str, str]
    ) -> None:
        self._directory = directory
        #: What was refused here; somebody else tells it.
        self.refusals = RefusalCounts()
        #: Credentials with whose they are; "" speaks for any author.
        self._owners = [
            *((credential.encode(), author) for author, credential in authors.items()),
            *([(service_credential.encode(), "")] if service_credential else []),
        ]
        self._admission = Admission()

    def turns_away(self, method: str) -> bool:
        """Whether there is no room for a call of this method now; asked before it is received."""
        if not self._admission.is_full(PRIORITIES.get(method, Priority.HOLD)):
            return False
        self._admission.turned_away += 1
        self.refusals.add(None, method, Reason.OVERLOADED)
        return True

    async def passed(
        self,
        method: str,
        left_s: float | None,
        admit: Callable[[], UUID],
        answer: Callable[[], Awaitable[Any]],
    ) -> Any | RefusedCall:  # noqa: ANN401 - calls have no common answer
        """What a call is answered, or why not.

        `admit` says whose the caller is and raises `RefusedCall` for who may not; `answer` reads
        the message and does the work. Room is asked for first, before the message is even read:
        being turned away costs next to nothing.
        """
        priority = PRIORITIES.get(method, Priority.HOLD)
        # With next to nothing left it is the deadline that is to blame: `_require_time` says so.
        is_short = left_s is not None and left_s < TIME_LEFT_MIN_S
        if not self._admission.enter(priority, None if is_short else left_s):
            self.refusals.add(None, method, Reason.OVERLOADED)
            return TURNED_AWAY
        began = time.monotonic()
        partner_id = None
        try:
            partner_id = admit()
            _require_time(left_s)
            answered = await answer()
            await failpoints.reach("before_reply")
            return answered  # noqa: TRY300 - what is in the way is what the failpoint does
        except RefusedCall as call:
            refused = call
        except StoreError as error:
            _log.warning("call.storage_failed", method=method, failure=error.failure.value)
            refused = RefusedCall(_storage_failed(error))
        except Exception:  # noqa: BLE001 - no fault of ours leaves as a stack trace
            _log.exception("call.failed", method=method)
            refused = RefusedCall(Refusal(Reason.INTERNAL, "the service met a fault of its own"))
        finally:
            self._admission.leave(priority, time.monotonic() - began, left_s)
        self.refusals.add(partner_id, method, refused.refusal.reason)
        return refused

    def admit_till(self, credentials: Credentials) -> UUID:
        """Let a terminal's call in; its partner.

        Raises:
            RefusedCall: the token is no terminal's, or does not speak for this one.
        """
        caller = self.caller(credentials)
        CALLER.set(caller)
        return caller.partner_id

    def caller(self, credentials: Credentials) -> Caller:
        """The terminal that calls.

        Raises:
            RefusedCall: as `admit_till`.
        """
        token = _required(credentials.token)
        caller = self._directory.caller(token)
        if caller is None:
            if self._owner_of(token) is not None:
                raise RefusedCall(
                    Refusal(Reason.NOT_PERMITTED, "tills' calls need a terminal token")
                )
            raise RefusedCall(Refusal(Reason.TOKEN_INVALID, "this terminal token is not valid"))
        if not credentials.terminal or credentials.terminal == caller.terminal_code:
            return caller
        other = self._directory.beside(caller, credentials.terminal)
        if other is None:
            raise RefusedCall(
                Refusal(
                    Reason.NOT_PERMITTED,
                    "the store has no such terminal, or this token speaks for its own only",
                    "terminal_id",
                )
            )
        return other

    def admit_operator(self, credentials: Credentials) -> UUID:
        """Let an operator's call in; the partner that it is about.

        Raises:
            RefusedCall: it has no credential of operators, or names no partner or author, or the
                credential is another author's.
        """
        token = _required(credentials.token)
        owner = self._owner_of(token)
        if owner is None:
            if self._directory.caller(token) is not None:
                raise RefusedCall(
                    Refusal(Reason.NOT_PERMITTED, "operators' calls need the service credential")
                )
            raise RefusedCall(Refusal(Reason.TOKEN_INVALID, "this service credential is not valid"))
        partner = self._directory.partner_by_code(credentials.partner)
        if partner is None:
            raise RefusedCall(
                Refusal(Reason.NOT_PERMITTED, "x-partner names no partner", "x-partner")
            )
        OPERATOR.set((partner, _responsible(credentials.author, owner)))
        return partner.partner_id

    def _owner_of(self, token: str) -> str | None:
        """Whose credential it is, "" for the one that speaks for any author, or None."""
        for credential, author in self._owners:
            if hmac.compare_digest(token.encode(), credential):
                return author
        return None


def require_size(size_bytes: int) -> None:
    """What is larger than a message may be is not read.

    Raises:
        RefusedCall: it is larger.
    """
    if size_bytes > MESSAGE_MAX_BYTES:
        raise RefusedCall(
            Refusal(
                Reason.FIELD_OUT_OF_RANGE,
                "a message has at most 1 MiB",
                numbers={"bytes": size_bytes, "bytes_max": MESSAGE_MAX_BYTES},
            )
        )


def no_message() -> RefusedCall:
    """Left to grpc, bytes that are no message would be UNKNOWN with a stack trace."""
    return RefusedCall(Refusal(Reason.FIELD_INVALID, "these bytes are no message of this call"))


def _required(token: str | None) -> str:
    if token is None:
        raise RefusedCall(
            Refusal(Reason.TOKEN_MISSING, 'the call needs "authorization: Bearer <token>"')
        )
    return token


def _responsible(author: str, owner: str) -> str:
    """The author of a call, by the name that their own credential gives them, if they have one."""
    if not is_name(author):
        raise RefusedCall(
            Refusal(
                Reason.NOT_PERMITTED,
                f"x-author says who is responsible: at most {AUTHOR_CHARACTERS_MAX} visible"
                " characters, single blanks between words only",
                "x-author",
            )
        )
    if owner and known_as(author) != known_as(owner):
        raise RefusedCall(
            Refusal(
                Reason.NOT_PERMITTED,
                "this credential is another author's: x-author may name its owner only",
                "x-author",
            )
        )
    return owner or author


def _require_time(left_s: float | None) -> None:
    set_deadline(left_s)
    if left_s is not None and left_s < TIME_LEFT_MIN_S:
        raise RefusedCall(
            Refusal(
                Reason.DEADLINE_TOO_SHORT,
                "less than 20 ms were left on arrival; nothing was written",
                numbers={"left_ms": max(int(left_s * 1_000), 0)},
            )
        )


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
