"""Paying with points: how much the rules allow, what is granted.

On which lines (``docs/rules.md`` §4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import Redemption
from checkout.primitives import allocate, divide_up, percent_down
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.schema.program import PointCurrency


def points_value_minor(currency: PointCurrency, points_minor: int) -> int:
    """What points are worth in money, down."""
    return points_minor * currency.value_minor // currency.value_points_minor


def fewest_points_minor(currency: PointCurrency, value_minor: int) -> int:
    """The fewest points that are worth a value which some number of points is worth exactly."""
    return divide_up(value_minor * currency.value_points_minor, currency.value_minor)


def redeem(program: CompiledProgram, case: Case) -> Redemption:
    """Decide on the points to pay with, and book their value on the lines."""
    currency = program.document.currency
    member = case.member
    balance = member.points.get(currency.code, 0) if member is not None else 0
    asked = case.receipt.points_to_spend
    if not balance and not asked:
        return Redemption(currency.code, 0, 0, 0, 0, 0, "")
    lines, caps = _line_caps(program, case)
    payable = sum(line.current_minor for line in case.lines)
    bound = min(sum(caps), max(payable - program.document.redemption.min_money_minor, 0))
    most = min(
        max(balance, 0),
        ((bound + 1) * currency.value_points_minor - 1) // currency.value_minor,
    )
    max_value = points_value_minor(currency, most)
    max_points = fewest_points_minor(currency, max_value)
    wanted = max_points if asked == "max" else asked
    refused = _refusal(case, wanted, balance, points_value_minor(currency, wanted), max_value)
    if refused or not wanted:
        return Redemption(currency.code, max_points, max_value, wanted, 0, 0, refused)
    value = points_value_minor(currency, wanted)
    points = fewest_points_minor(currency, value)
    parts = allocate(value, caps, caps)
    shares = allocate(points, parts, [points] * len(parts))
    for line, part, share in zip(lines, parts, shares, strict=True):
        line.points_value_minor = part
        line.points_spent_minor = share
    return Redemption(currency.code, max_points, max_value, wanted, points, value, "")


def _line_caps(program: CompiledProgram, case: Case) -> tuple[list[CanonicalLine], list[int]]:
    """The lines that may be paid with points, and up to how much."""
    redemption = program.document.redemption
    lines, caps = [], []
    for line in case.counted:
        if line.no_points:
            continue
        rate_bp = redemption.rate_bp
        for selector, cap_rate_bp in program.goods_caps:
            if selector in line.selectors:
                rate_bp = cap_rate_bp
                break
        lines.append(line)
        caps.append(percent_down(line.current_minor, rate_bp))
    return lines, caps


def _refusal(case: Case, wanted: int, balance: int, value: int, max_value: int) -> str:
    """The first reason against paying with so many points, or an empty text."""
    if not wanted:
        return ""
    if case.member is None:
        return Reason.MEMBER_REQUIRED.value
    if wanted > balance:
        return Reason.INSUFFICIENT_POINTS.value
    if value > max_value:
        return Reason.POINTS_ABOVE_MAXIMUM.value
    return ""
