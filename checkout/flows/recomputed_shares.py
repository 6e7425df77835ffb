"""What so much of a receipt is worth when it comes back: what it cost less what the rest costs.

The rule "recomputed" (``docs/rules.md`` §9): what stays is evaluated anew under the receipt's own
snapshot and facts (`checkout.engine.staying`). What is due follows from the quantities that have
come back in all, as by stored shares; but it may be less than was due before, since a rest can
cost more than a larger one did. Nothing that was settled is asked back: then the step is floored,
and what was given too early is taken off what comes later. What has been settled is kept with the
purchase.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from checkout.engine.schema.limits import Measure
from checkout.engine.schema.returns import ReturnPolicy
from checkout.engine.staying import evaluate_staying
from checkout.engine.tilllines import till_lines
from checkout.flows.returned_shares import Floored, Returned, ReturnedLine, SoldReceipt
from checkout.flows.returned_totals import FreeBudget, Totals, earned_by, totals_between
from checkout.flows.sale import load_content
from checkout.flows.sale_facts import load_facts
from checkout.flows.views import Unevaluated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import Outcome
    from checkout.engine.tilllines import TillLine
    from checkout.ledger.rows import BudgetUse, LimitUse, PurchaseKey
    from checkout.ledger.sale_book import SoldContent

_TOTALS: Final = TypeAdapter(Totals)


@dataclass(slots=True, kw_only=True)
class Recomputed(Returned):
    """What has come back of a receipt whose rest is evaluated anew."""

    totals: Totals

    def taken_back(self, gift: str, count: int) -> int:
        """All when everything has come back, else what the rest does not use or give."""
        return count if self.is_all else min(self.totals.gifts.get(gift, 0), count)


class RecomputedReceipt(SoldReceipt):
    """A confirmed receipt whose rest is evaluated anew."""

    policy = ReturnPolicy.RECOMPUTED

    def __init__(self, outcome: Outcome, rest: Callable[[Mapping[int, int]], Outcome]) -> None:
        """Take its outcome, and what says what is left of it when so much has come back."""
        super().__init__(outcome)
        self._rest = rest

    def between(
        self, before: Mapping[int, int], after: Mapping[int, int], settled: Mapping[str, Any]
    ) -> tuple[Recomputed, Recomputed]:
        """What had been settled before a return, and what is after it: never less."""
        due_before, due = self._due(before), self._due(after)
        had = _TOTALS.validate_python(settled)
        return (
            _returned(due_before, had, is_all=False),
            _returned(due, due.totals.at_least(had), is_all=self._is_all(after)),
        )

    def limit_uses(self, use: LimitUse, limit: CompiledLimit | None, returned: Returned) -> int:
        """How much of a limit's use is free again: an interval never, else what the rest leaves."""
        assert isinstance(returned, Recomputed), "it is this receipt's"
        if limit is not None and limit.measure is Measure.INTERVAL:
            return 0
        if returned.is_all:
            return use.uses
        key = f"{use.campaign_code}/{use.limit_code}/{use.sku}"
        return min(returned.totals.limits.get(key, 0), use.uses)

    def budget_uses(self, use: BudgetUse, returned: Returned) -> tuple[int, int]:
        """Money and uses of a budget that are free again: what the rest leaves."""
        assert isinstance(returned, Recomputed), "it is this receipt's"
        if returned.is_all:
            return use.discount_minor, use.uses
        free = returned.totals.budgets.get(use.campaign_code, FreeBudget())
        return min(free.discount_minor, use.discount_minor), min(free.uses, use.uses)

    def _due(self, back: Mapping[int, int]) -> _Due:
        """What so many thousandths of each position are worth when nothing was settled before."""
        if not any(back.values()):
            return _Due()
        rest = None if self._is_all(back) else self._rest(back)
        stay = {line.position: line for line in till_lines(rest)} if rest is not None else {}
        lines = {
            position: _difference(line, stay.get(position), back.get(position, 0))
            for position, line in self._lines.items()
        }
        return _Due(lines, totals_between(self._outcome, rest))


@dataclass(slots=True)
class _Due:
    lines: dict[int, ReturnedLine] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)


