"""Paying with points: how much the rules allow, what is granted, on which lines.

The rules are in ``docs/rules.md`` §4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import Redemption
from checkout.engine.schema.limits import Measure
from checkout.primitives import allocate, divide_up, percent_down
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.schema.program import PointCurrency


class PointsPaid:
    """What is paid with points, and the limits that cut it: campaign (empty) and code."""

    __slots__ = ("limits_cut", "redemption")

    def __init__(self, redemption: Redemption, limits_cut: set[tuple[str, str]]) -> None:
        """Keep both."""
        self.redemption = redemption
        self.limits_cut = limits_cut


def points_value_minor(currency: PointCurrency, points_minor: int) -> int:
    """What points are worth in money, down."""
    return points_minor * currency.value_minor // currency.value_points_minor


def fewest_points_minor(currency: PointCurrency, value_minor: int) -> int:
    """The fewest points that are worth a value which some number of points is worth exactly."""
    return divide_up(value_minor * currency.value_points_minor, currency.value_minor)


def redeem(program: CompiledProgram, case: Case) -> PointsPaid:
    """Decide on the points to pay with, and book their value on the lines."""
    currency = program.redemption_currency
    member = case.member
    balance = max(member.points.get(currency.code, 0), 0) if member is not None else 0
    earns_only = (
        member is not None and member.identified_by in program.document.redemption.earn_only
    )
    if earns_only:
        balance = 0
    asked = case.receipt.points_to_spend
    if not balance and not asked:
        return PointsPaid(Redemption(currency.code, 0, 0, 0, 0, 0, ""), set())
    lines, caps = _line_caps(program, case)
    payable = sum(line.due_minor for line in case.lines)
    bound = min(sum(caps), max(payable - program.document.redemption.min_money_minor, 0))
    most = min(balance, ((bound + 1) * currency.value_points_minor - 1) // currency.value_minor)
    unlimited = fewest_points_minor(currency, points_value_minor(currency, most))
    limits = _limits(program, case)
    left = min((limit.left(case) for limit in limits), default=unlimited)
    max_value = points_value_minor(currency, min(unlimited, left))
    max_points = fewest_points_minor(currency, max_value)
    wanted = max_points if asked == "max" else asked
    refused = ""
    if wanted and member is None:
        refused = Reason.MEMBER_REQUIRED.value
    elif wanted and earns_only:
        refused = Reason.SPENDING_NEEDS_CARD.value
    elif wanted > balance:
        refused = Reason.INSUFFICIENT_POINTS.value
    elif points_value_minor(currency, wanted) > bound or (limits and wanted > left):
        refused = Reason.POINTS_ABOVE_MAXIMUM.value
    limits_cut: set[tuple[str, str]] = set()
    if asked == "max" or refused == Reason.POINTS_ABOVE_MAXIMUM.value:
        unbound = unlimited if asked == "max" else wanted
        limits_cut = {("", limit.code) for limit in limits if limit.left(case) < unbound}
    redemption = Redemption(currency.code, max_points, max_value, wanted, 0, 0, refused)
    if wanted and not refused:
        _book(redemption, currency, lines, caps)
    return PointsPaid(redemption, limits_cut)


def _book(
    redemption: Redemption, currency: PointCurrency, lines: list[CanonicalLine], caps: list[int]
) -> None:
    """Grant the points that are wanted, as the fewest of the same value, and spread both."""
    value = points_value_minor(currency, redemption.wanted_points_minor)
    points = fewest_points_minor(currency, value)
    parts = allocate(value, caps, caps)
    shares = allocate(points, parts, [points] * len(parts))
    for line, part, share in zip(lines, parts, shares, strict=True):
        line.points_value_minor = part
        line.points_spent_minor = share
    redemption.points_minor = points
    redemption.value_minor = value


def _line_caps(program: CompiledProgram, case: Case) -> tuple[list[CanonicalLine], list[int]]:
    """The lines that may be paid with points, and up to how much."""
    lines = [line for line in case.counted if not line.no_points]
    rates_bp: dict[CanonicalLine, int] = {}
    for selector, rate_bp in program.goods_caps:
        for line in case.meant_by(selector):
            rates_bp.setdefault(line, rate_bp)
    default_bp = program.document.redemption.rate_bp
    return lines, [percent_down(line.due_minor, rates_bp.get(line, default_bp)) for line in lines]


def _limits(program: CompiledProgram, case: Case) -> list[CompiledLimit]:
    """The program's limits on points spent in the currency, as far as they are in force."""
    if not program.limits:
        return []
    main = program.main_currency.code
    return [
        limit
        for limit in program.limits
        if limit.measure is Measure.POINTS_SPENT
        and not limit.refuses_sale
        and limit.counts_in(program.redemption_currency.code, main)
        and limit.in_force(case)
    ]
