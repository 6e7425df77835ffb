"""What stays of a receipt when goods of it have come back, evaluated anew.

Rules, moment and facts are those of the sale, and so are its bounds: what stays is paid with no
more points, and no more of each certificate, than the receipt was, and takes no more of a limit or
budget than the receipt took. So whatever it comes to, the difference only ever comes back. The
rules are in ``docs/rules.md`` §9.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checkout.engine.candidates import candidates
from checkout.engine.case import open_case
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.facts import BudgetUse
from checkout.engine.limits import UNIT_MEASURES
from checkout.engine.outcome import BudgetClaim
from checkout.engine.receipt import PresentedCertificate
from checkout.engine.schema.limits import Measure
from checkout.engine.schema.rewards import Part
from checkout.primitives import share_down

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
    from checkout.engine.facts import Facts, MemberState
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Line, Receipt


def evaluate_staying(
    snapshot: CompiledSnapshot,
    facts: Facts,
    receipt: Receipt,
    sold: Outcome,
    back: Mapping[int, int],
) -> Outcome:
    """What the rest of a receipt comes to; `back` are thousandths that came back, by position.

    `facts` and `receipt` are those of the sale, and `sold` is what it came to.

    Raises:
        ValueError: nothing stays.
    """
    staying = staying_receipt(receipt, sold, back)
    if not staying.lines:
        raise ValueError("nothing stays of the receipt")
    case, program = open_case(snapshot, facts, staying)
    facts = replace(
        facts,
        member=_spends_no_more(facts.member, sold),
        limit_uses=_takes_no_more(program, case, sold),
        budgets=_gives_no_more(candidates(program, case), facts, sold),
    )
    return evaluate(snapshot, facts, staying, Explain.NONE)


def staying_receipt(receipt: Receipt, sold: Outcome, back: Mapping[int, int]) -> Receipt:
    """The rest of a receipt, to be paid as far as may be with what it was paid with."""
    spent = [(each.code, each.units or each.paid_minor) for each in sold.certificates]
    return replace(
        receipt,
        lines=tuple(
            _rest_of(line, back.get(line.position, 0))
            for line in receipt.lines
            if back.get(line.position, 0) < line.quantity_milli
        ),
        points_to_spend="max" if sold.redemption.points_minor else 0,
        certificates=tuple(
            PresentedCertificate(code=code, at_most=most) for code, most in spent if most
        ),
    )


def _rest_of(line: Line, back_milli: int) -> Line:
    """A line less what of it belongs to the quantity that came back, rounded down."""
    if not back_milli:
        return line

    def rest(whole: int) -> int:
        return whole - share_down(whole, back_milli, line.quantity_milli)

    amount, external = rest(line.amount_minor), rest(line.external_discount_minor)
    return replace(
        line,
        quantity_milli=line.quantity_milli - back_milli,
        amount_minor=amount,
        external_discount_minor=external,
        # Rounded one by one, both together may be more than the amount.
        manual_discount_minor=min(rest(line.manual_discount_minor), amount - external),
    )


def _spends_no_more(member: MemberState | None, sold: Outcome) -> MemberState | None:
    """The member with just the points that the receipt was paid with."""
    paid = sold.redemption
    if member is None or not paid.points_minor:
        return member
    return replace(member, points={**member.points, paid.currency: paid.points_minor})


def _takes_no_more(program: CompiledProgram, case: Case, sold: Outcome) -> dict[str, int]:
    """The use of limits so far, with no more left of each than the receipt took.

    Of limits on units of campaigns that gave something all is left that was, since they also say
    which units are meant; these are bounded by the goods that stay.
    """
    uses = dict(case.facts.limit_uses)
    gave = {campaign.code for campaign in sold.applied}
    taken: dict[tuple[str, str], int] = {}
    for claim in sold.limit_claims:
        ref = claim.campaign, claim.limit
        taken[ref] = taken.get(ref, 0) + claim.uses
    limits = list(program.limits)
    for campaign in candidates(program, case):
        limits += campaign.limits
    for limit in limits:
        own = taken.get((limit.campaign_code, limit.code), 0)
        chooses = limit.measure in UNIT_MEASURES and limit.campaign_code in gave
        if limit.is_counted and not limit.refuses_sale and not chooses:
            for sku in {line.sku for line in case.lines} if limit.each_sku else ("",):
                _leave(uses, limit, limit.slot(case, sku), own)
    return uses


def _leave(uses: dict[str, int], limit: CompiledLimit, slot: str, own: int) -> None:
    """Leave so much of a slot of a limit; an interval that the receipt did not begin is full."""
    key = f"{limit.campaign_code}/{limit.code}/{slot}"
    if limit.measure is not Measure.INTERVAL:
        uses[key] = max(uses.get(key, 0), limit.bound - own)
    elif not own:
        uses[key] = 0


def _gives_no_more(
    campaigns: list[CompiledCampaign], facts: Facts, sold: Outcome
) -> dict[str, BudgetUse]:
    """The use of budgets so far, with no more left of each than the receipt took.

    Of money out of one that gives nothing where it would be too little, all is left that was: how
    much was wished for is more than what was given.
    """
    taken = {claim.campaign: claim for claim in sold.budget_claims}
    budgets = dict(facts.budgets)
    for campaign in campaigns:
        budget = campaign.budget
        if budget is None:
            continue
        own = taken.get(campaign.code, BudgetClaim(campaign.code, 0, 0))
        used = budgets.get(campaign.code, BudgetUse())
        money, uses = used.discount_minor, used.uses
        # A budget of which nothing is left closes its campaign, also one that gave points alone.
        is_cut = budget.above is Part.PART and own.discount_minor
        if budget.discount_minor is not None and (is_cut or not own.uses):
            money = max(money, budget.discount_minor - own.discount_minor)
        if budget.uses is not None:
            uses = max(uses, budget.uses - own.uses)
        budgets[campaign.code] = BudgetUse(discount_minor=money, uses=uses)
    return budgets
