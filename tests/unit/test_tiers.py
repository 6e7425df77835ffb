"""Tiers: when one is reached, kept and lost; judged twice nothing moves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.schema.tiers import Tier, TierGoal, TierMeasure
from checkout.engine.tiers import Judgement, Standing, TierCause, judge
from checkout.engine.windows import DayTotal, DayTotals, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 20)


def goal(at_least: int, **more: Any) -> TierGoal:
    document = {"measure": "spend", "at_least": at_least, "window_days": 30, "keep_days": 20}
    return TierGoal.model_validate(document | more)


BASE = Tier(code="base", name="Base")
SILVER = Tier(code="silver", name="Silver", goal=goal(100, keep_at_least=40))
GOLD = Tier(code="gold", name="Gold", goal=goal(500))
STAFF = Tier(code="staff", name="Staff")
TIERS = (BASE, SILVER, GOLD)
WINDOW = Window(TierMeasure.SPEND, 30)
AT_BASE = Standing("base", TierCause.GIVEN)


def spent(days: Mapping[dt.date, int]) -> DayTotals:
    found = DayTotals()
    for day, amount in days.items():
        found.add("", day, DayTotal(amount, 1, amount))
    return found


def judged(
    standing: Standing,
    days: Mapping[dt.date, int],
    today: dt.date = TODAY,
    had: Mapping[dt.date, int] | None = None,
    tiers: tuple[Tier, ...] = TIERS,
) -> list[Judgement]:
    return judge(tiers, standing, spent(days if had is None else had), spent(days), today)


def silver(since: dt.date, until: dt.date, cause: TierCause = TierCause.REACHED) -> Standing:
    return Standing("silver", cause, since, until)


@pytest.mark.parametrize(
    ("amount", "tier"), [(99, ""), (100, "silver"), (499, "silver"), (500, "gold")]
)
def test_the_highest_tier_whose_goal_is_met_is_reached(amount: int, tier: str) -> None:
    """At once, whatever lies between; kept for so many days, this one included."""
    found = judged(AT_BASE, {TODAY: amount})
    until = TODAY + 19 * DAY
    reached = [Standing(tier, TierCause.REACHED, TODAY, until)] if tier else []
    assert [each.standing for each in found] == reached


def test_the_figures_of_a_judgement_are_told() -> None:
    """What was counted in which days, and what was needed."""
    (found,) = judged(AT_BASE, {TODAY: 60, TODAY - 29 * DAY: 50, TODAY - 30 * DAY: 900})
    assert found.figures is not None
    figures = found.figures
    assert (figures.counted, figures.needed, figures.tier) == (110, 100, "silver")
    assert (figures.first_day, figures.last_day) == (TODAY - 29 * DAY, TODAY)


def test_a_tier_is_not_lost_before_its_time_is_over() -> None:
    """Whatever is bought: on the last day it is still there, on the next it is judged."""
    standing = silver(TODAY - 10 * DAY, TODAY)
    assert judged(standing, {}, TODAY) == []
    (fell,) = judged(standing, {}, TODAY + DAY)
    assert fell.standing == Standing("base", TierCause.FELL, TODAY)


@pytest.mark.parametrize(("amount", "kept"), [(39, False), (40, True)])
def test_what_keeps_a_tier_is_judged_by_its_last_day(amount: int, *, kept: bool) -> None:
    """Bought on the day after, it is too late; the next period begins where the last one ended."""
    last = TODAY - 3 * DAY
    found = judged(silver(last - 19 * DAY, last), {last: amount, TODAY: 1}, TODAY)
    cause, until = (TierCause.KEPT, last + 20 * DAY) if kept else (TierCause.FELL, None)
    assert found[0].standing == Standing("silver" if kept else "base", cause, last, until)
    assert len(found) == 1


def test_who_falls_falls_to_the_highest_tier_that_is_reached() -> None:
    """Not through it; it is kept from then on for its own time."""
    last = TODAY - DAY
    standing = Standing("gold", TierCause.REACHED, last - 19 * DAY, last)
    (found,) = judged(standing, {last: 100})
    assert found.standing == Standing("silver", TierCause.FELL, last, last + 20 * DAY)


def test_every_period_that_has_passed_is_judged() -> None:
    """A service that stood still for two months judges each end by its own day."""
    first_end = TODAY - 60 * DAY
    found = judged(silver(first_end - 19 * DAY, first_end), {first_end - 5 * DAY: 100})
    assert [each.standing.cause for each in found] == [
        TierCause.KEPT,
        TierCause.KEPT,
        TierCause.FELL,
    ]
    assert found[1].standing.since == first_end + 20 * DAY


def test_who_has_just_fallen_may_climb_at_once() -> None:
    """What was bought after the last day reaches the tier anew."""
    last = TODAY - 40 * DAY
    causes = [each.standing.cause for each in judged(silver(last, last), {TODAY: 600})]
    assert causes == [TierCause.FELL, TierCause.REACHED]


@pytest.mark.parametrize(
    ("cause", "left", "taken"),
    [
        (TierCause.REACHED, 99, True),
        (TierCause.REACHED, 100, False),
        (TierCause.KEPT, 40, False),
        (TierCause.KEPT, 39, True),
        (TierCause.SET, 0, False),
    ],
)
def test_what_comes_back_takes_a_tier_away_that_only_it_had_brought(
    cause: TierCause, left: int, *, taken: bool
) -> None:
    """By the day of the last judgement, and by what was needed then; what was set stands."""
    since = TODAY - 5 * DAY
    standing = silver(since, TODAY + 10 * DAY, cause)
    found = judged(standing, {since: left}, had={since: 100})
    assert [each.standing for each in found] == (
        [Standing("base", TierCause.TAKEN_BACK, since)] if taken else []
    )


def test_a_return_takes_nothing_away_where_the_rules_had_become_harder() -> None:
    """Who would not reach the tier today any more keeps it, also when something comes back."""
    since = TODAY - 5 * DAY
    standing = Standing("gold", TierCause.REACHED, since, TODAY + 10 * DAY)
    assert judged(standing, {since: 300}, had={since: 400}) == []


def test_a_tier_that_came_back_falls_to_what_is_still_reached() -> None:
    """As of the same day; its time is that of a tier reached then."""
    since = TODAY - 5 * DAY
    standing = Standing("gold", TierCause.REACHED, since, since + 19 * DAY)
    (found,) = judged(standing, {since: 150}, had={since: 500})
    assert found.standing == silver(since, since + 19 * DAY, TierCause.TAKEN_BACK)


def test_what_was_set_is_not_judged_before_its_day() -> None:
    """Neither up nor down, with a last day or without."""
    for until in (TODAY, None):
        standing = Standing("silver", TierCause.SET, TODAY - 50 * DAY, until)
        assert judged(standing, {TODAY: 900}) == []
    standing = Standing("silver", TierCause.SET, TODAY - 50 * DAY, TODAY - DAY)
    assert [each.standing.tier for each in judged(standing, {TODAY: 900})] == ["base", "gold"]


def test_a_tier_without_a_goal_is_the_operators() -> None:
    """Nobody climbs to it or from it; when its last day is over the member is judged."""
    tiers = (BASE, STAFF, GOLD)
    standing = Standing("staff", TierCause.SET, TODAY, None)
    assert judged(standing, {TODAY: 900}, tiers=tiers) == []
    brought = Standing("staff", TierCause.GIVEN)
    assert judged(brought, {TODAY: 900}, tiers=tiers) == []
    over = Standing("staff", TierCause.SET, TODAY - 9 * DAY, TODAY - DAY)
    assert [each.standing.tier for each in judged(over, {}, tiers=tiers)] == ["base"]


def test_a_tier_that_was_brought_over_stands_until_a_higher_one_is_reached() -> None:
    """Nobody knows when it would end."""
    brought = Standing("silver", TierCause.GIVEN)
    assert judged(brought, {}) == []
    assert [each.standing.tier for each in judged(brought, {TODAY: 500})] == ["gold"]


def test_a_calendar_year_is_kept_to_its_end() -> None:
    """Reached in 2026 with a year more: to the end of 2027; judged by 2027, kept to 2028."""
    yearly = goal(100, window_days=None, keep_days=None, keep_years=1)
    tiers = (BASE, Tier(code="silver", name="Silver", goal=yearly))
    (reached,) = judged(AT_BASE, {TODAY: 100}, tiers=tiers)
    assert reached.standing.until == dt.date(2027, 12, 31)
    spring = dt.date(2027, 4, 1)
    (kept,) = judged(reached.standing, {spring: 100}, dt.date(2028, 1, 5), tiers=tiers)
    assert kept.standing.until == dt.date(2028, 12, 31)
    (fell,) = judged(reached.standing, {TODAY: 100}, dt.date(2028, 1, 5), tiers=tiers)
    assert fell.standing.tier == "base"


days = st.dictionaries(
    st.integers(0, 150).map(lambda n: TODAY - n * DAY), st.integers(0, 300), max_size=12
)


@given(days, st.integers(0, 150))
def test_judged_twice_nothing_moves(bought: dict[dt.date, int], ago: int) -> None:
    """Whatever was bought: what follows from a judgement is what a second one finds."""
    found = judged(silver(TODAY - ago * DAY - 19 * DAY, TODAY - ago * DAY), bought)
    last = found[-1].standing if found else silver(TODAY - 19 * DAY - ago * DAY, TODAY - ago * DAY)
    assert judged(last, bought) == []


@given(days)
def test_judged_day_by_day_or_at_the_end_the_member_comes_to_stand_as_high(
    bought: dict[dt.date, int],
) -> None:
    """Who is judged daily is never below what was reached on some day of the present period."""
    standing = AT_BASE
    for ago in range(150, -1, -1):
        today = TODAY - ago * DAY
        known = {day: amount for day, amount in bought.items() if day <= today}
        for judgement in judged(standing, known, today):
            standing = judgement.standing
        assert standing.until is None or standing.until >= today
        reached = spent(known).total(WINDOW, today)
        assert standing.tier != "base" or reached < 100
        assert standing.tier == "gold" or reached < 500
