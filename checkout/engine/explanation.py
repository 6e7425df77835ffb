"""A full explanation: what became of every candidate, and why (``docs/rules.md`` §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.candidates import first_failed
from checkout.engine.outcome import Considered, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.follows.applied import Given
    from checkout.engine.lanes.phase import Contest, Trial


def considered(
    program: CompiledProgram,
    case: Case,
    reached: Iterable[CompiledCampaign],
    given: Given,
    about: str,
) -> list[Considered]:
    """Every campaign that an index reached, and the one that was asked about, by code."""
    campaigns = {campaign.code: campaign for campaign in reached}
    asked = program.by_code.get(about)
    if asked is not None:
        campaigns[about] = asked
    return [_verdict(case, campaigns[code], given) for code in sorted(campaigns)]


def _verdict(case: Case, campaign: CompiledCampaign, given: Given) -> Considered:
    code, name = campaign.code, campaign.name
    if given.has(code):
        return Considered(code, name, Verdict.APPLIED)
    failed = first_failed(campaign, case)
    if failed is not None:
        condition, needed, seen = failed
        return Considered(code, name, Verdict.UNMET, condition, needed, seen)
    for cut in (*given.discounts.cuts, *given.accrual.cuts):
        if cut.campaign == code:
            limit = f" {cut.limit}" if cut.limit else ""
            wanted = f"room for {cut.wanted_minor}"
            return Considered(
                code, name, Verdict.CUT, f"{cut.by.value}{limit}", wanted, "none", cut.lane
            )
    for contest in (*(given.discounts.contests or ()), *(given.accrual.contests or ())):
        for contender, trial in contest.alone:
            if contender.code == code and trial.total:
                return _beaten(case, campaign, contest, trial)
    return Considered(
        code,
        name,
        Verdict.NOTHING,
        "rewards",
        "goods that may still be reduced",
        "none",
    )


def _beaten(case: Case, campaign: CompiledCampaign, contest: Contest, trial: Trial) -> Considered:
    """By whom: the one that was granted most on its lines, or else in the lane at all."""
    others = _granted(contest.lane, trial.by_line) or _granted(contest.lane, case.lines)
    by = max(others, key=lambda code: (others[code], code), default="")
    if not by:
        # Nobody in this lane: a campaign beside which it does not stand, or an exclusive one.
        apart = campaign.not_with & case.granted
        by = min(apart, default="")
    return Considered(
        campaign.code,
        campaign.name,
        Verdict.BEATEN,
        lane=contest.lane,
        by=by,
        alone_minor=trial.total,
        others_minor=sum(others.values()),
    )


def _granted(lane: str, lines: Iterable[CanonicalLine]) -> dict[str, int]:
    """What each campaign was granted in a lane on some lines."""
    granted: dict[str, int] = {}
    for line in lines:
        for discount in line.discounts:
            if discount.lane == lane:
                code = discount.campaign
                granted[code] = granted.get(code, 0) + discount.granted_minor
        for points in line.points:
            if points.lane == lane:
                granted[points.campaign] = granted.get(points.campaign, 0) + points.points_minor
    return granted
