"""Near-miss offers: "120.00 more and you save 300.00", only where it is really so.

For each nearly applied campaign that lacks an amount or a quantity the receipt is completed, and
evaluated again: goods that the condition counts are bought as before, one of them (the cheapest)
more often; where the condition counts all goods, any other article for the missing amount.

Two things are then true of what an offer says is saved, and it is the smaller of them:

- it is what the campaign itself takes off: the completed receipt costs so much more with this
  campaign closed (what other campaigns give on it is not this one's);
- it is what the customer gains over the receipt as it is: the completed one costs so much less
  than that and the shelf price of what was added (what others lose by it is not forgotten).

The offer is made if this is above 0, the campaign applies, and no sale is refused. It costs two
evaluations.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.case import open_case
from checkout.engine.conditions.receipt import AmountCompares, QuantityCompares
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.manual import grant_manual
from checkout.engine.receipt import LINES_MAX, Line
from checkout.engine.schema.document import Comparison
from checkout.primitives import (
    AMOUNT_MAX_MINOR,
    QUANTITY_MAX_MILLI,
    UNIT_MILLI,
    divide_up,
    line_amount_minor,
)

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt

#: What stands for "anything else" on a completed receipt: an article that no rule names.
ANY_SKU: Final = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An offer: buy so much more (of an article, or of anything), and save so much.

    `saving_minor` is what the campaign takes off the larger receipt; at most what that costs less
    than the smaller one and the goods that were added, at their shelf price.
    """

    campaign: str
    name: str
    sku: str
    missing_minor: int
    missing_milli: int
    saving_minor: int


def near_misses(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt, outcome: Outcome
) -> list[NearMiss]:
    """The offers that an outcome's nearly applied campaigns make, by code."""
    case, program = open_case(snapshot, facts, receipt)
    grant_manual(program, case)
    found = []
    for unmet in outcome.nearly:
        for part in program.by_code[unmet.campaign].parts:
            if isinstance(part, AmountCompares | QuantityCompares) and not part.holds(case):
                more = _completed(case, part, receipt)
                offer = more and _offer(snapshot, facts, outcome, unmet.campaign, more)
                if offer:
                    found.append(offer)
    return found


@dataclass(frozen=True, slots=True)
class _Completed:
    """A receipt on which more is bought, and what."""

    receipt: Receipt
    sku: str
    amount_minor: int
    quantity_milli: int


def _completed(
    case: Case, part: AmountCompares | QuantityCompares, receipt: Receipt
) -> _Completed | None:
    """The receipt with as much more as the condition lacks; none if that cannot be."""
    if part.compare not in (Comparison.AT_LEAST, Comparison.MORE_THAN):
        return None
    missing = part.bound - part.value(case) + (part.compare is Comparison.MORE_THAN)
    lines = [
        line
        for line in case.meant_by(part.selector)
        if line.price_minor and not line.weighed and not line.no_discount
    ]
    if part.selector is None and isinstance(part, AmountCompares):
        if len(receipt.lines) >= LINES_MAX or missing > AMOUNT_MAX_MINOR:
            return None
        position = max(line.position for line in receipt.lines) + 1
        line = Line(
            position=position,
            sku=ANY_SKU,
            quantity_milli=UNIT_MILLI,
            price_minor=missing,
            amount_minor=missing,
        )
        more = dataclasses.replace(receipt, lines=(*receipt.lines, line))
        return _Completed(more, "", missing, 0)
    if not lines:
        return None
    cheapest = min(lines, key=lambda line: line.price_minor).till_lines[0]
    if isinstance(part, AmountCompares):
        units = divide_up(missing, cheapest.price_minor)
    else:
        units = divide_up(missing, UNIT_MILLI)
    quantity = cheapest.quantity_milli + units * UNIT_MILLI
    if quantity > QUANTITY_MAX_MILLI:
        return None
    amount = units * cheapest.price_minor
    bought = dataclasses.replace(
        cheapest,
        quantity_milli=quantity,
        amount_minor=cheapest.amount_minor + amount,
    )
    if abs(bought.amount_minor - line_amount_minor(bought.price_minor, quantity)) > 1:
        return None
    changed = tuple(bought if line is cheapest else line for line in receipt.lines)
    more = dataclasses.replace(receipt, lines=changed)
    return _Completed(more, cheapest.sku, amount, units * UNIT_MILLI)


def _offer(
    snapshot: CompiledSnapshot, facts: Facts, before: Outcome, code: str, more: _Completed
) -> NearMiss | None:
    """The offer, if the campaign itself makes the completed receipt worth its price."""
    after = evaluate(snapshot, facts, more.receipt, Explain.NONE)
    applied = {campaign.code: campaign.name for campaign in after.applied}
    gained = _price_minor(before) + more.amount_minor - _price_minor(after)
    if code not in applied or gained <= 0 or after.refused:
        return None
    stopped = dataclasses.replace(facts, stopped=facts.stopped | {code})
    closed = evaluate(snapshot, stopped, more.receipt, Explain.NONE)
    saving = min(gained, _price_minor(closed) - _price_minor(after))
    if saving <= 0:
        return None
    return NearMiss(code, applied[code], more.sku, more.amount_minor, more.quantity_milli, saving)


def _price_minor(outcome: Outcome) -> int:
    """What the goods cost after discounts, however it is paid."""
    return (
        outcome.amount_minor
        - outcome.external_discount_minor
        - outcome.manual_discount_minor
        - outcome.discount_minor
    )
