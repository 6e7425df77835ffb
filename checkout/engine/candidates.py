"""Candidates: the campaigns that a receipt reaches through an index, and which of them are open.

What "nearly applied" means stands in ``docs/rules.md`` §6: reached, not open, exactly one condition
failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.base import CompiledCondition
from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.outcome import Unmet
from checkout.engine.periods import CompiledSchedule

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.conditions.words import Words


#: What a campaign lacked: a condition, its hours, or something that has been put into words.
Lacked = CompiledCondition | CompiledSchedule | tuple[str, str, str]


class Verdict:
    """A candidate, whether it is open, and the one condition that it lacked, if it was one.

    Late conditions are not judged: see `late_lacked`.
    """

    __slots__ = ("campaign", "is_open", "lacked", "used_up")

    def __init__(
        self,
        campaign: CompiledCampaign,
        lacked: Lacked | None,
        *,
        is_open: bool,
        used_up: tuple[str, str] | None = None,
    ) -> None:
        """Keep all; `used_up` names the limit (campaign and code) whose use is all it lacked."""
        self.campaign = campaign
        self.is_open = is_open
        self.lacked = lacked
        self.used_up = used_up


def candidates(
    program: CompiledProgram, case: Case, *, whole: bool = False
) -> list[CompiledCampaign]:
    """Every campaign that might apply, once; the `whole` of them: and those out of their dates.

    Those of goods, codes and members come in either case; the others grow in number with years.
    """
    date = None if whole else case.moment.date
    reached = set(program.unindexed.everywhere(date))
    reached.update(program.unindexed.at_store(case.store, date))
    if program.by_terminal:
        terminal = (case.store.code, case.receipt.terminal)
        reached.update(program.by_terminal.get(terminal, ()))
    for line in case.lines:
        reached.update(line.candidates)
    for code in case.coupons:
        reached.update(program.by_coupon.get(code, ()))
    for series in case.coupon_series.values():
        reached.update(program.by_series.get(series, ()))
    member = case.member
    if member is not None:
        for offer in member.offers:
            reached.update(program.by_offer.get(offer, ()))
        for list_code in member.lists:
            reached.update(program.by_list.get(list_code, ()))
        for segment in member.segments:
            reached.update(program.by_segment.get(segment, ()))
        reached.update(program.by_tier.get(member.tier, ()))
    return list(reached)


def judge(campaign: CompiledCampaign, case: Case) -> Verdict:
    """Open, nearly open, or neither."""
    schedule = campaign.schedule
    if not case.is_in_force(campaign):
        return Verdict(campaign, None, is_open=False)
    failed: list[Lacked] = []
    if not schedule.hours_hold(case.moment):
        failed.append(schedule)
    for part in campaign.parts:
        if not part.holds(case):
            if failed:
                return Verdict(campaign, None, is_open=False)
            failed.append(part)
    used_up = None
    for limit in campaign.limits:
        failure = limit.failure(case, AS_WRITTEN)
        if failure is not None:
            failed.append(failure)
            used_up = (campaign.code, limit.code) if limit.is_used_up(case) else None
    if campaign.budget is not None and _is_spent(campaign, case):
        failed.append(("budget", "budget left", "none"))
    if not failed:
        return Verdict(campaign, None, is_open=True)
    if len(failed) > 1:
        return Verdict(campaign, None, is_open=False)
    return Verdict(campaign, failed[0], is_open=False, used_up=used_up)


def unmet(campaign: CompiledCampaign, lacked: Lacked, case: Case) -> Unmet:
    """In words what a campaign lacked: only few of those that are nearly open are told."""
    if isinstance(lacked, CompiledSchedule):
        told = "schedule", lacked.hours_text(AS_WRITTEN), case.moment.text(AS_WRITTEN)
    elif isinstance(lacked, CompiledCondition):
        told = lacked.kind, lacked.needed(), lacked.seen(case)
    else:
        told = lacked
    return Unmet(campaign.code, campaign.name, *told)


def first_failed(
    campaign: CompiledCampaign, case: Case, words: Words = AS_WRITTEN
) -> tuple[str, str, str] | None:
    """The first condition that fails, late ones last as things stand; none if all hold."""
    schedule = campaign.schedule
    if campaign.code in case.facts.stopped:
        return "emergency_stop", words.say("not stopped"), words.say("stopped")
    if not schedule.dates_hold(case.moment):
        return "dates", schedule.dates_text(words), case.moment.text(words)
    if not schedule.hours_hold(case.moment):
        return "schedule", schedule.hours_text(words), case.moment.text(words)
    for part in campaign.parts:
        if not part.holds(case):
            return part.kind, part.needed_in(words), part.seen_in(words, case)
    for limit in campaign.limits:
        failure = limit.failure(case, words)
        if failure is not None:
            return failure
    if campaign.budget is not None and _is_spent(campaign, case):
        return "budget", words.say("budget left"), words.say("none")
    for part in campaign.late_parts:
        if not part.holds(case):
            return part.kind, part.needed_in(words), part.seen_in(words, case)
    return None


def late_lacked(campaign: CompiledCampaign, case: Case) -> CompiledCondition | None:
    """The one late condition that an open campaign lacks at the end; none if more fail, or none."""
    lacked: CompiledCondition | None = None
    for part in campaign.late_parts:
        if not part.holds(case):
            if lacked is not None:
                return None
            lacked = part
    return lacked


def _is_spent(campaign: CompiledCampaign, case: Case) -> bool:
    """Whether uses or money of the budget have nothing left."""
    used = case.facts.budgets.get(campaign.code)
    if used is None or campaign.budget is None:
        return False
    uses, money = campaign.budget.uses, campaign.budget.discount_minor
    return (uses is not None and used.uses >= uses) or (
        money is not None and used.discount_minor >= money
    )
