"""Windows over what a member bought: steps say for each day what the days sum to."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.schema.tiers import TierMeasure
from checkout.engine.windows import DayTotal, DayTotals, Window, value_at
from checkout.primitives import TOTAL_MAX

DAY = dt.timedelta(days=1)
FIRST = dt.date(2026, 12, 1)
END = FIRST + 33 * DAY

bought = st.dictionaries(
    st.integers(-60, 20).map(lambda days: FIRST + days * DAY),
    st.integers(0, 1_000),
    max_size=20,
)
windows = st.builds(
    Window,
    st.just(TierMeasure.SPEND),
    st.one_of(st.none(), st.integers(1, 45)),
)


def totals(days: dict[dt.date, int], category: str = "") -> DayTotals:
    found = DayTotals()
    for day, amount in days.items():
        found.add(category, day, DayTotal(spend_minor=amount, visits=1, points_minor=amount // 10))
    return found


@given(bought, windows)
def test_steps_say_for_each_day_what_its_window_sums_to(
    days: dict[dt.date, int], window: Window
) -> None:
    """Whatever was bought, on every day before the end, also across the turn of the year."""
    has = totals(days)
    steps, said_until = has.steps(window, FIRST, END)
    day = FIRST
    while day < (said_until or END):
        first = dt.date(day.year, 1, 1) if window.days is None else day - (window.days - 1) * DAY
        expected = sum(amount for on, amount in days.items() if first <= on <= day)
        assert value_at(steps, day) == has.total(window, day) == expected
        day += DAY


@given(bought, windows)
def test_steps_that_say_all_stay_right_for_ever(days: dict[dt.date, int], window: Window) -> None:
    """Where nothing is cut off, the last step holds; else it is said from when on it does not."""
    has = totals(days)
    steps, said_until = has.steps(window, FIRST, END)
    if said_until is None:
        assert value_at(steps, END + 400 * DAY) == 0
    else:
        assert said_until == END


def test_a_day_leaves_its_window() -> None:
    """The week that ends with the seventh day has the first one; the next one does not."""
    week = Window(TierMeasure.VISITS, 7)
    steps, _ = totals({FIRST: 500}).steps(week, FIRST, END)
    assert steps == [("2026-12-01", 1), ("2026-12-08", 0)]
    assert [value_at(steps, FIRST + n * DAY) for n in (-5, 0, 6, 7)] == [1, 1, 1, 0]


def test_no_window_says_more_than_can_be_counted() -> None:
    """What was bought on two days is more: it is as much as can be, and right again afterwards."""
    week = Window(TierMeasure.SPEND, 7)
    has = totals({FIRST: TOTAL_MAX - 5, FIRST + 2 * DAY: 2 * TOTAL_MAX, FIRST + 3 * DAY: 7})
    steps, _ = has.steps(week, FIRST, END)
    assert [value for _, value in steps] == [TOTAL_MAX - 5, *[TOTAL_MAX] * 3, 7, 0]
    assert has.total(week, FIRST + 3 * DAY) == TOTAL_MAX


def test_the_calendar_year_begins_anew() -> None:
    """A window without days is the year of the day that it ends with."""
    year = Window(TierMeasure.POINTS, None)
    steps, _ = totals({dt.date(2026, 2, 1): 500, dt.date(2026, 12, 31): 70}).steps(year, FIRST, END)
    assert steps == [("2026-12-01", 50), ("2026-12-31", 57), ("2027-01-01", 0)]


def test_categories_are_apart() -> None:
    """What is counted of a category says nothing of another one, nor of all goods."""
    has = totals({FIRST: 500}, "coffee")
    assert has.total(Window(TierMeasure.SPEND, 7, "coffee"), FIRST) == 500
    assert has.total(Window(TierMeasure.SPEND, 7, "tea"), FIRST) == 0
    assert has.total(Window(TierMeasure.SPEND, 7), FIRST) == 0


@pytest.mark.parametrize(
    ("window", "key"),
    [
        (Window(TierMeasure.SPEND, 30), "30"),
        (Window(TierMeasure.SPEND, 30, "coffee"), "30/coffee"),
        (Window(TierMeasure.VISITS, None), "year"),
        (Window(TierMeasure.VISITS, None, "coffee"), "year/coffee"),
    ],
)
def test_a_window_has_the_key_of_the_facts(window: Window, key: str) -> None:
    """Days and category, as conditions ask for them."""
    assert window.key == key


def test_of_nothing_a_window_is_empty() -> None:
    """A member who never bought has 0 in every window."""
    assert value_at([], FIRST) == 0
