"""What the clients of a cell sent, and what they were told: to be compared with the database.

A call has one of four fates. `acknowledged`: an answer came, at once or through GetOperation.
`refused`: the contract's "no". `undone`: GetOperation says that nothing was written, and nobody
repeats the call any more. `unknown`: nobody knows, which must not be left at the end.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Self

from checkout.client import messages
from tests.faults.streams import StreamEnds
from tests.faults.waits import Waits


@dataclass(frozen=True, slots=True)
class Shown:
    """The quote that a customer was shown before the sale."""

    payable_minor: int
    snapshot_id: str
    valid_until: dt.datetime

    @classmethod
    def of(cls, quoted: messages.QuoteResponse) -> Self:
        return cls(
            quoted.outcome.payable_minor,
            quoted.snapshot_id,
            dt.datetime.fromisoformat(quoted.valid_until),
        )


@dataclass(slots=True)
class Call:
    """One call with its request id, however often it was sent."""

    kind: str
    method: str
    request_id: str
    purchase_id: str
    return_id: str = ""
    card: str = ""
    #: What a call of an operator names: a correction, a gift, a freeze; and how much it is about.
    subject: str = ""
    amount_minor: int = 0
    begun_s: float = 0.0
    ended_s: float = 0.0
    attempts: int = 0
    #: Times that GetOperation was asked.
    questions: int = 0
    #: Attempts that ended without saying what became of them.
    unknown_attempts: int = 0
    #: When (monotonic) the last of these ended; when the service said that nothing was written of
    #: any attempt so far; and whether another copy was sent, which may have written all the same.
    unknown_at_s: float | None = None
    denied_at_s: float | None = None
    is_twice: bool = False
    fate: str = "unknown"
    answer: Any = None
    reason: str = ""
    #: The quote that was shown before, if there was one.
    shown: Shown | None = None

    @property
    def tries(self) -> int:
        """Messages sent of it, of either kind."""
        return self.attempts + self.questions

    @property
    def was_unknown(self) -> bool:
        return self.unknown_attempts > 0


def did_something(call: Call) -> bool:
    """Whether the answer says that the call changed something."""
    return (
        call.fate == "acknowledged"
        and getattr(call.answer, "status", messages.STATUS_OK) == messages.STATUS_OK
    )


@dataclass(slots=True)
class Purchase:
    """A sale that this journal may go on with."""

    purchase_id: str
    card: str
    sale: messages.Receipt
    quote_token: str = ""
    #: The certificate that it sells, and how a confirm says so.
    sold: str = ""
    settlement: messages.Settlement | None = None
    #: Thousandths by position that may still come back.
    left: dict[int, int] = field(default_factory=dict)


#: How errors begin that are faults of the service's own, whatever else is wrong.
_BROKEN: Final = ("INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "DATA_LOSS")


@dataclass(slots=True)
class Journal:
    """Everything that the clients of one cell did."""

    calls: list[Call] = field(default_factory=list)
    held: list[Purchase] = field(default_factory=list)
    confirmed: list[Purchase] = field(default_factory=list)
    #: Points by card that an operator gave.
    given: Counter[str] = field(default_factory=Counter)
    quotes: Counter[str] = field(default_factory=Counter)
    #: (when begun, how long, whether it was answered) of each quote.
    quote_times: list[tuple[float, float, bool]] = field(default_factory=list)
    #: (when asked, when answered, by which rules) of each quote that was answered.
    quoted: list[tuple[float, float, str]] = field(default_factory=list)
    #: Errors by status and reason, of each attempt.
    said: Counter[str] = field(default_factory=Counter)
    #: How long each attempt waited, whatever it was.
    waits: Waits = field(default_factory=Waits)
    stream_ends: StreamEnds = field(default_factory=StreamEnds)
    #: Calls that their tills hung up on before they were answered, by kind.
    hung_up: Counter[str] = field(default_factory=Counter)

    @property
    def broken(self) -> dict[str, int]:
        """Errors that no fault excuses, by how often: a till can make nothing of them."""
        return {
            told: count
            for told, count in self.said.items()
            if told.removeprefix("GetOperation ").startswith(_BROKEN)
        }

    def of(self, fate: str) -> list[Call]:
        return [call for call in self.calls if call.fate == fate]

    @property
    def unknown_before(self) -> int:
        """Calls that were unknown at some time."""
        return sum(call.was_unknown for call in self.calls)

    @property
    def unresolved(self) -> list[Call]:
        return self.of("unknown")
