"""``evaluate(snapshot, facts, receipt) -> outcome``: the order of steps.

canonical lines → candidates from the indexes → conditions, limits and budgets → discount lanes →
paying with points → accrual lanes → what follows (claims, coupons, nearly applied, messages). Each
step is one module; the rules are in ``docs/rules.md``. Work grows with the campaigns that the
basket reaches, not with those that exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.accrual import accrue
from checkout.engine.candidates import candidates, judge
from checkout.engine.canonical import canonical_lines
from checkout.engine.case import Case
from checkout.engine.lanes import DiscountRun, rewards_by_lane
from checkout.engine.outcome import (
    AppliedCampaign,
    BudgetClaim,
    CouponResult,
    CouponStatus,
    LimitClaim,
    Outcome,
    OutcomeLine,
    ShownMessage,
)
from checkout.engine.redemption import redeem
from checkout.primitives import fill_in, format_minor

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.receipt import Receipt

#: Nearly applied campaigns that an outcome names.
NEARLY_MAX: Final = 10


def evaluate(snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt) -> Outcome:
    """What the receipt costs, what may be paid with points, what is earned and said, and why.

    Raises:
        KeyError: the snapshot has no such store; callers have checked.
    """
    case, program = open_case(snapshot, facts, receipt)
    reached = candidates(program, case)
    verdicts = [judge(campaign, case) for campaign in reached]
    campaigns = sorted(
        (v.campaign for v in verdicts if v.is_open), key=lambda campaign: campaign.order
    )
    lanes = rewards_by_lane(campaigns)
    discounts = DiscountRun(program, case, campaigns)
    discounts.run(program, case, lanes)
    redemption = redeem(program, case)
    points = accrue(program, case, lanes, snapshot.currency.exponent, redemption.points_minor)
    applied = [c for c in campaigns if c.code in discounts.by_campaign or c.code in points]
    amount = sum(line.amount_minor for line in case.lines)
    external = sum(line.external_discount_minor for line in case.lines)
    discount = sum(discounts.by_campaign.values())
    return Outcome(
        amount_minor=amount,
        external_discount_minor=external,
        discount_minor=discount,
        points_value_minor=redemption.value_minor,
        payable_minor=amount - external - discount - redemption.value_minor,
        points_earned_minor=sum(points.values()),
        currency=program.document.currency.code,
        redemption=redemption,
        lines=[
            OutcomeLine(
                line.sku,
                line.quantity_milli,
                line.amount_minor,
                line.external_discount_minor,
                line.start_minor - line.current_minor,
                line.points_value_minor,
                line.points_spent_minor,
                line.points_earned_minor,
                line.discounts,
                line.points,
                line.shares(),
            )
            for line in case.lines
        ],
        applied=[
            AppliedCampaign(
                c.code, c.name, discounts.by_campaign.get(c.code, 0), points.get(c.code, 0)
            )
            for c in applied
        ],
        cuts=discounts.cuts,
        nearly=sorted(
            (v.unmet for v in verdicts if v.unmet is not None), key=lambda unmet: unmet.campaign
        )[:NEARLY_MAX],
        coupons=_coupons(program, case, applied),
        messages=_messages(snapshot, program, applied, discounts.by_campaign, points),
        limit_claims=_limit_claims(case, applied),
        budget_claims=[
            BudgetClaim(c.code, discounts.by_campaign.get(c.code, 0), 1)
            for c in applied
            if c.budget is not None
        ],
    )


def open_case(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt
) -> tuple[Case, CompiledProgram]:
    """The receipt in canonical form, with the goods of each line resolved."""
    store = snapshot.stores[receipt.store]
    program = snapshot.programs[store.program]
    lines = canonical_lines(receipt.lines)
    for line in lines:
        if line.counted:
            line.resolve(program.goods)
    return Case(receipt, facts, store, lines), program


def budgeted_candidates(snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt) -> list[str]:
    """Codes of reached campaigns that have a budget.

    What a confirming transaction locks before it evaluates.
    """
    case, program = open_case(snapshot, facts, receipt)
    return sorted(c.code for c in candidates(program, case) if c.budget is not None)


def _coupons(
    program: CompiledProgram, case: Case, applied: list[CompiledCampaign]
) -> list[CouponResult]:
    if not case.coupons:
        return []
    used = {code for campaign in applied for code in campaign.coupons}
    results = []
    for code in sorted(case.coupons):
        named = program.by_coupon_named.get(code)
        if code in used:
            status = CouponStatus.APPLIED
        elif named is None:
            status = CouponStatus.UNKNOWN
        elif not any(campaign.schedule.dates_hold(case.moment) for campaign in named):
            status = CouponStatus.NOT_IN_FORCE
        else:
            status = CouponStatus.NOT_APPLICABLE
        results.append(CouponResult(code, status))
    return results


def _limit_claims(case: Case, applied: list[CompiledCampaign]) -> list[LimitClaim]:
    return [
        LimitClaim(c.code, limit.code, case.moment.slot_start(limit.period), 1, limit.uses)
        for c in applied
        for limit in c.limits
    ]


def _messages(
    snapshot: CompiledSnapshot,
    program: CompiledProgram,
    applied: list[CompiledCampaign],
    discounts: dict[str, int],
    points: dict[str, int],
) -> list[ShownMessage]:
    shown = []
    for campaign in applied:
        for message in campaign.document.messages:
            text = message.text
            if "{" in text:
                discount = format_minor(discounts.get(campaign.code, 0), snapshot.currency.exponent)
                earned = format_minor(
                    points.get(campaign.code, 0), program.document.currency.exponent
                )
                text = fill_in(
                    text, {"campaign": campaign.name, "discount": discount, "points": earned}
                )
            shown.append(ShownMessage(message.place.value, campaign.code, text))
    return shown
