"""Paying with points: how much the rules allow, what is granted, on which lines.

The rules are in ``docs/rules.md`` §4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.outcome import Redemption
from checkout.engine.schema.limits import Measure
from checkout.engine.schema.program import TooManyPoints
from checkout.primitives import allocate, divide_up, percent_down
from checkout.refusals import Reason

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.facts import MemberState
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.schema.program import PointCurrency
    from checkout.engine.schema.program import Redemption as Rules


_ABOVE_MAXIMUM: Final = Reason.POINTS_ABOVE_MAXIMUM.value


class CompiledRedemption:
    """A program's rules for paying with points, as they are asked."""

    __slots__ = ("clamps", "earn_only", "min_money_minor", "rate_bp", "steps")

    def __init__(self, rules: Rules) -> None:
        """Take over what is asked on every receipt."""
        self.steps = Steps(rules.step_points_minor, rules.min_points_minor)
        self.min_money_minor = rules.min_money_minor
        self.rate_bp = rules.rate_bp
        self.earn_only = frozenset(rules.earn_only)
        self.clamps = rules.too_many is TooManyPoints.CLAMP


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


class Steps:
    """The numbers of points that may be spent at all: none, or so many steps from a minimum on."""

    __slots__ = ("least_minor", "step_minor")

    def __init__(self, step_minor: int, min_minor: int) -> None:
        """Multiples of the step that are at least the minimum."""
        self.step_minor = step_minor
        self.least_minor = max(divide_up(min_minor, step_minor), 1) * step_minor

    def down(self, points_minor: int) -> int:
        """The most that may be spent of so many."""
        steps = points_minor // self.step_minor * self.step_minor
        return steps if steps >= self.least_minor else 0

    def up(self, points_minor: int) -> int:
        """The fewest that may be spent and are at least so many."""
        if points_minor <= 0:
            return 0
        return max(divide_up(points_minor, self.step_minor) * self.step_minor, self.least_minor)

    def fewest(self, currency: PointCurrency, points_minor: int) -> int:
        """The fewest that may be spent and are worth as much."""
        return self.up(fewest_points_minor(currency, points_value_minor(currency, points_minor)))


def redeem(program: CompiledProgram, case: Case) -> PointsPaid:
    """Decide on the points to pay with, and book their value on the lines."""
    currency, rules = program.redemption_currency, program.redemption
    steps = rules.steps
    member, asked = case.member, case.receipt.points_to_spend
    earns_only = member is not None and member.identified_by in rules.earn_only
    balance = 0 if earns_only else _balance_minor(currency, member)
    redemption = Redemption(currency.code, 0, 0, 0, 0, 0, "", steps.step_minor, steps.least_minor)
    if not balance and not asked:
        return PointsPaid(redemption, set())

    lines, caps = _line_caps(program, case)
    payable = sum(line.due_minor for line in case.lines)
    bound = min(sum(caps), max(payable - rules.min_money_minor, 0))
    most = min(balance, ((bound + 1) * currency.value_points_minor - 1) // currency.value_minor)
    unlimited = steps.fewest(currency, steps.down(most))
    limits = _limits(program, case)
    left = min((limit.left(case) for limit in limits), default=unlimited)
    most = steps.fewest(currency, steps.down(min(unlimited, left)))
    redemption.max_points_minor = most
    redemption.max_value_minor = points_value_minor(currency, most)
    wanted = most if asked == "max" else asked
    redemption.wanted_points_minor = wanted
    if wanted and member is None:
        redemption.refused = Reason.MEMBER_REQUIRED.value
    elif wanted and earns_only:
        redemption.refused = Reason.SPENDING_NEEDS_CARD.value
    elif rules.clamps or asked == "max":
        pass
    elif wanted > balance:
        redemption.refused = Reason.INSUFFICIENT_POINTS.value
    elif points_value_minor(currency, wanted) > bound or (limits and wanted > left):
        redemption.refused = _ABOVE_MAXIMUM
    elif wanted != steps.down(wanted):
        redemption.refused = Reason.POINTS_BETWEEN_STEPS.value
    unbound = 0
    if asked == "max":
        unbound = unlimited
    elif redemption.refused == _ABOVE_MAXIMUM:
        unbound = wanted
    elif not redemption.refused:
        unbound = steps.fewest(currency, steps.down(min(wanted, unlimited)))
    limits_cut = {("", limit.code) for limit in limits if limit.left(case) < unbound}
    if wanted and not redemption.refused:
        _book(
            redemption, currency, steps.fewest(currency, steps.down(min(wanted, most))), lines, caps
        )
    return PointsPaid(redemption, limits_cut)


def _balance_minor(currency: PointCurrency, member: MemberState | None) -> int:
    return max(member.points.get(currency.code, 0), 0) if member is not None else 0


def _book(
    redemption: Redemption,
    currency: PointCurrency,
    points: int,
    lines: list[CanonicalLine],
    caps: list[int],
) -> None:
    """Grant so many points, and spread them and their value."""
    value = points_value_minor(currency, points)
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
    default_bp = program.redemption.rate_bp
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
