"""Laws of what stays of a receipt, in generated worlds with rules of every form.

Their range: sales that could be made, so of which no limit refused anything, and no points.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from checkout.engine.evaluate import evaluate
from checkout.engine.schema.rewards import Part
from checkout.engine.staying import evaluate_staying
from checkout.engine.tilllines import till_lines
from tests.oracle.running import FACTS, RECEIPT
from tests.property.law_cases import SALES_PER_WORLD, WORLDS, Case, cases
from tests.walls import part_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt


#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall


class Sale(NamedTuple):
    """A sale as the engine takes it, and what it came to."""

    case: Case
    facts: Facts
    receipt: Receipt
    outcome: Outcome

    def rest(self, back: dict[int, int]) -> Outcome:
        """What stays of it when so much has come back."""
        return evaluate_staying(self.case.snapshot, self.facts, self.receipt, self.outcome, back)

    @property
    def program(self) -> CompiledProgram:
        """The rules of its store."""
        snapshot = self.case.snapshot
        return snapshot.programs[snapshot.stores[self.receipt.store].program]


def sales(law: str, worlds: int = WORLDS) -> Iterator[Sale]:
    """Generated sales that could be made."""
    for case in cases(law, worlds):
        facts = FACTS.validate_python(case.facts)
        receipt = RECEIPT.validate_python(case.receipt)
        outcome = evaluate(case.snapshot, facts, receipt)
        if not outcome.refused and not outcome.redemption.refused:
            yield Sale(case, facts, receipt, outcome)


def some_of(receipt: Receipt, chance: random.Random) -> dict[int, int]:
    """Some pieces of it, by position; empty where that would be nothing or everything."""
    back = {
        line.position: min(1_000 * chance.randint(0, 2), line.quantity_milli)
        for line in receipt.lines
    }
    is_all = all(back[line.position] == line.quantity_milli for line in receipt.lines)
    return {} if is_all else {position: milli for position, milli in back.items() if milli}


def test_what_nothing_has_come_back_of_comes_out_as_it_was_sold() -> None:
    """The bounds of a rest change nothing of the whole: what each line costs, pays and earns.

    Hardly ever another offer wins once one with a bound, which was granted nothing, is out of its
    way. Such a receipt goes by its stored shares.
    """
    judged = discounted = others = 0
    for sale in sales("whole"):
        sold, again = sale.outcome, sale.rest({})
        if parts_of(sold) == parts_of(again):
            judged += 1
            discounted += sold.discount_minor > 0
        else:
            others += 1
    assert judged > WORLDS * SALES_PER_WORLD / 2
    assert discounted > judged / 10
    assert others <= judged / 500


def parts_of(outcome: Outcome) -> list[object]:
    """What it costs, pays and earns, by position."""
    return [
        *(
            (
                *(line.position, line.payable_minor, line.discount_minor),
                *(line.points_value_minor, line.points_earned_minor, line.certificates_minor),
            )
            for line in till_lines(outcome)
        ),
        outcome.payable_minor,
        outcome.redemption.points_minor,
        outcome.earned,
    ]


def test_a_rest_takes_no_more_than_the_receipt_took() -> None:
    """No more points, of no certificate, budget or limit more.

    But for limits on units of campaigns that gave something, and money of budgets that is given
    whole or not at all, or by campaigns that had given points alone.
    """
    judged: Counter[str] = Counter()
    for sale in sales("rest", 3 * WORLDS):
        back = some_of(sale.receipt, sale.case.chance)
        if not back:
            continue
        sold, rest = sale.outcome, sale.rest(back)
        assert rest.redemption.points_minor <= sold.redemption.points_minor
        judged["points"] += rest.redemption.points_minor > 0
        paid = {each.code: each for each in sold.certificates}
        for each in rest.certificates:
            assert each.units <= paid[each.code].units
            assert each.units or each.paid_minor <= paid[each.code].paid_minor
            judged["certificates"] += each.paid_minor > 0
        budgets = {claim.campaign: claim for claim in sold.budget_claims}
        for claim in rest.budget_claims:
            assert claim.uses <= budgets[claim.campaign].uses
            gave_minor = budgets[claim.campaign].discount_minor
            if is_cut_by_money(sale.program, claim.campaign) and gave_minor:
                assert claim.discount_minor <= gave_minor
                judged["money"] += 1
            judged["budgets"] += 1
        limits = sale.program.limits_by_ref
        taken = {(use.campaign, use.limit, use.slot): use.uses for use in sold.limit_claims}
        for use in rest.limit_claims:
            limit = limits[use.campaign, use.limit]
            if limit.counts_goods and limit.campaign_code:
                continue
            assert use.uses <= taken[use.campaign, use.limit, use.slot]
            judged["limits"] += 1
    assert all(
        judged[what] > part_of(20) for what in ("points", "certificates", "budgets", "limits")
    )
    assert judged["money"] > part_of(5)


def is_cut_by_money(program: CompiledProgram, campaign: str) -> bool:
    """Whether a campaign has a budget of money of which the last part fits."""
    budget = program.by_code[campaign].budget
    return budget is not None and budget.above is Part.PART and budget.discount_minor is not None
