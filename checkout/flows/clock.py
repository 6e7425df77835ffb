"""The time of everything that does not write: the database's, as well as it is known here.

Lots and holds are dated by the database when they are written. A worker whose own clock is behind
would show points that were just earned as pending; so it follows the database's clock, measured
with every poll.
"""

from __future__ import annotations

import datetime as dt


class DatabaseClock:
    """Our own clock, set to the database's."""

    def __init__(self) -> None:
        self._offset = dt.timedelta()

    def now(self) -> dt.datetime:
        """The database's time, give or take half of a poll's round trip."""
        return _own_now() + self._offset

    def begin(self) -> dt.datetime:
        """Our own time when a poll is sent."""
        return _own_now()

    def set_by(self, database_now: dt.datetime, sent_at: dt.datetime) -> None:
        """Take the time that a poll brought: it was read between sending and now."""
        own_now = _own_now()
        self._offset = database_now - (sent_at + (own_now - sent_at) / 2)


def _own_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
