"""Tiers: which one follows from what a member bought, and until when (``docs/rules.md`` §11).

A tier is reached on the day on which its goal is met, and kept at least to the end of its keep
period. Then it is judged by that last day: it is kept for another period if enough was bought, else
the member falls to the highest tier below whose goal is met, or to the lowest. Goods that come back
take a tier away at once if it was reached, or kept, only because of them. What an operator set
stands until its date. So each judgement depends on the days, on what was bought, and on nothing
else: judged twice, nothing moves.
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.schema.tiers import TierGoal
from checkout.engine.windows import window_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.schema.tiers import Tier
    from checkout.engine.windows import DayTotals


class TierCause(enum.StrEnum):
    """Why a member has a tier."""

    #: Enrolled with it, or brought over: nobody has judged yet.
    GIVEN = ""
    REACHED = "reached"
    KEPT = "kept"
    FELL = "fell"
    #: What had reached or kept a higher one came back.
    TAKEN_BACK = "taken_back"
    #: By an operator.
    SET = "set"
    #: Left the program and came back, which begins anew.
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's tier: since when by the last judgement, and the last day on which it is kept."""

    tier: str
    cause: TierCause
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a judgement saw: what was counted towards the goal of a tier in a window, and needed."""

    tier: str
    goal: TierGoal
    first_day: dt.date
    last_day: dt.date
    counted: int
    needed: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a member's tier is from now on, and by which figures."""

    standing: Standing
    figures: Figures | None


def judge(
    tiers: Sequence[Tier], standing: Standing, had: DayTotals, has: DayTotals, today: dt.date
) -> list[Judgement]:
    """Every judgement that is due up to today, in order; none if the tier stands.

    `had` is what counted when the tier was last judged, `has` what counts now.
    """
    found: list[Judgement] = []
    while True:
        judgement = _next(tiers, standing, had, has, today)
        if judgement is None:
            return found
        found.append(judgement)
        standing = judgement.standing


def position(tiers: Sequence[Tier], code: str) -> int:
    """Which tier it is, the lowest is 0; -1 if there is no such tier."""
    return next((i for i, tier in enumerate(tiers) if tier.code == code), -1)


def _next(
    tiers: Sequence[Tier], standing: Standing, had: DayTotals, has: DayTotals, today: dt.date
) -> Judgement | None:
    is_over = standing.until is not None and standing.until < today
    if standing.cause is TierCause.SET and not is_over:
        return None
    at = position(tiers, standing.tier)
    goal = tiers[at].goal if at >= 0 else None
    if at > 0 and goal is None and not is_over:
        return None  # no goal brings members here: an operator did, who says until when
    if goal is not None and standing.since is not None and standing.cause is not TierCause.SET:
        needed = _needed(goal, is_kept=standing.cause is TierCause.KEPT)
        figures = _figures(tiers[at], goal, has, standing.since, needed)
        if figures.counted < needed <= had.total(window_of(goal), standing.since):
            since = standing.since
            return Judgement(_highest(tiers[:at], has, since, since, TierCause.TAKEN_BACK), figures)
    if standing.until is not None and is_over:
        return _at_the_end(tiers, at, standing.until, has)
    return _rise(tiers, at, has, today)


def _at_the_end(tiers: Sequence[Tier], at: int, last: dt.date, has: DayTotals) -> Judgement:
    """The keep period is over: as of its last day."""
    goal = tiers[at].goal if at >= 0 else None
    begins = last + dt.timedelta(days=1)
    figures = None
    if goal is not None:
        figures = _figures(tiers[at], goal, has, last, _needed(goal, is_kept=True))
        if figures.counted >= figures.needed:
            kept = Standing(tiers[at].code, TierCause.KEPT, last, _kept_until(goal, last, begins))
            return Judgement(kept, figures)
    return Judgement(_highest(tiers[: max(at, 1)], has, last, begins, TierCause.FELL), figures)


def _rise(tiers: Sequence[Tier], at: int, has: DayTotals, today: dt.date) -> Judgement | None:
    """The highest tier above that is reached today."""
    for tier in reversed(tiers[at + 1 :]):
        if tier.goal is not None:
            figures = _figures(tier, tier.goal, has, today, tier.goal.at_least)
            if figures.counted >= figures.needed:
                until = _kept_until(tier.goal, today, today)
                return Judgement(Standing(tier.code, TierCause.REACHED, today, until), figures)
    return None


def _highest(
    tiers: Sequence[Tier], has: DayTotals, day: dt.date, begins: dt.date, cause: TierCause
) -> Standing:
    """The highest of these tiers whose goal is met as of a day; else the lowest, which has none."""
    for tier in reversed(tiers):
        goal = tier.goal
        if goal is not None and has.total(window_of(goal), day) >= goal.at_least:
            return Standing(tier.code, cause, day, _kept_until(goal, day, begins))
    return Standing(tiers[0].code if tiers else "", cause, day)


def _needed(goal: TierGoal, *, is_kept: bool) -> int:
    return goal.keep_at_least if is_kept and goal.keep_at_least is not None else goal.at_least


def _figures(tier: Tier, goal: TierGoal, has: DayTotals, last: dt.date, needed: int) -> Figures:
    window = window_of(goal)
    return Figures(tier.code, goal, window.first_day(last), last, has.total(window, last), needed)


def _kept_until(goal: TierGoal, judged: dt.date, begins: dt.date) -> dt.date:
    """The last day of a keep period that begins with a day, by a judgement as of a day."""
    if goal.keep_years is not None:
        return dt.date(max(judged.year + goal.keep_years, begins.year), 12, 31)
    assert goal.keep_days is not None, "a checked goal says how long its tier is kept"
    return begins + dt.timedelta(days=goal.keep_days - 1)
