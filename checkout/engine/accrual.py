"""Earning points, after everything else is known (``docs/rules.md`` §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes import Competition
from checkout.engine.outcome import LinePoints
from checkout.engine.rewards import PercentInPoints, PointsPerUnit
from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP, allocate

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.lanes import Lanes


def accrue(
    program: CompiledProgram, case: Case, lanes: Lanes, money_exponent: int, points_spent: int
) -> dict[str, int]:
    """Work through the accrual lanes; the points that each campaign gave."""
    member = case.member
    rules = program.document.accrual
    if member is None or (points_spent and not rules.earn_when_points_spent):
        return {}
    given: dict[str, int] = {}
    bases: dict[CanonicalLine, int] | None = None
    multiplier_bp = program.multiplier_bp(member.tier)
    for lane in program.accrual_lanes:
        rewards = lanes.get(lane.code)
        if rewards is None:
            continue
        if bases is None:
            bases = _bases(program, case)
        competition = Competition(lane)
        for reward in rewards:
            meant = case.meant_by(reward.selector)
            lines = [
                line for line in competition.open_lines(reward.campaign, meant) if line in bases
            ]
            if isinstance(reward, PercentInPoints):
                rate_bp = reward.rate_bp
                weights = [bases[line] for line in lines]
                numerator = sum(weights) * rate_bp * multiplier_bp
                numerator *= 10**program.document.currency.exponent
                total = numerator // (FULL_RATE_BP * FULL_RATE_BP * 10**money_exponent)
            elif isinstance(reward, PointsPerUnit):
                rate_bp = 0
                weights = [line.units for line in lines]
                total = reward.points_minor * sum(weights) * multiplier_bp // FULL_RATE_BP
            else:
                continue
            if not total:
                continue
            total = min(total, AMOUNT_MAX_MINOR)
            given[reward.campaign] = given.get(reward.campaign, 0) + total
            parts = allocate(total, weights, [total] * len(lines))
            for line, points in zip(lines, parts, strict=True):
                if points:
                    line.points_earned_minor += points
                    line.points.append(
                        LinePoints(reward.campaign, lane.code, bases[line], rate_bp, points)
                    )
                    competition.granted(reward.campaign, line)
    return given


def _bases(program: CompiledProgram, case: Case) -> dict[CanonicalLine, int]:
    """The lines that earn, with their bases."""
    rules = program.document.accrual
    meant = case.counted
    if program.accrual_selector is not None:
        meant = case.meant_by(program.accrual_selector)
    return {
        line: line.current_minor
        - (line.points_value_minor if rules.exclude_paid_with_points else 0)
        for line in meant
        if not line.no_points
    }
