"""A full explanation: what became of every candidate, and why (``docs/rules.md`` §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.candidates import first_failed
from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.lacking import lacking
from checkout.engine.lanes.phase import ShutOut
from checkout.engine.outcome import Considered, CutBy, GiftFault, Verdict
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.schema.points import PointsReward
from checkout.engine.schema.program import LanePhase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.conditions.words import Words
    from checkout.engine.follows.applied import Given
    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.lanes.phase import Contest, Phase, Trial
    from checkout.engine.outcome import Cut, GiftMissed


def considered(
    program: CompiledProgram,
    case: Case,
    reached: Iterable[CompiledCampaign],
    given: Given,
    discounts: DiscountPhase,
    about: str,
    words: Words = AS_WRITTEN,
) -> list[Considered]:
    """Every campaign that an index reached, and the one that was asked about, by code."""
    campaigns = {campaign.code: campaign for campaign in reached}
    asked = program.by_code.get(about)
    if asked is not None:
        campaigns[about] = asked
    return [
        _verdict(program, case, campaigns[code], given, discounts, words)
        for code in sorted(campaigns)
    ]


def _verdict(
    program: CompiledProgram,
    case: Case,
    campaign: CompiledCampaign,
    given: Given,
    discounts: DiscountPhase,
    words: Words,
) -> Considered:
    code, name = campaign.code, campaign.name
    if given.has(code):
        return Considered(code, name, Verdict.APPLIED)
    failed = first_failed(campaign, case, words)
    if failed is not None:
        return Considered(code, name, Verdict.UNMET, *failed)
    for cut in (*discounts.cuts, *given.accrual.cuts):
        if cut.campaign == code:
            return _cut(case, campaign, cut, words)
    for missed in given.gifts.missed:
        if missed.campaign == code:
            return _missed(campaign, missed, words)
    contests: list[Contest] = []
    for phase, contest in _contests(given, discounts):
        for contender, trial in contest.alone:
            if contender.code == code:
                contests.append(contest)
                if trial.total:
                    return _beaten(case, campaign, phase, contest, trial)
    kind, needed, seen, lane = lacking(program, case, campaign, contests, discounts.gifts, words)
    return Considered(code, name, Verdict.NOTHING, kind, needed, seen, lane)


def _contests(given: Given, discounts: DiscountPhase) -> Iterator[tuple[Phase, Contest]]:
    for phase in (discounts, given.accrual):
        for contest in phase.contests or ():
            yield phase, contest


def _cut(case: Case, campaign: CompiledCampaign, cut: Cut, words: Words) -> Considered:
    """By what, and how much of what it wished had no room."""
    seen = words.say("none")
    if cut.by is CutBy.FLOOR:
        lines = [
            line
            for reward in campaign.rewards_by_lane[cut.lane]
            if isinstance(reward, DiscountReward)
            for choice in reward.works_on
            for line in case.meant_by(choice)
        ]
        if all(line.no_discount for line in lines):
            seen = words.say("goods that take no discount")
    return Considered(
        campaign.code,
        campaign.name,
        Verdict.CUT,
        f"{cut.by.value} {cut.limit}".rstrip(),
        words.say("room for {amount}", amount=_wanted(campaign, cut, words)),
        seen,
        cut.lane,
    )


def _wanted(campaign: CompiledCampaign, cut: Cut, words: Words) -> str:
    """Money, or points in a lane that gives points."""
    for reward in campaign.document.rewards:
        if reward.lane == cut.lane and isinstance(reward, PointsReward):
            return words.points(cut.wanted_minor, reward.currency or "")
    return words.money(cut.wanted_minor)


def _missed(campaign: CompiledCampaign, missed: GiftMissed, words: Words) -> Considered:
    """What it would have handed out, and there is not; the first of them."""
    seen = {
        GiftFault.WRONG_STORE: words.say("not given in this store"),
        GiftFault.WRONG_TIME: words.say("not given at this time"),
        GiftFault.OUT_OF_STOCK: words.say("{number} left", number=missed.left),
    }[missed.fault]
    return Considered(
        campaign.code,
        campaign.name,
        Verdict.CUT,
        f"gift {missed.gift}",
        words.say("{number} to give", number=missed.count),
        seen,
    )


def _beaten(
    case: Case, campaign: CompiledCampaign, phase: Phase, contest: Contest, trial: Trial
) -> Considered:
    """By whom, and by how much.

    By the campaign that shut it out; or else by the one that was granted most on its lines; or in
    the lane at all, first by one beside which it does not stand.
    """
    lane = contest.lane
    on_lines = _granted(trial.by_line, lane)
    in_lane = _granted(case.lines, lane)
    out = contest.shut_out.get(campaign.code)
    if out is None:
        apart = {code: in_lane[code] for code in phase.apart_from(campaign.code) & in_lane.keys()}
        others = on_lines or apart or in_lane
        by = min(others, key=lambda code: (-others[code], code), default="")
        why = lane.policy.value if on_lines or not apart else "not_with"
        out = ShutOut(by, why)
    if out.by in on_lines:
        instead = sum(on_lines.values())
    elif out.by in in_lane:
        instead = in_lane[out.by]
    else:
        instead = _granted(case.lines, lane, all_lanes=True).get(out.by, 0)
    return Considered(
        campaign.code,
        campaign.name,
        Verdict.BEATEN,
        out.why,
        lane=lane.code,
        by=out.by,
        alone_minor=trial.total,
        others_minor=instead,
    )


def _granted(
    lines: Iterable[CanonicalLine], of: CompiledLane, *, all_lanes: bool = False
) -> dict[str, int]:
    """What each campaign was granted on some lines in a lane, or in all of its phase."""
    granted: dict[str, int] = {}
    for line in lines:
        if of.phase is LanePhase.DISCOUNT:
            parts = [(each.campaign, each.lane, each.granted_minor) for each in line.discounts]
        else:
            parts = [(each.campaign, each.lane, each.points_minor) for each in line.points]
        for code, lane, minor in parts:
            if all_lanes or lane == of.code:
                granted[code] = granted.get(code, 0) + minor
    return granted
