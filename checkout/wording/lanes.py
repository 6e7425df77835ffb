"""How rewards of one lane stand together, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, assert_never

from checkout.engine.schema.program import Lane, LaneBase, LanePhase, LanePolicy, LaneScope
from checkout.wording.phrases import phrases
from checkout.wording.speech import say

if TYPE_CHECKING:
    from checkout.wording.names import Names

_PHASES: Final = phrases(
    LanePhase,
    {
        LanePhase.DISCOUNT: "discounts",
        LanePhase.ACCRUAL: "points",
    },
)
_SCOPES: Final = phrases(
    LaneScope,
    {
        LaneScope.UNIT: "each unit",
        LaneScope.LINE: "each line",
        LaneScope.RECEIPT: "the whole receipt",
    },
)
_BASES: Final = phrases(
    LaneBase,
    {
        LaneBase.CURRENT: "percentages are taken from the current price, after earlier rewards",
        LaneBase.ORIGINAL: "percentages are taken from the price before discounts of campaigns",
        LaneBase.ADDED_UP: (
            "percentages are taken from the price before discounts of campaigns, and those of a"
            " line are added up before rounding"
        ),
    },
)


def lane_text(names: Names, lane: Lane) -> str:
    """A lane's place, what it gives, who works in it, and on what."""
    place = names.program.lanes.index(lane) + 1
    base = f"; {_BASES[lane.base]}" if lane.phase is LanePhase.DISCOUNT else ""
    head = say(
        "Lane {place} of {count}, {code}, gives {phases}",
        place=place,
        count=len(names.program.lanes),
        code=lane.code,
        phases=_PHASES[lane.phase],
    )
    return f"{head}: {_policy_text(lane)}{base}."


def base_of(names: Names, code: str) -> LaneBase:
    """From which price the lane of that code reckons."""
    return lane_of(names, code).base


def base_text(names: Names, code: str) -> str:
    """From which price a reward in the lane reckons."""
    match base_of(names, code):
        case LaneBase.CURRENT:
            return say("Reckoned from the current price, after the rewards before it.")
        case LaneBase.ORIGINAL | LaneBase.ADDED_UP:
            return say("Reckoned from the price before the discounts of campaigns.")


def lane_of(names: Names, code: str) -> Lane:
    """The program's lane of that code."""
    return next(lane for lane in names.program.lanes if lane.code == code)


def _policy_text(lane: Lane) -> str:
    most = (
        say("gives most points on it")
        if lane.phase is LanePhase.ACCRUAL
        else say("takes most off it")
    )
    scope = _SCOPES[lane.scope]
    match lane.policy:
        case LanePolicy.ALL:
            return say("all campaigns work, each on what the earlier ones left")
        case LanePolicy.FIRST:
            return say(
                "{scope} belongs to the first campaign that grants something on it", scope=scope
            )
        case LanePolicy.BEST:
            return say(
                "{scope} belongs to the campaign that {most}, the first of equals",
                scope=scope,
                most=most,
            )
        case LanePolicy.BEST_COMBINATION:
            return say(
                "{scope} belongs to one campaign, in the combination that takes most off "
                "(at most {work_steps} tries)",
                scope=scope,
                work_steps=lane.work_steps,
            )
    assert_never(lane.policy)
