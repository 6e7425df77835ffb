"""How contenders of one lane stand together: exclusiveness, and the lane's policy.

The rules are in ``docs/rules.md`` §3, "How contenders stand together".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.field import Field
from checkout.engine.lanes.phase import Contest

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.lanes.phase import Contender, Phase


def run_lane(
    lane: CompiledLane,
    contenders: list[Contender],
    phase: Phase,
    combine: Callable[[CompiledLane, list[Contender]], None] | None = None,
) -> None:
    """Let the contenders of a lane work; `combine` finds the best combination of discounts."""
    phase.open_lane(lane)
    note_contest(lane, contenders, phase)
    rest = contenders
    if any(contender.campaign.is_alone for contender in contenders):
        for contender in contenders:
            if (
                contender.campaign.is_alone
                and phase.may_work(contender)
                and phase.work(contender, Field(lane))
            ):
                phase.shut_out(contenders, contender.code, contender.campaign.mark)
                return
        rest = [c for c in contenders if not c.campaign.is_alone]
    if lane.is_combined:
        assert combine is not None, "points are not combined: publishing refuses such a lane"
        combine(lane, rest)
    else:
        run_policy(lane, rest, phase)


def run_policy(lane: CompiledLane, contenders: list[Contender], phase: Phase) -> None:
    """Let those work that do not have the lane to themselves, as `all`, `first` or `best` say."""
    if lane.is_best:
        _run_best(lane, contenders, phase)
    else:
        _run_in_order(lane, contenders, phase)


def note_contest(lane: CompiledLane, contenders: list[Contender], phase: Phase) -> None:
    """For a full explanation: try every contender alone in a lane that has just opened."""
    if phase.contests is not None:
        alone = [(contender, phase.trial(contender, Field(lane))) for contender in contenders]
        reduced = {line for line in phase.case.lines if line.reduced}
        phase.contests.append(Contest(lane, alone, reduced))


def _run_in_order(lane: CompiledLane, contenders: list[Contender], phase: Phase) -> None:
    """`all` and `first`: one after the other; the field knows what is closed."""
    field = Field(lane)
    for place, contender in enumerate(contenders):
        if not phase.may_work(contender):
            continue
        granted = phase.work(contender, field)
        if granted and (lane.alone or contender.campaign.keeps_below):
            why = lane.policy.value if lane.alone else contender.campaign.mark
            phase.shut_out(contenders[place + 1 :], contender.code, why)
            return


def _run_best(lane: CompiledLane, contenders: list[Contender], phase: Phase) -> None:
    """`best`: who would be granted most alone."""
    tried = [
        (contender, phase.trial(contender, Field(lane)))
        for contender in without_kept_away(lane, contenders, phase)
    ]
    if lane.of_receipt:
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


def without_kept_away(
    lane: CompiledLane, contenders: list[Contender], phase: Phase
) -> list[Contender]:
    """Those that may work, up to the first mark `below` that would be granted something."""
    left = []
    for place, contender in enumerate(contenders):
        if not phase.may_work(contender):
            continue
        left.append(contender)
        if contender.campaign.keeps_below and phase.trial(contender, Field(lane)).total:
            phase.shut_out(contenders[place + 1 :], contender.code, contender.campaign.mark)
            break
    return left
