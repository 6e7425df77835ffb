"""The oracle's paying with points, and cash rounding (docs/rules.md, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_limits import limit_left, limits_in_force, measure_of
from tests.oracle.oracle_numbers import down, half_down, part_of, spread

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]


def currency_of_redemption(program: Doc) -> Doc:
    """The redemption's, or the program's first."""
    code = program.get("redemption", {}).get("currency")
    found: Doc = next(
        (each for each in program["currencies"] if each["code"] == code), program["currencies"][0]
    )
    return found


@dataclass
class Worth:
    """What points of a currency are worth, how many may be spent at all, and what they may pay."""

    ratio: Fraction
    bound_minor: int
    step: int
    minimum: int

    def value(self, points: int) -> int:
        """What so many points are worth."""
        return down(points * self.ratio)

    def may_be_spent(self, points: int) -> bool:
        """Whether it is a number of points that the program takes: none, or enough whole steps."""
        return points == 0 or (points % self.step == 0 and points >= self.minimum)

    def fewest(self, value: int) -> int:
        """The fewest points that may be spent and are worth at least the value."""
        if value == 0:
            return 0
        return self.step * first_that(
            lambda steps: (
                self.value(steps * self.step) >= value and steps * self.step >= self.minimum
            )
        )

    def most_value(self, points: int) -> int:
        """The largest value within the bound that may be paid with at most so many points."""

        def is_last(steps: int) -> bool:
            more = (steps + 1) * self.step
            return more > points or self.value(more) > self.bound_minor

        most = self.step * first_that(is_last)
        return self.value(most) if self.may_be_spent(most) else 0


def pay_with_points(sale: Sale) -> Doc:
    """Find the maximum, grant or refuse what was asked, and spread it over the lines."""
    currency = currency_of_redemption(sale.program)
    rules = sale.program.get("redemption", {})
    balance = 0 if sale.member is None else sale.member.get("points", {}).get(currency["code"], 0)
    only_earning = rules.get("earn_only", [])
    may_not_spend = sale.member is not None and sale.member.get("identified_by") in only_earning
    if may_not_spend:
        balance = 0
    balance = max(balance, 0)
    per_line = [payable_with_points(sale, line) for line in sale.lines]
    payable = sum(line.due for line in sale.lines)
    worth = Worth(
        Fraction(currency.get("value_minor", 1), currency.get("value_points_minor", 1)),
        max(0, min(sum(per_line), payable - rules.get("min_money_minor", 0))),
        rules.get("step_points_minor", 1),
        rules.get("min_points_minor", 0),
    )
    lefts = {
        limit["code"]: limit_left(sale, limit, "")
        for limit in limits_of_spending(sale, currency["code"])
    }
    max_value = worth.most_value(min([balance, *lefts.values()]))
    max_points = worth.fewest(max_value)

    asked = sale.receipt.get("points_to_spend", 0)
    wanted = max_points if asked == "max" else asked
    clamps = rules.get("too_many", "refuse") == "clamp"
    refused = ""
    if asked not in {0, "max"}:  # to ask for nothing, or for what is possible, is never refused
        may_spend = not may_not_spend
        refused = why_refused(
            sale, worth, asked, balance, lefts, clamps=clamps, may_spend=may_spend
        )
    note_redemption(sale, asked, refused, max_value)
    note_limits_cut(sale, lefts, balance, refused, worth)

    if refused:
        value = 0
    elif clamps and asked != "max":
        value = worth.most_value(min([asked, balance, *lefts.values()]))
        note_clamped(sale, worth, asked, value)
    else:
        value = worth.value(wanted)
    points = worth.fewest(value)
    values = spread(value, per_line, per_line, sale.reached)
    spent = spread(points, values, [points for _ in sale.lines], sale.reached)
    for line, its_value, its_points in zip(sale.lines, values, spent, strict=True):
        line.value, line.spent = its_value, its_points
    return {
        "currency": currency["code"],
        "max_points_minor": max_points,
        "max_value_minor": max_value,
        "wanted_points_minor": wanted,
        "points_minor": points,
        "value_minor": value,
        "refused": refused,
        "step_points_minor": worth.step,
        "min_points_minor": worth.step
        * first_that(lambda steps: steps > 0 and steps * worth.step >= worth.minimum),
    }


def why_refused(
    sale: Sale,
    worth: Worth,
    asked: int,
    balance: int,
    lefts: dict[str, int],
    *,
    clamps: bool,
    may_spend: bool,
) -> str:
    """The first reason for which a number of points is not paid, if there is one."""
    if sale.member is None:
        return "MEMBER_REQUIRED"
    if not may_spend:
        return "SPENDING_NEEDS_CARD"
    if clamps:
        return ""
    if asked > balance:
        return "INSUFFICIENT_POINTS"
    if worth.value(asked) > worth.bound_minor or any(asked > n for n in lefts.values()):
        return "POINTS_ABOVE_MAXIMUM"
    return "" if worth.may_be_spent(asked) else "POINTS_BETWEEN_STEPS"


def note_clamped(sale: Sale, worth: Worth, asked: int, value: int) -> None:
    """Name what became of a number of points where too many are clamped."""
    fits = worth.may_be_spent(asked) and worth.value(asked) == value
    sale.reached.add(f"redemption clamped: {'as asked' if fits else 'less' if value else 'none'}")


def note_limits_cut(
    sale: Sale, lefts: dict[str, int], balance: int, refused: str, worth: Worth
) -> None:
    """Note each limit for which less is paid than was asked for, or a number refused."""
    asked = sale.receipt.get("points_to_spend", 0)
    clamps = sale.program.get("redemption", {}).get("too_many", "refuse") == "clamp"
    for code, left in lefts.items():
        if asked == "max" and worth.most_value(left) < worth.most_value(balance):
            sale.limits_cut.add(("", code))
            sale.reached.add("redemption max: less for a limit")
        elif refused == "POINTS_ABOVE_MAXIMUM" and asked > left:
            sale.limits_cut.add(("", code))
            sale.reached.add("redemption number: refused for a limit")
        elif asked != "max" and not refused and clamps:
            unlimited = worth.most_value(min(asked, balance))
            if worth.most_value(min(asked, left)) < unlimited:
                sale.limits_cut.add(("", code))
                sale.reached.add("redemption number: less for a limit")


def limits_of_spending(sale: Sale, currency: str) -> list[Doc]:
    """The program's limits on points of the currency that are spent."""
    first = sale.program["currencies"][0]["code"]
    return [
        limit
        for limit in limits_in_force(sale, sale.program)
        if measure_of(limit) == "points_spent" and (limit.get("currency") or first) == currency
    ]


