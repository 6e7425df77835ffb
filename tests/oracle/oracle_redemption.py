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
    """What points of a currency are worth, and the most that they may pay on this receipt."""

    ratio: Fraction
    bound_minor: int

    def value(self, points: int) -> int:
        """What so many points are worth."""
        return down(points * self.ratio)

    def fewest(self, value: int) -> int:
        """The fewest points worth at least the value."""
        return first_that(lambda points: self.value(points) >= value)

    def most_value(self, points: int) -> int:
        """The largest value within the bound that so many points reach."""

        def is_last(used: int) -> bool:
            return used + 1 > points or self.value(used + 1) > self.bound_minor

        return self.value(first_that(is_last))


def pay_with_points(sale: Sale) -> Doc:
    """Find the maximum, grant or refuse what was asked, and spread it over the lines."""
    currency = currency_of_redemption(sale.program)
    balance = 0 if sale.member is None else sale.member.get("points", {}).get(currency["code"], 0)
    only_earning = sale.program.get("redemption", {}).get("earn_only", [])
    may_not_spend = sale.member is not None and sale.member.get("identified_by") in only_earning
    if may_not_spend:
        balance = 0
    per_line = [payable_with_points(sale, line) for line in sale.lines]
    payable = sum(line.due for line in sale.lines)
    min_money = sale.program.get("redemption", {}).get("min_money_minor", 0)
    worth = Worth(
        Fraction(currency.get("value_minor", 1), currency.get("value_points_minor", 1)),
        max(0, min(sum(per_line), payable - min_money)),
    )
    lefts = {
        limit["code"]: limit_left(sale, limit, "")
        for limit in limits_of_spending(sale, currency["code"])
    }
    max_value = worth.most_value(min([balance, *lefts.values()]))
    max_points = worth.fewest(max_value)

    asked = sale.receipt.get("points_to_spend", 0)
    wanted = max_points if asked == "max" else asked
    refused = ""
    if asked not in {0, "max"}:  # to ask for nothing, or for what is possible, is never refused
        if sale.member is None:
            refused = "MEMBER_REQUIRED"
        elif may_not_spend:
            refused = "SPENDING_NEEDS_CARD"
        elif asked > balance:
            refused = "INSUFFICIENT_POINTS"
        elif worth.value(asked) > worth.bound_minor or any(asked > n for n in lefts.values()):
            refused = "POINTS_ABOVE_MAXIMUM"
    note_redemption(sale, asked, refused, max_value)
    note_limits_cut(sale, lefts, balance, refused, worth)

    value = 0 if refused else worth.value(wanted)
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
    }


def note_limits_cut(
    sale: Sale, lefts: dict[str, int], balance: int, refused: str, worth: Worth
) -> None:
    """Note each limit for which the maximum that was asked for is less, or a number refused."""
    asked = sale.receipt.get("points_to_spend", 0)
    max_value = worth.most_value(balance)
    for code, left in lefts.items():
        if asked == "max" and worth.most_value(left) < max_value:
            sale.limits_cut.add(("", code))
            sale.reached.add("redemption max: less for a limit")
        if refused == "POINTS_ABOVE_MAXIMUM" and asked > left:
            sale.limits_cut.add(("", code))
            sale.reached.add("redemption number: refused for a limit")


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
