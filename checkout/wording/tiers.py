"""Levels of members in words: by what each is reached and kept, and lifecycles."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from checkout.engine.schema.tiers import TierMeasure
from checkout.wording.names import titled
from checkout.wording.numbers import factor_text
from checkout.wording.speech import counted, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.tiers import LifecycleRule, Tier, TierGoal
    from checkout.wording.names import Names


def tiers_in_words(names: Names) -> Iterator[str]:
    """All tiers of the program, the lowest first."""
    tiers = names.program.tiers
    if not tiers:
        yield say("There are no tiers.")
    for number, tier in enumerate(tiers):
        yield f"{_tier(tier)} {_reached(names, tier, is_lowest=number == 0)}"
    if any(tier.goal is not None for tier in tiers):
        yield (
            say(
                "A tier is reached soon after the purchase, and lost when its time is "
                "over or when what reached it comes back; then the highest tier below "
                "that is reached follows."
            )
        )


def lifecycle_in_words(rule: LifecycleRule | None) -> str:
    """When members are new, active, sleeping or lost."""
    if rule is None:
        return say("Members have the lifecycle state that is brought over with them, if any.")
    return say(
        "Members are new up to {new_days} after joining; then active up to "
        "{active_days} after their last purchase, sleeping up to {sleeping_days},"
        " then lost.",
        new_days=counted(rule.new_days, "day"),
        active_days=counted(rule.active_days, "day"),
        sleeping_days=counted(rule.sleeping_days, "day"),
    )


def _tier(tier: Tier) -> str:
    factor = factor_text(tier.points_multiplier_bp)
    return say(
        "Tier {tier}: points are multiplied by {factor}.",
        tier=titled(tier.code, tier.name),
        factor=factor,
    )


def _reached(names: Names, tier: Tier, *, is_lowest: bool) -> str:
    goal = tier.goal
    if goal is None:
        return (
            say("New members begin here.")
            if is_lowest
            else say("Only operators bring members here.")
        )
    told = say(
        "Reached with {goal}{of} {window}",
        goal=_counted(names, goal, goal.at_least),
        of=_of(names, goal),
        window=_window(goal),
    )
    keeps = goal.keep_at_least
    again = (
        say(", then again with {goal}", goal=_counted(names, goal, keeps))
        if keeps is not None
        else ""
    )
    return say("{told}; kept {kept}{again}.", told=told, kept=_kept(goal), again=again)


def _counted(names: Names, goal: TierGoal, number: int) -> str:
    match goal.measure:
        case TierMeasure.SPEND:
            return say("{money} paid", money=names.money(number))
        case TierMeasure.VISITS:
            return counted(number, "receipt")
        case TierMeasure.POINTS:
            return say("{points} earned", points=names.points(number, names.main_currency))
    assert_never(goal.measure)


def _of(names: Names, goal: TierGoal) -> str:
    if goal.category is None:
        return ""
    return say(" on goods of category {categories}", categories=names.categories((goal.category,)))


def _window(goal: TierGoal) -> str:
    if goal.window_days is None:
        return say("in the calendar year")
    return say("in {days} up to and with today", days=counted(goal.window_days, "day"))


def _kept(goal: TierGoal) -> str:
    if goal.keep_years == 0:
        return say("to the end of the same calendar year")
    if goal.keep_years is not None:
        return say(
            "to the end of the calendar year {years} later",
            years=counted(goal.keep_years, "year"),
        )
    return say("for {days}", days=counted(goal.keep_days or 0, "day"))
