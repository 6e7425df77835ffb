"""What a receipt counts for its member, less what came back: of all goods, and of categories.

Money is what was paid for the lines, without points and certificates, less what was given back.
Points are those that the lines earned in the program's first currency, by the shares that have not
come back. A category was visited while a line of it is left. Categories are those of the rules in
force when the receipt is counted, not of those it was sold with: it is counted anew from the whole
receipt each time, so that nothing is left of one that came back, whatever became of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from checkout.engine.tilllines import till_lines
from checkout.engine.windows import DayTotal
from checkout.flows.answers import ConfirmAnswer, CreditAnswer, load_answer
from checkout.primitives import share_down

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.catalogue import Catalogue
    from checkout.engine.outcome import Outcome
    from checkout.ledger.visit_rows import Uncounted


def counted(
    receipt: Uncounted, categories: Iterable[str], catalogue: Catalogue
) -> dict[str, DayTotal]:
    """What is left of a receipt, by category; of all goods under an empty one."""
    outcome = _outcome(receipt)
    found = {category: DayTotal() for category in ("", *categories)}
    sold = {s.position: s.quantity_milli for line in outcome.lines for s in line.shares}
    if {position: quantity for position, (quantity, _) in receipt.returned.items()} == sold:
        # What lines gave back may lie on others than those that paid it: the rest is priced anew.
        return found
    ancestry = _Ancestry(receipt, catalogue)
    for line in till_lines(outcome):
        quantity, money_minor = receipt.returned.get(line.position, (0, 0))
        left = sold[line.position] - quantity
        points_minor = sum(
            each.points_minor - share_down(each.points_minor, quantity, sold[line.position])
            for each in line.points
            if each.currency == outcome.currency
        )
        above = ancestry.of(line.position, line.sku) if len(found) > 1 else ()
        for category in ("", *(each for each in above if each in found)):
            total = found[category]
            total.spend_minor += line.payable_minor - money_minor
            total.points_minor += points_minor
            total.visits = max(total.visits, int(left > 0))
    return found


class _Ancestry:
    """The categories of lines: by the catalogue, else as the till sent them."""

    def __init__(self, receipt: Uncounted, catalogue: Catalogue) -> None:
        self._receipt = receipt
        self._catalogue = catalogue
        self._sent: dict[int, str] | None = None

    def of(self, position: int, sku: str) -> tuple[str, ...]:
        product = self._catalogue.product(sku)
        category = product.category if product is not None else self._as_sent(position)
        return self._catalogue.ancestry(category)

    def _as_sent(self, position: int) -> str:
        if self._sent is None:
            lines = orjson.loads(self._receipt.content)["receipt"]["lines"]
            self._sent = {line["position"]: line["category"] for line in lines}
        return self._sent[position]


def _outcome(receipt: Uncounted) -> Outcome:
    if receipt.credit_answer is not None:
        credit = load_answer(receipt.credit_answer)
        assert isinstance(credit, CreditAnswer), "a credit has its answer"
        return credit.outcome
    answer = load_answer(receipt.answer)
    assert isinstance(answer, ConfirmAnswer), "a receipt's answer is that of its confirm"
    assert answer.outcome is not None, "a confirmed sale has an outcome"
    return answer.outcome
