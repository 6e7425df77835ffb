"""Admission: the room follows what is answered in time, and classes keep their reserves."""

from __future__ import annotations

from checkout.api.admission import (
    PACE_LASTS_S,
    ROOM_AT_START,
    ROOM_MAX,
    ROOM_MIN,
    SHRINK_PAUSE_S,
    Admission,
    Priority,
)


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def fill(admission: Admission, priority: Priority) -> int:
    """Enter until turned away; how many found room."""
    entered = 0
    while admission.enter(priority):
        entered += 1
    return entered


def test_quotes_are_turned_away_while_sales_find_room() -> None:
    """Each class fills its share of the room, and the next one what is left above."""
    admission = Admission()
    assert fill(admission, Priority.INFO) == round(ROOM_AT_START * 0.6 + 0.5)
    assert not admission.enter(Priority.INFO)
    assert fill(admission, Priority.QUOTE) > 0
    assert fill(admission, Priority.HOLD) > 0
    assert fill(admission, Priority.FINAL) > 0
    assert admission.in_flight == ROOM_AT_START
    assert admission.turned_away == 5


def test_late_calls_shrink_the_room_to_its_least() -> None:
    """Calls that use up their callers' time say that there are too many of them."""
    clock = Clock()
    admission = Admission(clock)
    for _ in range(100):
        assert admission.enter(Priority.FINAL)
        admission.leave(Priority.FINAL, took_s=0.9, had_s=1.0)
        clock.now_s += SHRINK_PAUSE_S
    assert admission.room == ROOM_MIN


def test_many_late_calls_at_once_shrink_it_once() -> None:
    """What was admitted before the room shrank says nothing new."""
    admission = Admission(Clock())
    for _ in range(50):
        admission.enter(Priority.FINAL)
    for _ in range(50):
        admission.leave(Priority.FINAL, took_s=0.9, had_s=1.0)
    assert admission.room == ROOM_AT_START * 0.85


def test_early_calls_widen_a_full_room_and_no_other() -> None:
    """A room that nobody needs does not grow; one that is full does, up to its bound."""
    admission = Admission(Clock())
    admission.enter(Priority.FINAL)
    admission.leave(Priority.FINAL, took_s=0.01, had_s=1.0)
    assert admission.room == ROOM_AT_START
    fill(admission, Priority.FINAL)
    for _ in range(int(ROOM_MAX)):
        admission.leave(Priority.FINAL, took_s=0.01, had_s=1.0)
        admission.enter(Priority.FINAL)
    assert ROOM_AT_START < admission.room <= ROOM_MAX


def test_what_is_late_follows_from_the_callers_own_time() -> None:
    """A second is late for a till and early for somebody who gave a minute."""
    admission = Admission(Clock())
    admission.enter(Priority.HOLD)
    admission.leave(Priority.FINAL, took_s=1.0, had_s=60.0)
    assert admission.room == ROOM_AT_START
    admission.enter(Priority.HOLD)
    admission.leave(Priority.FINAL, took_s=1.0, had_s=None)
    assert admission.room < ROOM_AT_START


def test_who_can_only_come_too_late_is_turned_away() -> None:
    """A call that waited long to be accepted is not begun; others, and other classes, are."""
    clock = Clock()
    admission = Admission(clock)
    for _ in range(100):
        admission.enter(Priority.FINAL)
        admission.leave(Priority.FINAL, took_s=0.4, had_s=1.0)
    assert not admission.enter(Priority.FINAL, left_s=0.2)
    assert admission.enter(Priority.FINAL, left_s=0.5)
    assert admission.enter(Priority.FINAL, left_s=None)
    assert admission.enter(Priority.QUOTE, left_s=0.2)


def test_what_was_usual_is_soon_forgotten() -> None:
    """When all were turned away nobody would ever show that it goes faster again."""
    clock = Clock()
    admission = Admission(clock)
    for _ in range(100):
        admission.enter(Priority.FINAL)
        admission.leave(Priority.FINAL, took_s=0.4, had_s=1.0)
    clock.now_s += PACE_LASTS_S + 0.01
    assert admission.enter(Priority.FINAL, left_s=0.2)
