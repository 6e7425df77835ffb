"""The time of everything that does not write: the database's, as well as it is known here.

Lots and holds are dated by the database when they are written. A worker whose own clock is behind
would show points that were just earned as pending; so it follows the database's clock, measured
with every poll. In between it counts on with the monotonic clock: somebody who sets the machine's
clock moves nothing here.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: A poll that took longer tells too little: the database may have looked at its clock at any moment
#: between, and a worker that was stopped in the middle comes back half a pause wrong.
ROUND_TRIP_MAX: Final = dt.timedelta(seconds=1)


class DatabaseClock:
    """A clock of our own, set to the database's."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._began = dt.datetime.now(dt.UTC)
        self._began_s = monotonic_s()
        self._offset = dt.timedelta()
        self._is_set = False

    def now(self) -> dt.datetime:
        """The database's time, give or take half of a poll's round trip."""
        return self.begin() + self._offset

    def begin(self) -> dt.datetime:
        """Our own time when a poll is sent."""
        return self._began + dt.timedelta(seconds=self._monotonic_s() - self._began_s)

    def set_by(self, database_now: dt.datetime, sent_at: dt.datetime) -> None:
        """Take the time that a poll brought: it was read between sending and now."""
        own_now = self.begin()
        if self._is_set and own_now - sent_at > ROUND_TRIP_MAX:
            return
        self._offset = database_now - (sent_at + (own_now - sent_at) / 2)
        self._is_set = True
