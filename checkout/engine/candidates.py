"""Candidates: the campaigns that a receipt reaches through an index, and which of them are open.

What "nearly applied" means stands in ``docs/rules.md`` §6: reached, not open, exactly one condition
failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import Unmet

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram


class Verdict:
    """A candidate, whether it is open, and the one condition that it lacked, if it was one."""

    __slots__ = ("campaign", "is_open", "unmet")

    def __init__(self, campaign: CompiledCampaign, unmet: Unmet | None, *, is_open: bool) -> None:
        """Keep the three."""
        self.campaign = campaign
        self.is_open = is_open
        self.unmet = unmet


def candidates(program: CompiledProgram, case: Case) -> list[CompiledCampaign]:
    """Every campaign that might apply, once."""
    reached = set(program.everywhere)
    reached.update(program.at_store(case.store))
    for line in case.counted:
        reached.update(line.candidates)
    for code in case.coupons:
        reached.update(program.by_coupon.get(code, ()))
    if case.member is not None:
        for list_code in case.lists:
            reached.update(program.by_list.get(list_code, ()))
        if case.tier:
            reached.update(program.by_tier.get(case.tier, ()))
    return list(reached)


def judge(campaign: CompiledCampaign, case: Case) -> Verdict:
    """Open, nearly open, or neither."""
    if not campaign.schedule.dates_hold(case.moment):
        return Verdict(campaign, None, is_open=False)
    failed: list[tuple[str, str, str]] = []
    if not campaign.schedule.hours_hold(case.moment):
        schedule = campaign.document.schedule
        needed = schedule.model_dump_json(
            exclude_none=True, exclude={"starts_at", "ends_at"}, exclude_defaults=True
        )
        failed.append(("schedule", needed, case.moment.at.isoformat(timespec="minutes")))
    for part in campaign.parts:
        if not part.holds(case):
            if failed:
                return Verdict(campaign, None, is_open=False)
            failed.append((part.kind, part.needed(), part.seen(case)))
    failed += _failed_limits(campaign, case)
    if not failed:
        return Verdict(campaign, None, is_open=True)
    if len(failed) > 1:
        return Verdict(campaign, None, is_open=False)
    condition, needed, seen = failed[0]
    return Verdict(
        campaign,
        Unmet(campaign.code, campaign.name, condition, needed, seen),
        is_open=False,
    )


def _failed_limits(campaign: CompiledCampaign, case: Case) -> list[tuple[str, str, str]]:
    """Limits and budget without room."""
    failed = []
    for limit in campaign.limits:
        needed = f"{limit.name}: at most {limit.uses} per {limit.period.value}"
        if case.member is None:
            failed.append(("limit", needed, "a guest"))
            continue
        slot = f"{campaign.code}/{limit.code}/{case.moment.slot_start(limit.period)}"
        used = case.member.limit_uses.get(slot, 0)
        if used >= limit.uses:
            failed.append(("limit", needed, str(used)))
    if campaign.budget is not None:
        used_budget = case.facts.budgets.get(campaign.code)
        if used_budget is not None:
            uses, money = campaign.budget.uses, campaign.budget.discount_minor
            if (uses is not None and used_budget.uses >= uses) or (
                money is not None and used_budget.discount_minor >= money
            ):
                failed.append(("budget", "budget left", "none"))
    return failed
