"""The worker's idea of the database's time."""

from __future__ import annotations

import datetime as dt

from checkout.flows.clock import DatabaseClock

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


class Seconds:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.passed = 100.0

    def __call__(self) -> float:
        return self.passed


def polled(
    clock: DatabaseClock, seconds: Seconds, database_now: dt.datetime, took_s: float
) -> None:
    """A poll that took so long."""
    sent_at = clock.begin()
    seconds.passed += took_s
    clock.set_by(database_now, sent_at)


def test_it_follows_the_database_and_counts_on() -> None:
    """Between two polls time passes as the monotonic clock says, whatever the machine's shows."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.2)
    assert clock.now() == NOON
    seconds.passed += 30
    assert clock.now() == NOON + dt.timedelta(seconds=30)


def test_it_is_never_ahead_of_the_database() -> None:
    """A poll that waited for its turn was read late: half of its round trip would be ahead."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.8)
    assert clock.now() <= NOON
    polled(clock, seconds, NOON + dt.timedelta(seconds=0.8), 0.0)
    assert clock.now() == NOON + dt.timedelta(seconds=0.8)


def test_a_poll_during_which_the_worker_was_stopped_changes_nothing() -> None:
    """After 30 s asleep the answer is 30 s old; what was known before is still possible."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.0)
    polled(clock, seconds, NOON, 30.0)
    assert clock.now() == NOON + dt.timedelta(seconds=30)


def test_it_follows_a_clock_that_was_set() -> None:
    """Forth by an hour, and back by half a minute, with the next poll."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.0)
    for jumped in (NOON + dt.timedelta(hours=1), NOON + dt.timedelta(minutes=59, seconds=30)):
        polled(clock, seconds, jumped, 0.0)
        assert clock.now() == jumped
