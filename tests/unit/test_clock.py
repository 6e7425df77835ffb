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
    """A poll that took so long, answered half-way."""
    sent_at = clock.begin()
    seconds.passed += took_s
    clock.set_by(database_now, sent_at)


def test_it_follows_the_database_and_counts_on() -> None:
    """Between two polls time passes as the monotonic clock says, whatever the machine's shows."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.2)
    assert clock.now() == NOON + dt.timedelta(seconds=0.1)
    seconds.passed += 30
    assert clock.now() == NOON + dt.timedelta(seconds=30.1)


def test_a_poll_during_which_the_worker_was_stopped_is_not_believed() -> None:
    """After 30 s asleep half of the round trip is 15 s wrong; the next poll is right again."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 0.0)
    polled(clock, seconds, NOON, 30.0)
    assert clock.now() == NOON + dt.timedelta(seconds=30)
    polled(clock, seconds, NOON + dt.timedelta(seconds=31), 0.0)
    assert clock.now() == NOON + dt.timedelta(seconds=31)


def test_the_first_poll_is_believed_however_long_it_took() -> None:
    """A rough time is better than a machine's that nobody has set."""
    seconds = Seconds()
    clock = DatabaseClock(seconds)
    polled(clock, seconds, NOON, 4.0)
    assert clock.now() == NOON + dt.timedelta(seconds=2)