def payable_with_points(sale: Sale, line: CanonicalLine) -> int:
    """What of the line may be paid with points."""
    redemption = sale.program.get("redemption", {})
    if not line.counted or line.of("no_points"):
        return 0
    rate_bp = redemption.get("rate_bp", 10_000)
    for cap in reversed(redemption.get("goods_caps", [])):
        if line in sale.meant(cap["goods"]):
            rate_bp = cap["rate_bp"]
            sale.reached.add("redemption: a cap of goods")
    return down(part_of(line.due, rate_bp))


def first_that(holds: Callable[[int], bool]) -> int:
    """The smallest number from 0 for which something holds that goes on holding."""
    top = 1
    while not holds(top):
        top *= 2
    low = 0
    while low < top:
        middle = (low + top) // 2
        low, top = (low, middle) if holds(middle) else (middle + 1, top)
    return low


def form_of(asked: int | str) -> str:
    """What was asked for, but for how many."""
    return str(asked) if asked in {0, "max"} else "number"


def note_redemption(sale: Sale, asked: int | str, refused: str, max_value: int) -> None:
    """Name what was asked and answered, for the list of what was reached."""
    sale.reached.add(f"redemption {form_of(asked)}: {refused or 'granted'}")
    if asked == "max" and max_value > 0:
        sale.reached.add("redemption: something paid with max")
    if sale.program.get("redemption", {}).get("currency"):
        sale.reached.add("redemption: in a named currency")


# --- Cash rounding ----------------------------------------------------------------------------


def cash_rounding(sale: Sale, payable: int) -> int:
    """What rounding takes off the sum to pay; negative if the customer pays more."""
    rounding = sale.program.get("cash_rounding")
    tenders = sale.receipt.get("tenders", [])
    if rounding is None:
        return 0
    in_cash = bool(tenders) and all(each.get("kind", "") == "cash" for each in tenders)
    if not in_cash and not rounding.get("always"):
        sale.reached.add("cash rounding: not in cash")
        return 0
    multiples = Fraction(payable, rounding["to_minor"])
    nearest = bool(rounding.get("nearest"))
    rounded = (half_down(multiples) if nearest else down(multiples)) * rounding["to_minor"]
    sign = "nothing" if rounded == payable else "less" if rounded < payable else "more"
    form = f"{'nearest' if nearest else 'down'}{'' if in_cash else ', always'}"
    sale.reached.add(f"cash rounding {form}: {sign}")
    return int(payable - rounded)
