"""An outcome rendered per till line.

What the till prints and returns go by (``docs/rules.md`` §7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.fiscal import printed_lines
from checkout.engine.outcome_lines import LineDiscount, LinePoints
from checkout.primitives import allocate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.fiscal import PrintedLine
    from checkout.engine.outcome import Outcome
    from checkout.engine.outcome_lines import OutcomeLine, TillShare


@dataclass(slots=True)
class TillLine:
    """One position of the receipt after everything; earned are points of the first currency.

    `printed`, if the program wants it, is the line for a fiscal printer: what is paid for it in
    money, points and certificates, which are tenders, so before their value is taken off.
    """

    position: int
    sku: str
    amount_minor: int
    external_discount_minor: int
    manual_discount_minor: int
    discount_minor: int
    points_value_minor: int
    points_earned_minor: int
    certificates_minor: int
    payable_minor: int
    discounts: list[LineDiscount]
    points: list[LinePoints]
    printed: list[PrintedLine]


def till_lines(outcome: Outcome) -> list[TillLine]:
    """Every position, in order; sums over them are the receipt's sums, before cash rounding."""
    lines = [till_line for line in outcome.lines for till_line in _split(line, outcome)]
    lines.sort(key=lambda line: line.position)
    return lines


def _split(line: OutcomeLine, outcome: Outcome) -> Iterator[TillLine]:
    if len(line.shares) == 1:
        share = line.shares[0]
        yield TillLine(
            share.position,
            line.sku,
            line.amount_minor,
            line.external_discount_minor,
            line.manual_discount_minor,
            line.discount_minor,
            line.points_value_minor,
            line.points_earned_minor,
            line.certificates_minor,
            line.payable_minor,
            line.discounts,
            line.points,
            _printed(outcome, share, line.payable_minor),
        )
        return
    payables = [
        share.amount_minor
        - share.external_discount_minor
        - share.manual_discount_minor
        - share.discount_minor
        - share.points_value_minor
        - share.certificates_minor
        for share in line.shares
    ]
    discounts = _discounts(line)
    points = _points(line, payables)
    for i, share in enumerate(line.shares):
        yield TillLine(
            share.position,
            line.sku,
            share.amount_minor,
            share.external_discount_minor,
            share.manual_discount_minor,
            share.discount_minor,
            share.points_value_minor,
            sum(part.points_minor for part in points[i] if part.currency == outcome.currency),
            share.certificates_minor,
            payables[i],
            discounts[i],
            points[i],
            _printed(outcome, share, payables[i]),
        )


def _printed(outcome: Outcome, share: TillShare, payable_minor: int) -> list[PrintedLine]:
    if not outcome.fiscal_lines:
        return []
    tendered = payable_minor + share.points_value_minor + share.certificates_minor
    return printed_lines(tendered, share.quantity_milli)


def _discounts(line: OutcomeLine) -> list[list[LineDiscount]]:
    """Each reward's discount over what is left of the till lines' discounts, one after another."""
    left = [share.discount_minor for share in line.shares]
    discounts: list[list[LineDiscount]] = [[] for _ in line.shares]
    for reward in line.discounts:
        parts = allocate(reward.granted_minor, left, left)
        wants = allocate(reward.wanted_minor, parts, [reward.wanted_minor] * len(parts))
        for i, (part, want) in enumerate(zip(parts, wants, strict=True)):
            left[i] -= part
            if part:
                discounts[i].append(
                    LineDiscount(
                        reward.campaign,
                        reward.lane,
                        reward.base_minor,
                        reward.rate_bp,
                        want,
                        part,
                    )
                )
    return discounts


def _points(line: OutcomeLine, payables: list[int]) -> list[list[LinePoints]]:
    """Each reward's points in proportion to what the till lines have left to pay."""
    points: list[list[LinePoints]] = [[] for _ in line.shares]
    for earned in line.points:
        parts = allocate(earned.points_minor, payables, [earned.points_minor] * len(payables))
        for i, part in enumerate(parts):
            if part:
                points[i].append(
                    LinePoints(
                        earned.campaign,
                        earned.lane,
                        earned.currency,
                        earned.base_minor,
                        earned.rate_bp,
                        part,
                    )
                )
    return points
