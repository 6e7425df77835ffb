"""The discount lanes of one receipt: what has been granted, and what room is left.

The rules are in ``docs/rules.md`` §3; how contenders stand together in
`checkout.engine.lanes.policies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from checkout.engine.caps import cap_left_minor
from checkout.engine.lanes.bounds import Bound, campaign_bounds, program_bounds
from checkout.engine.lanes.combination import find_combination
from checkout.engine.lanes.granting import grant
from checkout.engine.lanes.phase import Noted, Phase, Trial, contenders
from checkout.engine.lanes.policies import (
    note_contest,
    run_lane,
    run_policy,
    without_kept_away,
)
from checkout.engine.lanes.portions import Portions
from checkout.engine.outcome import Combination, Cut, CutBy, Gift
from checkout.engine.outcome_lines import LineDiscount
from checkout.engine.rewards.discount import DiscountReward, Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.lanes.field import Field
    from checkout.engine.lanes.granting import Granted
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.lanes.phase import Contender
    from checkout.engine.lanes.portions import Unbound
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.wish import Wish


class DiscountPhase(Phase):
    """Grants discounts, lane after lane."""

    __slots__ = (
        "_bounds",
        "_campaigns",
        "_cap",
        "_program",
        "_program_bounds",
        "_sums",
        "by_campaign",
        "combinations",
        "cuts",
        "gifts",
        "limits_cut",
        "portions",
        "worked",
    )

    def __init__(
        self,
        program: CompiledProgram,
        case: Case,
        campaigns: list[CompiledCampaign],
        *,
        explains: bool = False,
    ) -> None:
        """Take the cap as it stands; the open campaigns come in order."""
        super().__init__(case, explains=explains)
        self._program = program
        self._campaigns = campaigns
        self.by_campaign: dict[str, int] = {}
        self.cuts: list[Cut] = []
        self.combinations: list[Combination] = []
        self.gifts: list[Gift] = []
        #: Campaign (empty: the program) and code of each limit that cut.
        self.limits_cut: set[tuple[str, str]] = set()
        #: The largest quantity of each line on which a reward of a campaign was granted something.
        self.worked: dict[str, dict[CanonicalLine, int]] = {}
        self._bounds: dict[str, list[Bound]] = {}
        self._program_bounds = program_bounds(case, program) if program.limits else []
        self._cap: Bound | None = None
        if program.has_cap:
            self._cap = Bound(
                cap_left_minor(program, case), CutBy.CAP, is_nothing=program.cap_is_nothing
            )
        self._sums = Sums()
        #: Of the open lane; lanes open one after the other.
        self.portions = Portions(case, program.first_lane)

    def run(self) -> None:
        """Work through the discount lanes; an exclusive campaign may be the only one."""
        for campaign in self._campaigns:
            if campaign.is_only:
                before = self._save()
                self._run_lanes([campaign])
                if campaign.code in self.by_campaign:
                    if self.contests is not None:
                        self._restore(before)
                        self._run_lanes([campaign], beside=self._campaigns)
                    return
                self._restore(before)
        self._run_lanes(self._campaigns)

    def _run_lanes(
        self, campaigns: list[CompiledCampaign], beside: Sequence[CompiledCampaign] = ()
    ) -> None:
        """Let campaigns work; an only one may be told beside which others, for an explanation."""
        for lane in self._program.discount_lanes:
            if beside:
                self._note_beside(campaigns[0], beside, lane)
            here = [c for c in campaigns if lane.code in c.rewards_by_lane]
            if here:
                run_lane(lane, contenders(self.case, here, lane.code), self, self._combine)

    def _note_beside(
        self, only: CompiledCampaign, others: Sequence[CompiledCampaign], lane: CompiledLane
    ) -> None:
        """Note what those would have been granted alone whom the only one shuts out."""
        here = [c for c in others if c is not only and lane.code in c.rewards_by_lane]
        out = contenders(self.case, here, lane.code)
        if out:
            self.open_lane(lane)
            note_contest(lane, out, self)
            self.shut_out(out, only.code, "exclusive all")

    # --- Phase ----------------------------------------------------------------------------------

    def open_lane(self, lane: CompiledLane) -> None:
        """Prices stand as earlier lanes left them."""
        for line in self.case.lines:
            line.opened_minor = line.current_minor
        self._sums.added = {} if lane.adds_up else None
        self.portions = Portions(self.case, lane)

    def work(self, contender: Contender, field: Field) -> int:
        """Grant the wishes of a contender's rewards, one after the other."""
        granted = 0
        campaign = contender.campaign
        for compiled in contender.rewards:
            reward = cast("DiscountReward", compiled)
            portions = self.portions.of(campaign, reward, field)
            if portions is None:
                continue
            unbound = self.portions.unbound(campaign, reward, field, self._sums)
            wish = self._wish(reward, portions, self._sums)
            part, cut = 0, None
            if wish is not None:
                if unbound is not None:
                    wish.missing = 0
                part, cut = self._grant(campaign, reward, wish, field)
            granted += part
            if unbound is not None and part < unbound.wanted_minor:
                self._note_unbound(reward, unbound, part, cut)
        if granted:
            self.case.granted.add(contender.code)
        return granted

    def trial(self, contender: Contender, field: Field) -> Trial:
        """What a contender would be granted alone, without the program's limits and cap.

        Of one reward nothing has to be booked and taken back.
        """
        if len(contender.rewards) == 1:
            return self._trial_of_one(contender, field)
        before = self._save()
        cap, self._cap = self._cap, None
        limits, self._program_bounds = self._program_bounds, []
        total = self.work(contender, field)
        by_line = {}
        if total:
            for line, price, *_ in before[0]:
                if line.current_minor != price:
                    by_line[line] = price - line.current_minor
        self._cap = cap
        self._program_bounds = limits
        self._restore(before)
        return Trial(by_line, total, field.used_by(contender.code))

    def _trial_of_one(self, contender: Contender, field: Field) -> Trial:
        reward = cast("DiscountReward", contender.rewards[0])
        portions = self.portions.of(contender.campaign, reward, field)
        wish = None
        if portions is not None:
            wish = self._wish(reward, portions, self._sums.copy())
        if wish is None:
            return Trial({}, 0)
        granted = grant(reward, wish, self.bounds_of(contender.campaign))
        if not granted.total:
            return Trial({}, 0)
        by_line = {}
        used = {} if wish.used is None else dict(wish.used)
        for i, part in enumerate(granted.parts):
            if part:
                line = wish.portions[i].line
                by_line[line] = part
                if wish.used is None:
                    used[line] = wish.quantity_milli(i)
        return Trial(by_line, granted.total, used)

    def _wish(self, reward: DiscountReward, portions: list[Portion], sums: Sums) -> Wish | None:
        """Units may be missing where there are no lines at all: gifts to be added."""
        if portions or reward.counts_units:
            return reward.wish(self.case, portions, sums)
        return None

    def _combine(self, lane: CompiledLane, contenders: list[Contender]) -> None:
        """Find the best combination, and let each contender work on what it got.

        Unless the lane would take more off with another policy; then it works like that.
        """
        found = find_combination(lane, without_kept_away(lane, contenders, self), self)

        def combine() -> None:
            field = found.field()
            for contender in contenders:
                if contender.code in found.allotments and self.may_work(contender):
                    self.work(contender, field)

        ways = [combine, *[self._like(plain, contenders) for plain in lane.plain]]
        values = [self._value_of(way) for way in ways]
        value = max(values)
        ways[values.index(value)]()
        gap = max(found.at_most - value, 0)
        if value or gap:
            self.combinations.append(Combination(lane.code, value, gap))

    def _like(self, lane: CompiledLane, contenders: list[Contender]) -> Callable[[], None]:
        """A way to work: as a lane of another policy."""

        def work() -> None:
            self.portions = Portions(self.case, lane)
            run_policy(lane, contenders, self)

        return work

    def _value_of(self, way: Callable[[], None]) -> int:
        """What a way to work takes off, without the program's limits and cap; taken back."""
        before = self._save()
        portions = self.portions
        cap, self._cap = self._cap, None
        limits, self._program_bounds = self._program_bounds, []
        way()
        value = sum(price - line.current_minor for line, price, *_ in before[0])
        self._cap = cap
        self._program_bounds = limits
        self.portions = portions
        self._restore(before)
        return value

    # --- Granting -------------------------------------------------------------------------------

    def _grant(
        self, campaign: CompiledCampaign, reward: DiscountReward, wish: Wish, field: Field
    ) -> tuple[int, Cut | None]:
        """Cut a wish to what fits, and book it; what is granted, and the cut if there was one."""
        code = campaign.code
        if wish.missing:
            self.gifts.append(Gift(code, reward.lane, list(reward.skus), wish.missing))
        bounds = self.bounds_of(campaign)
        cap = self._cap if self._cap is not None and not reward.on_delivery else None
        common = [*bounds, *self._program_bounds]
        if cap is not None:
            common.append(cap)
        granted = grant(reward, wish, common)
        cut = None
        if granted.total < wish.total:
            cut = self._note_cut(code, reward, wish, granted)
        if not granted.total:
            return 0, cut
        for bound in bounds:
            bound.left -= granted.total
        for bound in self._program_bounds:
            bound.left -= granted.total
        if cap is not None:
            cap.left -= granted.total
            if len(self.case.counted) < len(self.case.lines):
                # Of a set with a delivery charge in it, that part does not use the cap up.
                for i, part in enumerate(granted.parts):
                    if not wish.portions[i].line.counted:
                        cap.left += part
        self.by_campaign[code] = self.by_campaign.get(code, 0) + granted.total
        self._book(code, reward, wish, granted, field)
        return granted.total, cut

    def _book(
        self, code: str, reward: DiscountReward, wish: Wish, granted: Granted, field: Field
    ) -> None:
        worked = self.worked.setdefault(code, {})
        lane, rates, wanted = reward.lane, wish.rates, granted.wanted
        spreads = wish.rule is not None
        is_apart, is_tracked = self.portions.by_opening, field.is_tracked
        for i, part in enumerate(granted.parts):
            if not part:
                continue
            line = wish.portions[i].line
            line.current_minor -= part
            line.room_minor -= part
            if spreads:
                line.spread_minor += part
            rate_bp = rates[i] if rates is not None else 0
            line.discounts.append(
                LineDiscount(code, lane, wish.base_minor(i), rate_bp, wanted[i], part)
            )
            if is_apart:
                self.portions.book(code, line, part)
            if is_tracked:
                field.granted(code, line)
            if wish.used is None:
                quantity = wish.quantity_milli(i)
                if quantity > worked.get(line, 0):
                    worked[line] = quantity
                if is_tracked:
                    field.use(code, line, quantity)
        for line, used in wish.used or ():
            field.use(code, line, used)
            if used > worked.get(line, 0):
                worked[line] = used

    def bounds_of(self, campaign: CompiledCampaign) -> list[Bound]:
        """What bounds the totals of a campaign's rewards beside the program."""
        bounds = self._bounds.get(campaign.code)
        if bounds is None:
            bounds = self._bounds[campaign.code] = campaign_bounds(self.case, campaign)
        return bounds

    def _note_cut(self, code: str, reward: DiscountReward, wish: Wish, granted: Granted) -> Cut:
        assert granted.by is not None, "something cut"
        limit = ""
        if granted.by is CutBy.LIMIT and granted.cut_by is not None:
            limit = granted.cut_by.limit
            self.limits_cut.add((granted.cut_by.campaign, limit))
        cut = Cut(code, reward.lane, granted.by, limit, wish.total, granted.total)
        self.cuts.append(cut)
        return cut

    def _note_unbound(
        self, reward: DiscountReward, unbound: Unbound, granted: int, cut: Cut | None
    ) -> None:
        """Show what was wanted without limits of units; if nothing else cut, they did."""
        if cut is not None:
            cut.wanted_minor = unbound.wanted_minor
            return
        self.limits_cut.add((unbound.campaign, unbound.limit))
        self.cuts.append(
            Cut(
                unbound.campaign,
                reward.lane,
                CutBy.LIMIT,
                unbound.limit,
                unbound.wanted_minor,
                granted,
            )
        )

    # --- Coming back ----------------------------------------------------------------------------

    def _save(self) -> Saved:
        return (
            [
                (line, line.current_minor, line.room_minor, line.spread_minor, len(line.discounts))
                for line in self.case.lines
            ],
            dict(self.by_campaign),
            {code: [bound.left for bound in bounds] for code, bounds in self._bounds.items()},
            [bound.left for bound in self._program_bounds],
            self._cap.left if self._cap is not None else 0,
            (len(self.cuts), len(self.gifts), len(self.combinations)),
            self._sums.copy(),
            {code: dict(lines) for code, lines in self.worked.items()},
            (dict(self.portions.granted), set(self.limits_cut), set(self.case.granted)),
            self.noted(),
        )

    def _restore(self, saved: Saved) -> None:
        lines, by_campaign, bounds, program, cap, lengths, sums, worked, sets, noted = saved
        self.forget(noted)
        for line, current, room, spread, discounts in lines:
            line.current_minor = current
            line.room_minor = room
            line.spread_minor = spread
            del line.discounts[discounts:]
        self.by_campaign = by_campaign
        self._bounds = {code: self._bounds[code] for code in bounds}
        for code, lefts in bounds.items():
            for bound, left in zip(self._bounds[code], lefts, strict=True):
                bound.left = left
        for bound, left in zip(self._program_bounds, program, strict=True):
            bound.left = left
        if self._cap is not None:
            self._cap.left = cap
        for notes, length in zip((self.cuts, self.gifts, self.combinations), lengths, strict=True):
            del cast("list[object]", notes)[length:]
        self._sums = sums
        self.worked = worked
        self.portions.granted, self.limits_cut, granted = sets
        self.case.granted.clear()
        self.case.granted.update(granted)


Saved = tuple[
    "list[tuple[CanonicalLine, int, int, int, int]]",
    "dict[str, int]",
    "dict[str, list[int]]",
    "list[int]",
    int,
    "tuple[int, int, int]",
    Sums,
    "dict[str, dict[CanonicalLine, int]]",
    "tuple[dict[tuple[str, CanonicalLine], int], set[tuple[str, str]], set[str]]",
    Noted,
]
