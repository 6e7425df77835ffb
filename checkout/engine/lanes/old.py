"""Lanes: where rewards meet, in the program's order (``docs/rules.md`` §3).

`Competition` knows who may still work in a lane; `DiscountRun` grants discounts one reward after
another, each as far as floors, the campaign's budget and the receipt's cap leave room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import Cut, CutBy, LineDiscount
from checkout.engine.rewards import AmountOffReceipt, LineDiscountReward
from checkout.engine.schema.program import LaneBase, LanePolicy, LaneScope
from checkout.primitives import allocate, percent_down

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.rewards import CompiledReward
    from checkout.engine.schema.program import Lane

Lanes = dict[str, list["CompiledReward"]]


def rewards_by_lane(campaigns: list[CompiledCampaign]) -> Lanes:
    """The rewards of open campaigns, which come in order, under their lanes."""
    lanes: Lanes = {}
    for campaign in campaigns:
        for reward in campaign.rewards:
            lane = lanes.get(reward.lane)
            if lane is None:
                lanes[reward.lane] = [reward]
            else:
                lane.append(reward)
    return lanes


class Competition:
    """Which lines of a lane a campaign may still work on, by the lane's policy and scope."""

    __slots__ = ("_by_line", "_by_receipt", "_closed", "_keeper")

    def __init__(self, lane: Lane) -> None:
        """Open the lane."""
        first = lane.policy is LanePolicy.FIRST
        self._by_line = first and lane.scope is LaneScope.LINE
        self._by_receipt = first and lane.scope is LaneScope.RECEIPT
        self._keeper = ""
        self._closed: dict[CanonicalLine, str] = {}

    def open_lines(self, campaign: str, lines: list[CanonicalLine]) -> list[CanonicalLine]:
        """The lines that are left for a campaign."""
        if self._by_receipt:
            return lines if self._keeper in ("", campaign) else []
        if self._by_line and self._closed:
            closed = self._closed
            return [line for line in lines if closed.get(line, campaign) == campaign]
        return lines

    def granted(self, campaign: str, line: CanonicalLine) -> None:
        """The campaign granted something on a line."""
        if self._by_receipt:
            self._keeper = campaign
        elif self._by_line:
            self._closed[line] = campaign


class DiscountRun:
    """The discount lanes of one receipt: what has been granted, and what room is left."""

    __slots__ = ("budgets_left", "by_campaign", "cap_left", "cuts")

    def __init__(
        self, program: CompiledProgram, case: Case, campaigns: list[CompiledCampaign]
    ) -> None:
        """Take the cap and the budgets as they stand."""
        self.by_campaign: dict[str, int] = {}
        self.cuts: list[Cut] = []
        self.cap_left = _cap_minor(program, case)
        self.budgets_left: dict[str, int] = {}
        for campaign in campaigns:
            if campaign.budget is not None and campaign.budget.discount_minor is not None:
                used = case.facts.budgets.get(campaign.code)
                given = used.discount_minor if used is not None else 0
                self.budgets_left[campaign.code] = max(campaign.budget.discount_minor - given, 0)

    def run(self, program: CompiledProgram, case: Case, lanes: Lanes) -> None:
        """Work through the discount lanes in order."""
        for lane in program.discount_lanes:
            rewards = lanes.get(lane.code)
            if rewards is None:
                continue
            competition = Competition(lane)
            original = lane.base is LaneBase.ORIGINAL
            for reward in rewards:
                lines = competition.open_lines(reward.campaign, case.meant_by(reward.selector))
                if not lines:
                    continue
                if isinstance(reward, LineDiscountReward):
                    self._grant_by_line(reward, lines, competition, original=original)
                elif isinstance(reward, AmountOffReceipt):
                    self._grant_spread(reward, lines, competition)

    def _grant_by_line(
        self,
        reward: LineDiscountReward,
        lines: list[CanonicalLine],
        competition: Competition,
        *,
        original: bool,
    ) -> None:
        bases = [line.start_minor if original else line.current_minor for line in lines]
        wanted = [reward.wanted_minor(line, base) for line, base in zip(lines, bases, strict=True)]
        fits = [min(want, line.room_minor) for line, want in zip(lines, wanted, strict=True)]
        self._grant(reward, reward.rate_bp, lines, bases, wanted, sum(wanted), fits, competition)

    def _grant_spread(
        self, reward: AmountOffReceipt, lines: list[CanonicalLine], competition: Competition
    ) -> None:
        rooms = [line.room_minor for line in lines]
        bases = [line.current_minor for line in lines]
        fits = allocate(min(reward.amount_minor, sum(rooms)), bases, rooms)
        self._grant(reward, 0, lines, bases, fits, reward.amount_minor, fits, competition)

    def _grant(
        self,
        reward: CompiledReward,
        rate_bp: int,
        lines: list[CanonicalLine],
        bases: list[int],
        wanted: list[int],
        wanted_minor: int,
        fits: list[int],
        competition: Competition,
    ) -> None:
        """Cut to budget and cap, then book what is left on the lines."""
        campaign = reward.campaign
        total = sum(fits)
        by = CutBy.FLOOR
        bound = self.cap_left
        bound_by = CutBy.CAP
        budget_left = self.budgets_left.get(campaign)
        if budget_left is not None and budget_left <= bound:
            bound = budget_left
            bound_by = CutBy.BUDGET
        if total > bound:
            fits = allocate(bound, fits, fits)
            total = bound
            by = bound_by
        if total < wanted_minor:
            self.cuts.append(Cut(campaign, reward.lane, by, wanted_minor, total))
        if not total:
            return
        self.cap_left -= total
        if budget_left is not None:
            self.budgets_left[campaign] = budget_left - total
        self.by_campaign[campaign] = self.by_campaign.get(campaign, 0) + total
        for line, base, want, granted in zip(lines, bases, wanted, fits, strict=True):
            if granted:
                line.current_minor -= granted
                line.room_minor -= granted
                line.discounts.append(
                    LineDiscount(campaign, reward.lane, base, rate_bp, want, granted)
                )
                competition.granted(campaign, line)


def _cap_minor(program: CompiledProgram, case: Case) -> int:
    """What the receipt's cap leaves for us: external discounts use it up first."""
    cap = program.document.discount_cap
    amount = sum(line.amount_minor for line in case.counted)
    bound = amount
    if cap.rate_bp is not None:
        bound = percent_down(amount, cap.rate_bp)
    if cap.amount_minor is not None:
        bound = min(bound, cap.amount_minor)
    return max(bound - sum(line.external_discount_minor for line in case.counted), 0)
