"""Requests that wait too long are found, answered or not; at length: FC6, FC7 and a sabotage."""

from __future__ import annotations

from tests.faults.waits import SLACK_S, Waits


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_is_answered_in_time_is_not_stuck() -> None:
    """Within the deadline and the slack, to the end."""
    waits = Waits(clock := Clock())
    with waits.wait("Quote", 0.5):
        clock.now = 0.5 + SLACK_S
    assert (waits.requests, waits.stuck) == (1, [])


def test_what_is_answered_later_is_stuck() -> None:
    """Also if it was an error that came."""
    waits = Waits(clock := Clock())
    number = waits.begin("Confirm", 1.0)
    clock.now = 3.5
    waits.end(number)
    assert waits.stuck == waits.late == ["Confirm: answered 2.5 s after its deadline"]
    assert waits.behind_s == 2.5


def test_what_nobody_answers_is_stuck_once_its_time_is_over() -> None:
    """It has not ended, so nothing else would tell."""
    waits = Waits(clock := Clock())
    waits.begin("Confirm", 1.0)
    assert waits.stuck == []
    clock.now = 1.1 + SLACK_S
    assert waits.stuck == waits.unanswered == ["Confirm: not answered"]
