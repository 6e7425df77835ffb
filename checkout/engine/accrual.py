"""Earning points, after everything else is known (``docs/rules.md`` §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.phase import Phase, Trial, contenders
from checkout.engine.lanes.policies import run_lane
from checkout.engine.limits import allowed_quantities, binding_limit
from checkout.engine.outcome import Cut, CutBy
from checkout.engine.outcome_lines import LinePoints
from checkout.engine.points.earned import earned_points
from checkout.engine.points.grant import PointGrant
from checkout.engine.points.rounding import PointSums
from checkout.engine.points.tally import PointTally
from checkout.engine.rewards.points import PointReward, PointTerms
from checkout.engine.rewards.portion import Portion
from checkout.engine.schema.rewards import ReducedGoods

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.lanes.field import Field
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.lanes.phase import Contender
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import EarnedPoints
    from checkout.engine.points.dates import EarningDates, Told


class AccrualPhase(Phase):
    """The accrual lanes of one receipt, and what they gave.

    `earned` by currency and dates, `by_campaign` by currency; `worked` holds the largest quantity,
    in thousandths, of each line on which a campaign was granted something, `limits_cut` the limits
    that cut a reward: campaign (empty: the program) and code.
    """

    __slots__ = (
        "cuts",
        "earned",
        "limits_cut",
        "program",
        "worked",
        "_bases",
        "_campaigns",
        "_given",
        "_main",
        "_money_exponent",
        "_program_limits",
        "_tally",
        "_terms",
    )

    def __init__(
        self,
        program: CompiledProgram,
        case: Case,
        campaigns: list[CompiledCampaign],
        money_exponent: int,
        *,
        explains: bool = False,
    ) -> None:
        """Take the open campaigns, which come in order; nothing is given yet."""
        super().__init__(case, explains=explains)
        self.program = program
        self.cuts: list[Cut] = []
        self.earned: list[EarnedPoints] = []
        self.limits_cut: set[tuple[str, str]] = set()
        self.worked: dict[str, dict[CanonicalLine, int]] = {}
        self._campaigns = campaigns
        self._main = program.main_currency.code
        self._money_exponent = money_exponent
        self._bases: dict[CanonicalLine, int] = {}
        self._given: dict[tuple[str, Told], int] = {}
        self._terms: dict[str, PointTerms] = {}
        self._tally = PointTally(PointSums(program.points_rounding, program.points_level), {})
        self._program_limits = [
            limit
            for limit in program.limits
            if limit.on_points and not limit.refuses_sale and limit.in_force(case)
        ]

    @property
    def by_campaign(self) -> dict[str, dict[str, int]]:
        """Points by campaign and currency, in minor units; only campaigns that gave some."""
        return self._tally.by_campaign

    def run(self, points_spent_minor: int) -> None:
        """Work through the accrual lanes, unless the receipt earns nothing."""
        case, program = self.case, self.program
        if case.member is None or (points_spent_minor and not program.earns_when_spent):
            return
        for lane in program.accrual_lanes:
            found = contenders(case, self._campaigns, lane.code)
            if found:
                if not self._bases:
                    self._bases = _bases(program, case)
                run_lane(lane, found, self)
        self.earned = earned_points(self._given, tuple(program.currencies))

    def open_lane(self, lane: CompiledLane) -> None:
        """Nothing changes between accrual lanes: prices stand after all discounts."""

    def work(self, contender: Contender, field: Field) -> int:
        """Let a contender's rewards give points, and book them on the lines."""
        points = 0
        for reward in contender.rewards:
            assert isinstance(reward, PointReward)
            portions = self._portions(contender.campaign, reward, field)
            unbound = self._unbound(contender.campaign, reward, field)
            grant = self._grant(contender.campaign, reward, portions, self._tally)
            self._note_cut(reward, grant, unbound)
            if grant is not None and grant.points_minor:
                points += grant.points_minor
                self._book(reward, grant, field)
        if points:
            self.case.granted.add(contender.code)
        return points

    def trial(self, contender: Contender, field: Field) -> Trial:
        """What the contender would give from here, without the program's limits."""
        tally = self._tally.copy()
        by_line: dict[CanonicalLine, int] = {}
        total = 0
        for reward in contender.rewards:
            assert isinstance(reward, PointReward)
            portions = self._portions(contender.campaign, reward, field)
            grant = self._grant(contender.campaign, reward, portions, tally, trial=True)
            if grant is None:
                continue
            total += grant.points_minor
            for portion, points in zip(portions, grant.parts(), strict=True):
                if points:
                    by_line[portion.line] = by_line.get(portion.line, 0) + points
        return Trial(by_line, total)

    def _portions(
        self,
        campaign: CompiledCampaign,
        reward: PointReward,
        field: Field,
        *,
        limited: bool = True,
    ) -> list[Portion]:
        """What the reward works on: lines that have a base, as far as they are open to it."""
        bases = self._bases
        lines = [line for line in self.case.meant_by(reward.selector) if line in bases]
        if not reward.counts_reduced:
            open_lines = [line for line in lines if not line.reduced]
            if reward.reduced_goods is ReducedGoods.REFUSE and len(open_lines) < len(lines):
                return []
            lines = open_lines
        allowed = allowed_quantities(campaign, self.case) if limited else None
        if allowed is None and field.whole:
            return [Portion(line, line.quantity_milli, bases[line], 0) for line in lines]
        portions = []
        for line in lines:
            whole = line.quantity_milli
            quantity = field.open_milli(campaign.code, line)
            if allowed is not None:
                quantity = min(quantity, allowed.get(line, whole))
            if quantity > 0:
                portions.append(Portion(line, quantity, bases[line], 0))
        return portions

    def _grant(
        self,
        campaign: CompiledCampaign,
        reward: PointReward,
        portions: list[Portion],
        tally: PointTally,
        *,
        trial: bool = False,
    ) -> PointGrant | None:
        """What a reward is granted; none if it wishes nothing. The tally knows it afterwards."""
        case = self.case
        if not portions or self._dates(reward).are_over(case.moment.date):
            return None
        currency = reward.currency or self._main
        wish = reward.wish(case, portions, self._terms_of(currency))
        if wish is None:
            return None
        wishes = tally.sums.rounded(currency, wish, tally.room(currency))
        grant = PointGrant(currency, portions, wishes, wish.rates_bp)
        if not grant.wanted_minor:
            return None
        if reward.maximum_minor is not None and grant.wanted_minor > reward.maximum_minor:
            grant.bound(0 if reward.above_is_nothing else reward.maximum_minor, CutBy.MAXIMUM)
        for limit in campaign.limits:
            if limit.on_points and limit.counts_in(currency, self._main) and limit.in_force(case):
                given = tally.given_by(campaign.code, currency)
                grant.bound(limit.left(case) - given, CutBy.LIMIT, limit)
        if not trial:
            for limit in self._program_limits:
                if limit.counts_in(currency, self._main):
                    grant.bound(limit.left(case) - tally.given(currency), CutBy.LIMIT, limit)
        if grant.points_minor:
            tally.add(campaign.code, currency, grant.points_minor)
        return grant

    def _unbound(
        self, campaign: CompiledCampaign, reward: PointReward, field: Field
    ) -> tuple[CompiledLimit, int] | None:
        """The limit of units that binds a reward, and what it would wish without any."""
        allowed = allowed_quantities(campaign, self.case)
        if allowed is None:
            return None
        free = self._portions(campaign, reward, field, limited=False)
        bound = [p.line for p in free if allowed.get(p.line, p.quantity_milli) < p.quantity_milli]
        if not bound:
            return None
        grant = self._grant(campaign, reward, free, self._tally.copy(), trial=True)
        wanted = grant.wanted_minor if grant is not None else 0
        return binding_limit(campaign, self.case, bound[0]), wanted

    def _note_cut(
        self,
        reward: PointReward,
        grant: PointGrant | None,
        unbound: tuple[CompiledLimit, int] | None,
    ) -> None:
        """Show what was granted less than was wanted, and the limit that cut, if it was one."""
        cut = grant.cut(reward.campaign, reward.lane) if grant is not None else None
        limit = grant.limit if grant is not None else None
        if unbound is not None:
            binding, wanted = unbound
            granted = grant.points_minor if grant is not None else 0
            if granted < wanted and cut is None:
                limit = binding
                cut = Cut(reward.campaign, reward.lane, CutBy.LIMIT, binding.code, wanted, granted)
            elif cut is not None and granted < wanted:
                cut.wanted_minor = wanted
        if cut is not None:
            self.cuts.append(cut)
            if limit is not None:
                self.limits_cut.add((limit.campaign_code, limit.code))

    def _book(self, reward: PointReward, grant: PointGrant, field: Field) -> None:
        """Put the points on the lines, and under their dates."""
        campaign, lane, currency = reward.campaign, reward.lane, grant.currency
        key = (currency, self._dates(reward).told)
        self._given[key] = self._given.get(key, 0) + grant.points_minor
        worked = self.worked.setdefault(campaign, {})
        is_main = currency == self._main
        for i, points in enumerate(grant.parts()):
            if not points:
                continue
            portion, rate_bp = grant.portions[i], grant.rates_bp[i]
            line, quantity = portion.line, portion.quantity_milli
            if is_main:
                line.points_earned_minor += points
            line.points.append(
                LinePoints(campaign, lane, currency, portion.base_minor, rate_bp, points)
            )
            field.granted(campaign, line)
            if quantity > worked.get(line, 0):
                worked[line] = quantity

    def _dates(self, reward: PointReward) -> EarningDates:
        """The reward's dates, or else the program's."""
        return reward.dates or self.program.earning_dates

    def _terms_of(self, currency: str) -> PointTerms:
        """The factors of a currency, worked out once for the receipt."""
        terms = self._terms.get(currency)
        if terms is None:
            member = self.case.member
            terms = self._terms[currency] = PointTerms(
                currency,
                self.program.currencies[currency].exponent,
                self._money_exponent,
                self.program.multiplier_bp(member.tier if member is not None else ""),
            )
        return terms


def _bases(program: CompiledProgram, case: Case) -> dict[CanonicalLine, int]:
    """The lines that earn, with their bases."""
    after, before = program.earns_after_discounts, program.earns_before_discounts
    meant = case.counted
    if program.accrual_selector is not None:
        meant = case.meant_by(program.accrual_selector)
    bases = {}
    for line in meant:
        if line.no_points or not line.counted:
            continue
        if after:
            base = line.current_minor
        elif before:
            base = line.start_minor
        else:
            base = line.current_minor + line.spread_minor
        if program.earns_not_on_points:
            base -= line.points_value_minor
        if program.earns_not_on_certificates:
            base -= line.certificates_minor
        bases[line] = max(base, 0)
    return bases
