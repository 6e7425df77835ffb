"""The time of everything that does not write: the database's, as well as it is known here.

Lots and holds are dated by the database when they are written. A worker whose own clock is behind
would show points that were just earned as pending; so it follows the database's clock, measured
with every poll, and is never ahead of it: a quote must not be evaluated later than it is confirmed.
In between it counts on with the monotonic clock: somebody who sets the machine's clock moves
nothing here.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class DatabaseClock:
    """A clock of our own, set to the database's."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._began = dt.datetime.now(dt.UTC)
        self._began_s = monotonic_s()
        self._offset = dt.timedelta()
        self._is_set = False

    def now(self) -> dt.datetime:
        """The database's time, or what it was at most a poll's round trip ago."""
        return self.begin() + self._offset

    def begin(self) -> dt.datetime:
        """Our own time when a poll is sent."""
        return self._began + dt.timedelta(seconds=self._monotonic_s() - self._began_s)

    def set_by(self, database_now: dt.datetime, sent_at: dt.datetime) -> None:
        """Take the time that a poll brought: it was read at some moment between sending and now.

        What we have stays as long as it is possible, so that a slow poll makes nothing worse; else
        the least that is possible is taken, which is never ahead.
        """
        least, most = database_now - self.begin(), database_now - sent_at
        if not self._is_set or not least <= self._offset <= most:
            self._offset = least
        self._is_set = True
