"""``evaluate(snapshot, facts, receipt) -> outcome``: the order of steps.

canonical lines → discounts by hand → candidates from the indexes → conditions, limits and budgets →
discount lanes → passes → paying with points → certificates → accrual lanes → what follows (claims,
coupons, issues, nearly applied, messages). Each step is one module; the rules are in
``docs/rules.md``. Work grows with the campaigns that the receipt reaches, not with those that
exist.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from checkout.engine.accrual import AccrualPhase
from checkout.engine.candidates import candidates, judge, late_lacked, unmet
from checkout.engine.case import open_case
from checkout.engine.cash_rounding import rounding_minor
from checkout.engine.certificates import Certificates
from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.explanation import considered
from checkout.engine.follows.applied import Given
from checkout.engine.follows.claims import budget_claims, limit_claims
from checkout.engine.follows.coupons import coupon_results
from checkout.engine.follows.issues import issued
from checkout.engine.follows.messages import messages
from checkout.engine.follows.refused_sales import refused_sales
from checkout.engine.lanes.discounts import DiscountPhase
from checkout.engine.manual import grant_manual
from checkout.engine.outcome import AppliedCampaign, Outcome
from checkout.engine.outcome_lines import OutcomeLine
from checkout.engine.redemption import redeem

if TYPE_CHECKING:
    from checkout.engine.candidates import Verdict
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.conditions.words import Words
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Redemption, Unmet
    from checkout.engine.receipt import Receipt

#: Nearly applied campaigns that an outcome names.
NEARLY_MAX: Final = 10


class Explain(enum.StrEnum):
    """How much an outcome explains.

    `none`: what applied and what was cut. `applied`: nearly applied campaigns, too. `full`: every
    candidate.
    """

    NONE = "none"
    APPLIED = "applied"
    FULL = "full"


def evaluate(
    snapshot: CompiledSnapshot,
    facts: Facts,
    receipt: Receipt,
    explain: Explain = Explain.APPLIED,
    about: str = "",
    *,
    words: Words = AS_WRITTEN,
) -> Outcome:
    """What the receipt costs, what may be paid with points, what is earned and said, and why.

    A full explanation covers the campaign `about`, too, if no index reaches it, and is told in
    `words`.

    Raises:
        KeyError: the snapshot has no such store; callers have checked.
    """
    case, program = open_case(snapshot, facts, receipt)
    manual_cuts = grant_manual(program, case)
    full = explain is Explain.FULL
    reached = candidates(program, case, whole=full)
    verdicts = [judge(campaign, case) for campaign in reached]
    campaigns = sorted(
        (v.campaign for v in verdicts if v.is_open), key=lambda campaign: campaign.order
    )
    case.open(campaigns)
    discounts = DiscountPhase(program, case, campaigns, explains=full)
    discounts.run()
    certificates = Certificates(program, case) if receipt.certificates else None
    if certificates is not None:
        certificates.spend_passes()
    paid = redeem(program, case)
    redemption = paid.redemption
    if certificates is not None:
        certificates.spend_money()
    accrual = AccrualPhase(program, case, campaigns, snapshot.currency.exponent, explains=full)
    accrual.run(redemption.points_minor)
    given = Given(case, campaigns, discounts, accrual, program)
    refused = refused_sales(program, case) if program.limits else []
    limits_cut = given.limits_cut() | paid.limits_cut | {("", each.limit) for each in refused}
    limits_cut.update(verdict.used_up for verdict in verdicts if verdict.used_up is not None)
    outcome = outcome_of(snapshot, program, case, given, redemption, limits_cut, certificates)
    outcome.cuts = [*manual_cuts, *discounts.cuts, *accrual.cuts]
    outcome.combinations = discounts.combinations
    outcome.gifts = discounts.gifts
    outcome.refused = refused
    if explain is not Explain.NONE:
        outcome.nearly = _nearly(case, verdicts, given)
    if full:
        outcome.considered = considered(program, case, reached, given, discounts, about, words)
    return outcome


def outcome_of(
    snapshot: CompiledSnapshot,
    program: CompiledProgram,
    case: Case,
    given: Given,
    redemption: Redemption,
    limits_cut: set[tuple[str, str]],
    certificates: Certificates | None = None,
) -> Outcome:
    """What follows from what was given and paid, without what explains how it came about."""
    amount = external = manual = by_certificate = 0
    for line in case.lines:
        amount += line.amount_minor
        external += line.external_discount_minor
        manual += line.manual_discount_minor
        by_certificate += line.certificates_minor
    discount = given.total_discount_minor()
    payable = amount - external - manual - discount - redemption.value_minor - by_certificate
    rounding = rounding_minor(program.document.cash_rounding, case.receipt.tenders, payable)
    return Outcome(
        amount_minor=amount,
        external_discount_minor=external,
        manual_discount_minor=manual,
        discount_minor=discount,
        points_value_minor=redemption.value_minor,
        rounding_minor=rounding,
        payable_minor=payable - rounding,
        points_earned_minor=given.total_points_minor(),
        currency=program.main_currency.code,
        redemption=redemption,
        # Before the certificates: it spreads over the till lines what they have paid.
        lines=[_outcome_line(line) for line in case.lines],
        applied=[
            AppliedCampaign(
                c.code, c.name, given.discount_minor(c.code), given.points_minor(c.code)
            )
            for c in given.applied
        ],
        cuts=[],
        combinations=[],
        gifts=[],
        earned=given.accrual.earned,
        issued=issued(case, given),
        refused=[],
        nearly=[],
        coupons=coupon_results(program, case, given),
        messages=messages(program, case, given, limits_cut, snapshot.currency.exponent),
        limit_claims=limit_claims(program, case, given, redemption),
        budget_claims=budget_claims(given),
        certificates_minor=by_certificate,
        certificates=certificates.results() if certificates is not None else [],
        fiscal_lines=program.document.fiscal_lines,
        gifts_missed=given.gifts.missed,
    )


def _outcome_line(line: CanonicalLine) -> OutcomeLine:
    """A canonical line after everything."""
    return OutcomeLine(
        line.sku,
        line.quantity_milli,
        line.amount_minor,
        line.external_discount_minor,
        line.manual_discount_minor,
        line.start_minor - line.current_minor,
        line.points_value_minor,
        line.points_spent_minor,
        line.points_earned_minor,
        line.discounts,
        line.points,
        line.shares(),
        line.certificates_minor,
    )


def _nearly(case: Case, verdicts: list[Verdict], given: Given) -> list[Unmet]:
    """Campaigns that failed one condition, late ones judged at the end, by code."""
    nearly = []
    for verdict in verdicts:
        campaign, lacked = verdict.campaign, verdict.lacked
        if verdict.is_open and campaign.late_parts and not given.has(campaign.code):
            lacked = late_lacked(campaign, case)
        if lacked is not None:
            nearly.append((campaign, lacked))
    nearly.sort(key=lambda each: each[0].code)
    return [unmet(campaign, lacked, case) for campaign, lacked in nearly[:NEARLY_MAX]]
