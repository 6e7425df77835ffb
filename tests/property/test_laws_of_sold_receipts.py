"""Laws of receipts whose prices stand: taking what the rules give as given changes nothing.

A sale that a till prices as the service would have is answered as the service would have answered
it; and a guest's receipt that is credited costs what it cost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.evaluate import evaluate
from checkout.engine.sold import SoldDiscount, evaluate_credit, evaluate_sold, overruns_of
from checkout.engine.taken_certificate import TakenCertificate
from checkout.engine.tilllines import till_lines
from tests.oracle.running import FACTS, RECEIPT
from tests.property.law_cases import Case, cases
from tests.walls import IS_WHOLE, part_of

if TYPE_CHECKING:
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

#: What is paid, line by line.
PAID = (
    "external_discount",
    "manual_discount",
    "discount",
    "points_value",
    "certificates",
    "payable",
)


def paid(outcome: Outcome) -> list[tuple[int, ...]]:
    return [
        (line.position, *(getattr(line, f"{name}_minor") for name in PAID))
        for line in till_lines(outcome)
    ]


def sold(receipt: Receipt, outcome: Outcome) -> tuple[Receipt, list[SoldDiscount]]:
    """The receipt and the discounts as a till would tell them that gave what the outcome says."""
    by_position = {line.position: line for line in till_lines(outcome)}
    lines = tuple(
        replace(line, manual_discount_minor=by_position[line.position].manual_discount_minor)
        for line in receipt.lines
    )
    given = [
        SoldDiscount(line.position, each.campaign, each.granted_minor)
        for line in by_position.values()
        for each in line.discounts
    ]
    return replace(receipt, lines=lines), given


def taken(outcome: Outcome) -> list[TakenCertificate]:
    """Certificates as a till would tell them that took what the outcome says."""
    return [
        TakenCertificate(each.code, part.paid_minor, part.position, part.units)
        for each in outcome.certificates
        for part in each.parts
        if part.paid_minor
    ]


def paid_with(outcome: Outcome) -> list[tuple[object, ...]]:
    """What each certificate paid; units that were worth nothing a till does not tell."""
    return [
        (each.code, each.series, each.paid_minor, [part for part in each.parts if part.paid_minor])
        for each in outcome.certificates
        if each.paid_minor
    ]


def is_spread_over_lines(case: Case) -> bool:
    """Whether a program tells spread discounts from others: tills do not."""
    programs = case.world.snapshot["programs"]
    return any(
        program.get("accrual", {}).get("base") == "without_receipt_discounts"
        for program in programs
    )


def rules_of(case: Case) -> tuple[Any, Any, Outcome]:
    facts, receipt = FACTS.validate_python(case.facts), RECEIPT.validate_python(case.receipt)
    return facts, receipt, evaluate(case.snapshot, facts, receipt)


def test_a_till_that_prices_as_the_rules_do_is_answered_as_the_service_would() -> None:
    """The same paid on each position, and the same earned; nothing goes beyond a bound."""
    seen = certificates = 0
    for case in cases("sold"):
        facts, receipt, outcome = rules_of(case)
        if is_spread_over_lines(case):
            continue
        told, discounts = sold(receipt, outcome)
        points = outcome.redemption.points_minor
        again = evaluate_sold(case.snapshot, facts, told, discounts, points, taken(outcome))
        assert again.certificates_minor == outcome.certificates_minor
        assert again.payable_minor == outcome.payable_minor
        assert again.points_value_minor == outcome.points_value_minor
        if points:
            # On which lines points were spent, which the rules may forbid, a till does not say.
            continue
        assert paid(again) == paid(outcome)
        assert paid_with(again) == paid_with(outcome)
        assert again.earned == outcome.earned
        assert again.applied == outcome.applied
        assert again.budget_claims == outcome.budget_claims
        _, over_budgets = overruns_of(case.snapshot, facts, receipt, again)
        assert not any(map(any, over_budgets))
        over_limits, _ = overruns_of(case.snapshot, facts, receipt, outcome)
        # Goods that a limit keeps from being sold have been sold all the same.
        assert outcome.refused or not any(over_limits)
        seen += bool(discounts) and bool(outcome.earned)
        certificates += bool(taken(outcome))
    if IS_WHOLE:  # a part of them may by chance have few
        assert seen > 30
        assert certificates > 30


def test_a_credit_costs_what_the_receipt_cost() -> None:
    """A guest's receipt that a member earns on later is paid as it was, in every world."""
    earned = of_tills = 0
    for case in cases("credit"):
        facts, receipt, _ = rules_of(case)
        receipt = replace(receipt, points_to_spend=0)
        guest = replace(facts, member=None, limit_uses={})
        before = evaluate(case.snapshot, guest, receipt)
        credited = evaluate_credit(case.snapshot, guest, facts, receipt, None)
        assert paid(credited) == paid(before)
        assert credited.payable_minor == before.payable_minor
        told, discounts = sold(receipt, before)
        if not is_spread_over_lines(case):
            of_till = evaluate_credit(case.snapshot, guest, facts, told, discounts, taken(before))
            assert of_till.earned == credited.earned
            of_tills += bool(credited.earned)
        assert not before.earned
        earned += bool(credited.earned)
    assert earned > part_of(100)
    assert of_tills > part_of(100)


def test_a_member_is_credited_what_the_same_sale_would_have_earned() -> None:
    """Where membership changes no price, the credit is what the sale would have earned."""
    seen = 0
    for case in cases("credited"):
        facts, receipt, _ = rules_of(case)
        receipt = replace(receipt, points_to_spend=0)
        guest = replace(facts, member=None)
        as_guest = evaluate(case.snapshot, guest, receipt)
        as_member = evaluate(case.snapshot, facts, receipt)
        if paid(as_guest) != paid(as_member) or as_guest.applied != [
            replace(each, points_minor=0)
            for each in as_member.applied
            if each.discount_minor or each.code in {a.code for a in as_guest.applied}
        ]:
            continue
        credited = evaluate_credit(case.snapshot, guest, facts, receipt, None)
        assert credited.earned == as_member.earned
        seen += bool(credited.earned)
    assert seen > part_of(30)
