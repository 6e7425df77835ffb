"""How soon those must hear who are turned away; at length: FC16."""

from __future__ import annotations

from tests.faults.overload_cells import HEARD_SHARE_MIN, HEARD_WITHIN_MS, heard_too_late

SOON_S, LATE_S = HEARD_WITHIN_MS / 1000, 2 * HEARD_WITHIN_MS / 1000


def heard(late_percent: float) -> list[float]:
    """A thousand of them."""
    late = round(10 * late_percent)
    return [LATE_S] * late + [SOON_S] * (1_000 - late)


def test_half_of_them_must_hear_in_time() -> None:
    """In the short form, too."""
    assert heard_too_late(heard(49.9), is_long=False) == []
    assert heard_too_late(heard(50.1), is_long=False) == [
        "half of those who are turned away hear so after 40 ms or more"
    ]


def test_at_length_more_of_them_must() -> None:
    """As many as decision 0047 says."""
    assert heard_too_late(heard(100 - HEARD_SHARE_MIN), is_long=True) == []
    (late,) = heard_too_late(heard(101 - HEARD_SHARE_MIN), is_long=True)
    assert "hear so within 20 ms" in late


def test_nobody_who_was_turned_away_shows_nothing() -> None:
    """Then the service was not overloaded."""
    assert heard_too_late([], is_long=False) == ["no lone till was turned away"]
