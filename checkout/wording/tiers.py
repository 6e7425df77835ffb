"""Levels of members in words: by what each is reached and kept, and lifecycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from checkout.engine.schema.tiers import TierMeasure
from checkout.wording.names import titled
from checkout.wording.numbers import factor_text
from checkout.wording.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.tiers import LifecycleRule, Tier, TierGoal
    from checkout.wording.names import Names


def tiers_in_words(names: Names) -> Iterator[str]:
    """All tiers of the program, the lowest first."""
    tiers = names.program.tiers
    if not tiers:
        yield "There are no tiers."
    for number, tier in enumerate(tiers):
        yield f"{_tier(tier)} {_reached(names, tier, is_lowest=number == 0)}"
    if any(tier.goal is not None for tier in tiers):
        yield (
            "A tier is reached soon after the purchase, and lost when its time is over or when what"
            " reached it comes back; then the highest tier below that is reached follows."
        )


def lifecycle_in_words(rule: LifecycleRule | None) -> str:
    """When members are new, active, sleeping or lost."""
    if rule is None:
        return "Members have the lifecycle state that is brought over with them, if any."
    return (
        f"Members are new up to {counted(rule.new_days, 'day')} after joining; then active up to"
        f" {counted(rule.active_days, 'day')} after their last purchase, sleeping up to"
        f" {counted(rule.sleeping_days, 'day')}, then lost."
    )


def _tier(tier: Tier) -> str:
    factor = factor_text(tier.points_multiplier_bp)
    return f"Tier {titled(tier.code, tier.name)}: points are multiplied by {factor}."


def _reached(names: Names, tier: Tier, *, is_lowest: bool) -> str:
    goal = tier.goal
    if goal is None:
        return "New members begin here." if is_lowest else "Only operators bring members here."
    told = f"Reached with {_counted(names, goal, goal.at_least)}{_of(names, goal)} {_window(goal)}"
    keeps = goal.keep_at_least
    again = f", then again with {_counted(names, goal, keeps)}" if keeps is not None else ""
    return f"{told}; kept {_kept(goal)}{again}."


def _counted(names: Names, goal: TierGoal, number: int) -> str:
    match goal.measure:
        case TierMeasure.SPEND:
            return f"{names.money(number)} paid"
        case TierMeasure.VISITS:
            return counted(number, "receipt")
        case TierMeasure.POINTS:
            return f"{names.points(number, names.main_currency)} earned"
    assert_never(goal.measure)


def _of(names: Names, goal: TierGoal) -> str:
    if goal.category is None:
        return ""
    return f" on goods of category {names.categories((goal.category,))}"


def _window(goal: TierGoal) -> str:
    if goal.window_days is None:
        return "in the calendar year"
    return f"in {counted(goal.window_days, 'day')} up to and with today"


def _kept(goal: TierGoal) -> str:
    if goal.keep_years == 0:
        return "to the end of the same calendar year"
    if goal.keep_years is not None:
        return f"to the end of the calendar year {counted(goal.keep_years, 'year')} later"
    return f"for {counted(goal.keep_days or 0, 'day')}"