def receipt_of(
    snapshot: CompiledSnapshot,
    policy: ReturnPolicy,
    purchase: PurchaseKey,
    content: SoldContent,
    outcome: Outcome,
    *,
    as_paid: bool = False,
) -> SoldReceipt:
    """A receipt under the policy of its program; by stored shares where it cannot be evaluated.

    Whether it can is looked at when first something of it comes back, and then stays so. It cannot
    if it was accepted `as_paid`, after its hold had ended.
    """
    if policy is ReturnPolicy.STORED_SHARES:
        return SoldReceipt(outcome)
    receipt, paid = load_content(content.content)
    if paid is not None or (as_paid and not purchase.settled):
        return _by_shares(outcome, Unevaluated.PRICED_BY_TILL)
    if purchase.credit_id is not None:
        return _by_shares(outcome, Unevaluated.CREDITED_LATER)
    facts = load_facts(content.facts)

    def rest(back: Mapping[int, int]) -> Outcome:
        return evaluate_staying(snapshot, facts, receipt, outcome, back)

    if not purchase.settled and (purchase.returned or not _is_as_sold(rest({}), outcome)):
        return _by_shares(outcome, Unevaluated.NOT_AS_SOLD)
    return RecomputedReceipt(outcome, rest)


def settled_of(returned: Returned) -> dict[str, Any]:
    """What the purchase keeps of what has come back; nothing by stored shares."""
    return asdict(returned.totals) if isinstance(returned, Recomputed) else {}


def _by_shares(outcome: Outcome, why: Unevaluated) -> SoldReceipt:
    sold = SoldReceipt(outcome)
    sold.unevaluated = why
    return sold


def _is_as_sold(again: Outcome, outcome: Outcome) -> bool:
    """Whether a receipt of which nothing has come back costs, pays and earns what it did."""
    return (
        earned_by(again) == earned_by(outcome)
        and totals_between(outcome, again) == totals_between(outcome, outcome)
        and all(
            _difference(line, line_again, 0) == ReturnedLine()
            for line, line_again in zip(till_lines(outcome), till_lines(again), strict=True)
        )
    )


def _returned(due: _Due, totals: Totals, *, is_all: bool) -> Recomputed:
    lines = due.lines.values()
    return Recomputed(
        is_all=is_all,
        lines=due.lines,
        money_minor=totals.money_minor,
        points_value_minor=totals.points_value_minor,
        certificates_minor=totals.certificates_minor,
        points_spent=totals.points_spent,
        points_earned=totals.points_earned,
        certificates=totals.certificates,
        floored=Floored(
            totals.money_minor - due.totals.money_minor,
            totals.points_value_minor - sum(line.points_value_minor for line in lines),
            totals.certificates_minor - sum(line.certificates_minor for line in lines),
        ),
        is_floored=totals != due.totals,
        totals=totals,
    )


def _difference(line: TillLine, rest: TillLine | None, back_milli: int) -> ReturnedLine:
    """What a position cost and earned less what stays of it does."""
    found = ReturnedLine(
        back_milli,
        line.payable_minor,
        line.points_value_minor,
        line.certificates_minor,
        _start(line),
        _by_campaign(line),
        line.points_earned_minor,
    )
    if rest is not None:
        found.money_minor -= rest.payable_minor
        found.points_value_minor -= rest.points_value_minor
        found.certificates_minor -= rest.certificates_minor
        found.amount_minor -= _start(rest)
        found.points_earned_minor -= rest.points_earned_minor
        for campaign, discount_minor in _by_campaign(rest).items():
            found.discounts[campaign] = found.discounts.get(campaign, 0) - discount_minor
    found.discounts = {campaign: off for campaign, off in found.discounts.items() if off}
    return found


def _start(line: TillLine) -> int:
    """The price of a position before discounts of campaigns."""
    return line.amount_minor - line.external_discount_minor - line.manual_discount_minor


def _by_campaign(line: TillLine) -> dict[str, int]:
    found: Counter[str] = Counter()
    for discount in line.discounts:
        found[discount.campaign] += discount.granted_minor
    return found
