"""How many calls a worker works on at once; who is told to come back first when there are more.

One number bounds the calls in flight. It falls when calls begin to use up the time that their
callers gave them, and rises while they do not: what is admitted is answered in time, and the rest
hears so at once, before it has cost anything. The classes are reserves: quotes are turned away
while sales still find room.
"""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


class Priority(enum.Enum):
    """What a class of calls may fill of the room."""

    #: Makes a sale or a return final, or drops it; and an operator's stop.
    FINAL = 1.0
    #: Sets something aside, asks what became of a call, changes a member.
    HOLD = 0.9
    #: Prices something.
    QUOTE = 0.75
    #: Shows something.
    INFO = 0.6


#: By method; what is not named here is `HOLD`.
PRIORITIES: Final = {
    "Confirm": Priority.FINAL,
    "ConfirmReturn": Priority.FINAL,
    "Cancel": Priority.FINAL,
    "SubmitOffline": Priority.FINAL,
    "EmergencyStop": Priority.FINAL,
    "Quote": Priority.QUOTE,
    "QuoteReturn": Priority.QUOTE,
    "Identify": Priority.INFO,
    "CheckCertificate": Priority.INFO,
    "CheckCoupon": Priority.INFO,
    "ListCoupons": Priority.INFO,
    "GetBalances": Priority.INFO,
    "GetStatement": Priority.INFO,
    "GetSnapshotInfo": Priority.INFO,
    "ListStores": Priority.INFO,
    "ListReceipts": Priority.INFO,
    "ListTierChanges": Priority.INFO,
    "ListOverruns": Priority.INFO,
    "FindMembers": Priority.INFO,
    "TryCampaign": Priority.INFO,
}

#: Room at the start: all that one connection may have open. And its bounds: the lowest still makes
#: batches of some size, the highest is more than a worker answers in half a second.
ROOM_AT_START: Final = 256.0
ROOM_MIN: Final = 32.0
ROOM_MAX: Final = 512.0
#: A call that used more of its time than this was late: the room shrinks.
LATE_SHARE: Final = 0.45
#: One that used less finds the room too small, if it is nearly full: it grows.
EARLY_SHARE: Final = 0.3
SHRINKS_TO: Final = 0.85
#: The room shrinks once in so long: what was admitted before must be seen to have gone.
SHRINK_PAUSE_S: Final = 0.1
GROWS_BY: Final = 1.0
FULL_SHARE: Final = 0.8
#: How much each call counts in the usual time of its class; and for how long that is believed.
PACE_WEIGHT: Final = 0.1
PACE_LASTS_S: Final = 0.2
#: Who has less than this share of the usual time left will not make it.
HOPELESS_SHARE: Final = 0.7
#: What a call without a deadline is taken to have.
USUAL_TIME_S: Final = 1.0


@dataclass(slots=True)
class _Pace:
    """How long calls of a class usually take, and when one was last seen."""

    usual_s: float = 0.0
    seen_at: float = float("-inf")


class Admission:
    """The room of one worker."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._shrunk_at = float("-inf")
        self._paces = {priority: _Pace() for priority in Priority}
        self.room = ROOM_AT_START
        self.in_flight = 0
        self.turned_away = 0

    def is_full(self, priority: Priority) -> bool:
        """Whether no call of this class may be worked on now."""
        return self.in_flight >= self.room * priority.value

    def enter(self, priority: Priority, left_s: float | None = None) -> bool:
        """Whether a call with so much time left may be worked on; who may, leaves again."""
        is_late = left_s is not None and left_s < self._expected_s(priority)
        if is_late or self.is_full(priority):
            self.turned_away += 1
            return False
        self.in_flight += 1
        return True

    def leave(self, priority: Priority, took_s: float, had_s: float | None) -> None:
        """A call has ended: how long it took, of how much its caller gave it."""
        now = self._monotonic_s()
        pace = self._paces[priority]
        pace.usual_s += (took_s - pace.usual_s) * PACE_WEIGHT
        pace.seen_at = now
        was_full = self.in_flight >= self.room * FULL_SHARE
        self.in_flight -= 1
        used = took_s / max(had_s or USUAL_TIME_S, 0.001)
        if used > LATE_SHARE:
            if now - self._shrunk_at >= SHRINK_PAUSE_S:
                self.room = max(ROOM_MIN, self.room * SHRINKS_TO)
                self._shrunk_at = now
        elif used < EARLY_SHARE and was_full:
            self.room = min(ROOM_MAX, self.room + GROWS_BY)

    def _expected_s(self, priority: Priority) -> float:
        """How long a call of this class takes at the least, as seen just now; 0 if not seen.

        A call that waited too long to be accepted is not begun, when it can only come too late.
        """
        pace = self._paces[priority]
        if self._monotonic_s() - pace.seen_at > PACE_LASTS_S:
            return 0.0
        return pace.usual_s * HOPELESS_SHARE
