"""How contenders of one lane stand together: exclusiveness, and the lane's policy.

The rules are in ``docs/rules.md`` §3, "How contenders stand together".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.field import Field
from checkout.engine.lanes.phase import Contest
from checkout.engine.schema.campaign import Exclusive
from checkout.engine.schema.program import LanePolicy, LaneScope

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender, Phase
    from checkout.engine.schema.program import Lane

_ALONE = (Exclusive.LANE, Exclusive.ALL)


def run_lane(
    lane: Lane,
    contenders: list[Contender],
    phase: Phase,
    combine: Callable[[Lane, list[Contender]], None] | None = None,
) -> None:
    """Let the contenders of a lane work; `combine` finds the best combination of discounts."""
    phase.open_lane(lane)
    if phase.contests is not None:
        alone = [(contender, phase.trial(contender, Field(lane))) for contender in contenders]
        phase.contests.append(Contest(lane.code, alone))
    rest = contenders
    if any(contender.exclusive in _ALONE for contender in contenders):
        for contender in contenders:
            if (
                contender.exclusive in _ALONE
                and phase.may_work(contender)
                and phase.work(contender, Field(lane))
            ):
                return
        rest = [c for c in contenders if c.exclusive not in _ALONE]
    if lane.policy is LanePolicy.BEST:
        _run_best(lane, rest, phase)
    elif lane.policy is LanePolicy.BEST_COMBINATION:
        assert combine is not None, "points are not combined: publishing refuses such a lane"
        combine(lane, _without_kept_away(lane, rest, phase))
    else:
        _run_in_order(lane, rest, phase)


def _run_in_order(lane: Lane, contenders: list[Contender], phase: Phase) -> None:
    """`all` and `first`: one after the other; the field knows what is closed."""
    field = Field(lane)
    alone = lane.policy is LanePolicy.FIRST and lane.scope is LaneScope.RECEIPT
    for contender in contenders:
        if not phase.may_work(contender):
            continue
        granted = phase.work(contender, field)
        if granted and (alone or contender.exclusive is Exclusive.BELOW):
            return


def _run_best(lane: Lane, contenders: list[Contender], phase: Phase) -> None:
    """`best`: who would be granted most alone."""
    tried = [
        (contender, phase.trial(contender, Field(lane)))
        for contender in _without_kept_away(lane, contenders, phase)
    ]
    if lane.scope is LaneScope.RECEIPT:
        best = max(tried, key=lambda pair: pair[1].total, default=None)
        if best is not None and best[1].total:
            phase.work(best[0], Field(lane))
        return
    allotments: dict[str, Allotment] = {}
    winners: dict[CanonicalLine, tuple[int, str]] = {}
    for contender, trial in tried:
        for line, granted in trial.by_line.items():
            if granted > winners.get(line, (0, ""))[0]:
                winners[line] = (granted, contender.code)
    for line, (_, code) in winners.items():
        allotments.setdefault(code, {})[line] = line.quantity_milli
    field = Field(lane)
    field.allot(allotments)
    for contender, _ in tried:
        if contender.code in allotments and phase.may_work(contender):
            phase.work(contender, field)


def _without_kept_away(lane: Lane, contenders: list[Contender], phase: Phase) -> list[Contender]:
    """Those that may work, up to the first mark `below` that would be granted something."""
    left = []
    for contender in contenders:
        if not phase.may_work(contender):
            continue
        left.append(contender)
        if contender.exclusive is Exclusive.BELOW and phase.trial(contender, Field(lane)).total:
            break
    return left
