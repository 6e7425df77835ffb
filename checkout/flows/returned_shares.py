"""What so much of a receipt is worth when it comes back: its stored shares, by position.

The rule "stored shares" (``docs/rules.md`` §9): everything follows from the receipt's own outcome
and from the quantity of each position that has come back in all. What one return gives back is the
difference between what is given back after it and before it; so neither the order of returns nor
how they are divided matters, and nothing is left when everything has come back. Shares are rounded
down until then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.engine.schema.limits import Measure
from checkout.engine.schema.returns import ReturnPolicy
from checkout.engine.tilllines import till_lines
from checkout.primitives import share_down

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import Outcome
    from checkout.engine.tilllines import TillLine
    from checkout.flows.views import Unevaluated
    from checkout.ledger.rows import BudgetUse, LimitUse


@dataclass(slots=True)
class ReturnedLine:
    """What of one position has come back, and what that is worth: in money, points, certificates.

    Where the rest is evaluated anew a position may be worth something of which nothing has come
    back, also less than nothing: what stays of it costs more than it did. Then it is said what that
    is made of: the price before discounts of ours, less these.
    """

    quantity_milli: int = 0
    money_minor: int = 0
    points_value_minor: int = 0
    certificates_minor: int = 0
    amount_minor: int = 0
    #: By campaign.
    discounts: dict[str, int] = field(default_factory=dict)
    #: Of the program's first currency.
    points_earned_minor: int = 0


def gift_of(kind: str, campaign: str, code: str) -> str:
    """Under which name it is counted what a sale used or gave: the kind, by whom, and its code."""
    return f"{kind}/{campaign}/{code}"


@dataclass(slots=True)
class BackToCertificate:
    """What goes back to one certificate or pass: money, or units of a pass worth that."""

    paid_minor: int = 0
    units: int = 0


@dataclass(frozen=True, slots=True)
class Floored:
    """How much more has been given back in all than the lines are worth, by what it was paid with.

    Below 0 in money where points or certificates were given back too early.
    """

    money_minor: int = 0
    points_value_minor: int = 0
    certificates_minor: int = 0


@dataclass(slots=True)
class Returned:
    """What has come back of a receipt so far, and all that belongs to it.

    Points are in the minor units of their currency; `points_spent` of the one that was paid with.
    """

    is_all: bool
    lines: dict[int, ReturnedLine] = field(default_factory=dict)
    #: Given back in money: what the lines add up to, but for the rounding of cash.
    money_minor: int = 0
    #: What was paid with points, and with certificates and passes, for what has come back.
    points_value_minor: int = 0
    certificates_minor: int = 0
    points_spent: int = 0
    #: By currency.
    points_earned: dict[str, int] = field(default_factory=dict)
    discounts: dict[str, int] = field(default_factory=dict)
    #: By campaign and currency.
    points_of: dict[tuple[str, str], int] = field(default_factory=dict)
    #: By what stands for the certificate in the outcome.
    certificates: dict[str, BackToCertificate] = field(default_factory=dict)
    floored: Floored = Floored()
    #: Whether anything of it is more than what has come back is worth.
    is_floored: bool = False

    def taken_back(self, gift: str, count: int) -> int:
        """How many of so many coupons used or things given by the sale come back; see `gift_of`."""
        del gift
        return count if self.is_all else 0


class SoldReceipt:
    """A confirmed receipt, by position."""

    policy = ReturnPolicy.STORED_SHARES
    #: Why it goes by stored shares though its program would have it evaluated anew.
    unevaluated: Unevaluated | None = None

    def __init__(self, outcome: Outcome) -> None:
        """Take its outcome as it was answered."""
        self._outcome = outcome
        self._lines = {line.position: line for line in till_lines(outcome)}
        #: Thousandths that were sold, by position.
        self.sold = {
            share.position: share.quantity_milli for line in outcome.lines for share in line.shares
        }

    def between(
        self, before: Mapping[int, int], after: Mapping[int, int], settled: Mapping[str, Any]
    ) -> tuple[Returned, Returned]:
        """What had come back before a return, and what has after it.

        `settled` is what earlier returns have left of it in the purchase; by stored shares none is
        needed.
        """
        del settled
        return self.returned(before), self.returned(after)

    def returned(self, quantities: Mapping[int, int]) -> Returned:
        """What belongs to so many thousandths of each position; positions without are left out."""
        is_all = self._is_all(quantities)
        found = Returned(is_all)
        for position, quantity in quantities.items():
            self._add(found, self._lines[position], quantity, self.sold[position])
        self._add_certificates(found)
        outcome = self._outcome
        in_lines = sum(line.money_minor for line in found.lines.values())
        # Of what cash rounding changed nothing is given back twice, and the customer never owes.
        found.money_minor = (
            outcome.payable_minor if is_all else min(in_lines, outcome.payable_minor)
        )
        lines = found.lines.values()
        found.points_value_minor = sum(line.points_value_minor for line in lines)
        found.certificates_minor = sum(line.certificates_minor for line in lines)
        paid = outcome.redemption
        if is_all:
            # Also those that a till took by itself, and that were too few to be worth anything.
            found.points_spent = paid.points_minor
        elif paid.value_minor:
            part = share_down(paid.points_minor, found.points_value_minor, paid.value_minor)
            found.points_spent = part
        return found

    def _is_all(self, quantities: Mapping[int, int]) -> bool:
        return all(quantities.get(p, 0) == sold for p, sold in self.sold.items())

    def _add(self, found: Returned, line: TillLine, quantity: int, sold: int) -> None:
        def part(whole: int) -> int:
            return share_down(whole, quantity, sold)

        found.lines[line.position] = ReturnedLine(
            quantity, part(line.payable_minor), part(line.points_value_minor)
        )
        for discount in line.discounts:
            before = found.discounts.get(discount.campaign, 0)
            found.discounts[discount.campaign] = before + part(discount.granted_minor)
        for points in line.points:
            earned = part(points.points_minor)
            before = found.points_earned.get(points.currency, 0)
            found.points_earned[points.currency] = before + earned
            key = (points.campaign, points.currency)
            found.points_of[key] = found.points_of.get(key, 0) + earned

    def _add_certificates(self, found: Returned) -> None:
        """What goes back to each certificate: of every position its share, down."""
        for paid in self._outcome.certificates:
            for part in paid.parts:
                line = found.lines.get(part.position)
                if line is None:
                    continue
                sold = self.sold[part.position]
                minor = share_down(part.paid_minor, line.quantity_milli, sold)
                back = found.certificates.setdefault(paid.code, BackToCertificate())
                back.paid_minor += minor
                back.units += share_down(part.units, line.quantity_milli, sold)
                line.certificates_minor += minor

    def limit_uses(self, use: LimitUse, limit: CompiledLimit | None, returned: Returned) -> int:
        """How much of a limit's use is free again.

        Purchases when everything has come back; an interval never; what is measured in discounts
        and points with them; units, quantities and amounts in proportion to the amounts of the
        lines. A limit that is no longer in the rules of the receipt counts like purchases.
        """
        measure = limit.measure if limit is not None else Measure.PURCHASES
        if measure is Measure.INTERVAL:
            return 0
        if returned.is_all:
            return use.uses
        return min(self._uses_so_far(use, measure, limit, returned), use.uses)

    def _uses_so_far(
        self, use: LimitUse, measure: Measure, limit: CompiledLimit | None, returned: Returned
    ) -> int:
        match measure:
            case Measure.PURCHASES | Measure.INTERVAL:
                return 0
            case Measure.DISCOUNT:
                given = returned.discounts
                return given.get(use.campaign_code, 0) if use.campaign_code else sum(given.values())
            case Measure.POINTS:
                currency = (limit.currency if limit is not None else None) or self._outcome.currency
                if use.campaign_code:
                    return returned.points_of.get((use.campaign_code, currency), 0)
                return returned.points_earned.get(currency, 0)
            case Measure.POINTS_SPENT:
                return returned.points_spent
            case Measure.UNITS | Measure.QUANTITY | Measure.AMOUNT:
                return self._in_proportion(use, returned)

    def budget_uses(self, use: BudgetUse, returned: Returned) -> tuple[int, int]:
        """Money and uses of a budget that are free again: the use when everything has come back."""
        if returned.is_all:
            return use.discount_minor, use.uses
        return min(returned.discounts.get(use.campaign_code, 0), use.discount_minor), 0

    def _in_proportion(self, use: LimitUse, returned: Returned) -> int:
        """By the amounts of the lines that the limit can have counted."""
        concerned = [
            line
            for line in self._lines.values()
            if (not use.sku or line.sku == use.sku)
            and (not use.campaign_code or _was_granted(line, use.campaign_code))
        ]
        whole = sum(line.amount_minor for line in concerned)
        back = sum(
            share_down(
                line.amount_minor,
                returned.lines[line.position].quantity_milli,
                self.sold[line.position],
            )
            for line in concerned
            if line.position in returned.lines
        )
        return share_down(use.uses, back, whole) if whole else 0


def _was_granted(line: TillLine, campaign: str) -> bool:
    granted = {each.campaign for each in line.discounts}
    return campaign in granted or any(each.campaign == campaign for each in line.points)
