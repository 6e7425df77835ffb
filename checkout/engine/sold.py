"""Receipts that have been sold already: prices stand, and what they earn is found.

`evaluate_sold` takes the discounts, points and certificates that a till gave and took by itself;
`evaluate_credit` replays the discounts of a guest's receipt, and lets a member who came later earn
on it. No price is decided here. The rules are in ``docs/rules.md`` §10.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checkout.engine.accrual import AccrualPhase
from checkout.engine.candidates import candidates, judge
from checkout.engine.case import Case, open_case
from checkout.engine.certificates import Certificates
from checkout.engine.evaluate import outcome_of
from checkout.engine.follows.applied import Given
from checkout.engine.lanes.discounts import DiscountPhase
from checkout.engine.manual import grant_manual
from checkout.engine.outcome import Redemption
from checkout.engine.outcome_lines import LineDiscount
from checkout.engine.redemption import points_value_minor, redeem
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.sold_certificates import TakenCertificates
from checkout.primitives import allocate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.follows.applied import Discounts
    from checkout.engine.outcome import BudgetClaim, LimitClaim, Outcome
    from checkout.engine.outcome_lines import TillShare
    from checkout.engine.receipt import Receipt
    from checkout.engine.taken_certificate import TakenCertificate


@dataclass(frozen=True, slots=True)
class SoldDiscount:
    """What the till took off a position under a campaign."""

    position: int
    campaign: str
    amount_minor: int


class SoldDiscounts:
    """Discounts that the till gave, booked on the lines."""

    def __init__(
        self, program: CompiledProgram, case: Case, discounts: Iterable[SoldDiscount]
    ) -> None:
        self.by_campaign: dict[str, int] = {}
        self.worked: dict[str, dict[CanonicalLine, int]] = {}
        self.limits_cut: set[tuple[str, str]] = set()
        #: By position: what its share of the line is, whatever the canonical form would make it.
        self.by_position: dict[int, int] = {}
        lines = {sold.position: line for line in case.lines for sold in line.till_lines}
        quantities = {sold.position: sold.quantity_milli for sold in case.receipt.lines}
        granted: dict[CanonicalLine, dict[str, int]] = {}
        for each in discounts:
            line, code, amount = lines[each.position], each.campaign, each.amount_minor
            on_line = granted.setdefault(line, {})
            on_line[code] = on_line.get(code, 0) + amount
            self.by_campaign[code] = self.by_campaign.get(code, 0) + amount
            before = self.by_position.get(each.position, 0)
            self.by_position[each.position] = before + amount
            worked = self.worked.setdefault(code, {})
            worked[line] = worked.get(line, 0) + quantities[each.position]
        for line, by_code in granted.items():
            base = line.start_minor
            for code in sorted(by_code, key=lambda code: program.by_code[code].order):
                lane = _discount_lane(program.by_code[code])
                amount = by_code[code]
                line.discounts.append(LineDiscount(code, lane, base, 0, amount, amount))
                line.current_minor -= amount
                line.room_minor = max(line.room_minor - amount, 0)
        case.granted.update(self.by_campaign)


def evaluate_sold(
    snapshot: CompiledSnapshot,
    facts: Facts,
    receipt: Receipt,
    discounts: Iterable[SoldDiscount],
    points_minor: int,
    certificates: Iterable[TakenCertificate] = (),
    *,
    hands_out: bool = True,
) -> Outcome:
    """What follows from a sale of which the prices stand.

    `discounts` name campaigns of the program and positions of the receipt; with `points_minor` so
    many points have been paid, and with `certificates`, which the facts know, so much of them.
    Discounts by hand count as the till gave them. Nothing is cut: limits and budgets are claimed as
    far as they were used, see `overruns_of`. No gifts are given unless somebody `hands_out` what
    the sale brings.

    Raises:
        KeyError: the snapshot has no such store, the program no such campaign, or the receipt no
            such position; callers have checked.
    """
    case, program = open_case(snapshot, facts, receipt)
    for line in case.lines:
        line.grant_manually(line.manual_wanted_minor)
    sold = SoldDiscounts(program, case, discounts)
    campaigns = _open_campaigns(program, case, also=sold.by_campaign)
    taken = TakenCertificates(case, certificates)
    taken.pay_positions()
    redemption = _paid(program, case, points_minor)
    taken.pay_the_rest()
    outcome = _earn(snapshot, program, case, campaigns, sold, redemption)
    _share_as_given(case, outcome, sold, taken)
    if not hands_out:
        outcome.issued = [each for each in outcome.issued if each.kind != "give_gift"]
        outcome.gifts_missed = []
    return outcome


def evaluate_credit(
    snapshot: CompiledSnapshot,
    facts_then: Facts,
    facts_now: Facts,
    receipt: Receipt,
    discounts: Iterable[SoldDiscount] | None,
    certificates: Iterable[TakenCertificate] = (),
) -> Outcome:
    """A guest's receipt again, with what a member earns on it who is known now.

    Prices are those of `facts_then`: decided anew, which gives the same, or with `discounts` as the
    till gave them, and with the `certificates` that it took. `facts_now` say who earns, and what is
    left of limits and budgets.

    Raises:
        KeyError: as `evaluate_sold`.
    """
    case, program = open_case(snapshot, facts_then, receipt)
    given: Discounts
    if discounts is None:
        grant_manual(program, case)
        campaigns = _open_campaigns(program, case)
        phase = DiscountPhase(program, case, campaigns)
        phase.run()
        given = phase
    else:
        for line in case.lines:
            line.grant_manually(line.manual_wanted_minor)
        given = SoldDiscounts(program, case, discounts)
    shown, taken = None, TakenCertificates(case, certificates)
    if discounts is None and receipt.certificates:
        shown = Certificates(program, case)
        shown.spend_passes()
    taken.pay_positions()
    redemption = redeem(program, case).redemption
    if shown is not None:
        shown.spend_money()
    taken.pay_the_rest()
    for line in case.lines:
        program.goods.resolve(line, facts_now.member)
    # The codes that the receipt carried are its own still, though they have been used since; so are
    # its gifts.
    facts_now = replace(
        facts_now, coupon_series=facts_then.coupon_series, gifts_left=facts_then.gifts_left
    )
    later = Case(receipt, facts_now, case.store, case.lines, program.document.coupons)
    later.granted = case.granted
    open_now = _open_campaigns(program, later, also=given.by_campaign)
    outcome = _earn(snapshot, program, later, open_now, given, redemption, shown)
    outcome.issued, outcome.gifts_missed = [], []
    if isinstance(given, SoldDiscounts):
        _share_as_given(case, outcome, given, taken)
    return outcome


def overruns_of(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt, outcome: Outcome
) -> tuple[list[int], list[tuple[int, int]]]:
    """By how much each claim on a limit, and each on a budget (money, uses), goes too far.

    In the order of the outcome's claims. Intervals are not looked at: they bound no sum.
    """
    case, program = open_case(snapshot, facts, receipt)
    return (
        [_over_limit(program, case, claim) for claim in outcome.limit_claims],
        [_over_budget(program, facts, claim) for claim in outcome.budget_claims],
    )


def _over_limit(program: CompiledProgram, case: Case, claim: LimitClaim) -> int:
    limit = program.limits_by_ref[claim.campaign, claim.limit]
    if limit.is_interval:
        return 0
    _, _, sku = claim.slot.partition("/")
    return max(claim.uses - limit.left(case, sku), 0)


def _over_budget(program: CompiledProgram, facts: Facts, claim: BudgetClaim) -> tuple[int, int]:
    budget = program.by_code[claim.campaign].budget
    assert budget is not None, "only a budget is claimed"
    used = facts.budgets.get(claim.campaign)
    money, uses = (used.discount_minor, used.uses) if used is not None else (0, 0)
    over_minor = over_uses = 0
    if budget.discount_minor is not None:
        left = max(budget.discount_minor - money, 0)
        over_minor = max(claim.discount_minor - left, 0)
    if budget.uses is not None:
        over_uses = max(claim.uses - max(budget.uses - uses, 0), 0)
    return over_minor, over_uses


def _open_campaigns(
    program: CompiledProgram, case: Case, also: Iterable[str] = ()
) -> list[CompiledCampaign]:
    """Those that are open, and others that gave something, in order."""
    verdicts = [judge(campaign, case) for campaign in candidates(program, case)]
    found = {v.campaign.code: v.campaign for v in verdicts if v.is_open}
    case.open(found.values())
    found |= {code: program.by_code[code] for code in also}
    return sorted(found.values(), key=lambda campaign: campaign.order)


def _earn(
    snapshot: CompiledSnapshot,
    program: CompiledProgram,
    case: Case,
    campaigns: list[CompiledCampaign],
    discounts: Discounts,
    redemption: Redemption,
    certificates: Certificates | None = None,
) -> Outcome:
    """Accrual on prices that stand, and what follows."""
    earners = [c for c in campaigns if c.code in case.open_by_code]
    accrual = AccrualPhase(program, case, earners, snapshot.currency.exponent)
    accrual.run(redemption.points_minor)
    given = Given(case, campaigns, discounts, accrual, program)
    limits_cut = given.limits_cut()
    outcome = outcome_of(snapshot, program, case, given, redemption, limits_cut, certificates)
    outcome.cuts = accrual.cuts
    return outcome


def _paid(program: CompiledProgram, case: Case, points_minor: int) -> Redemption:
    """So many points have been paid: their value lies on lines that have something left to pay."""
    currency = program.redemption_currency
    value = points_value_minor(currency, points_minor)
    lines = case.lines
    left = [line.due_minor for line in lines]
    parts = allocate(value, left, left)
    shares = allocate(points_minor, left, [points_minor] * len(left))
    for line, part, share in zip(lines, parts, shares, strict=True):
        line.points_value_minor = part
        line.points_spent_minor = share
    return Redemption(
        currency.code, points_minor, value, points_minor, points_minor, value, refused=""
    )


def _share_as_given(
    case: Case, outcome: Outcome, sold: SoldDiscounts, taken: TakenCertificates
) -> None:
    """Each till line keeps what was given and taken for it, also where equal lines were merged.

    Discounts and what was taken for a position first; points and then the other certificates are
    spread by what is left to pay of each position.
    """
    for line, outcome_line in zip(case.lines, outcome.lines, strict=True):
        shares = outcome_line.shares
        for share, till in zip(shares, line.till_lines, strict=True):
            share.manual_discount_minor = till.manual_discount_minor
            share.discount_minor = sold.by_position.get(share.position, 0)
            share.points_value_minor = share.certificates_minor = 0
        taken.share_positions(line, shares)
        left = [_left_of(share) for share in shares]
        values = allocate(line.points_value_minor, left, left)
        for i, value in enumerate(values):
            shares[i].points_value_minor = value
            left[i] -= value
        taken.share_the_rest(line, shares, left)
    outcome.certificates = taken.results()


def _left_of(share: TillShare) -> int:
    """What of a position is left to pay so far."""
    return (
        share.amount_minor
        - share.external_discount_minor
        - share.manual_discount_minor
        - share.discount_minor
        - share.certificates_minor
    )


def _discount_lane(campaign: CompiledCampaign) -> str:
    """The lane of the first reward that takes money off; empty if the campaign has none."""
    for reward in campaign.rewards:
        if isinstance(reward, DiscountReward):
            return reward.lane
    return ""
