"""The oracle's certificates and passes: what each pays of which lines (docs/rules.md, 4)."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.oracle_numbers import down, spread

if TYPE_CHECKING:
    from tests.oracle.oracle_conditions import Sale
    from tests.oracle.oracle_lines import CanonicalLine

Doc = dict[str, Any]

UNKNOWN = {"problem": "unknown"}


@dataclass
class Shown:
    """A certificate or pass that the customer shows."""

    code: str
    state: Doc
    at_most: int
    #: As the program has it; nothing if it does not.
    series: Doc
    lines: list[CanonicalLine]
    #: Why it cannot be spent; empty if it can.
    rejected: str

    @property
    def is_pass(self) -> bool:
        """Whether it holds units."""
        return bool(self.series.get("kind") == "pass")

    @property
    def left(self) -> int:
        """What it holds, in minor units or units."""
        return int(self.state.get("left", 0))

    @property
    def most(self) -> int:
        """What this receipt may take of it."""
        return min(self.left, self.at_most) if self.at_most else self.left

    def parts(self, sale: Sale) -> list[Doc]:
        """What it paid of each line so far."""
        return [part for line in sale.lines for part in line.paid if part["code"] == self.code]


def shown_certificates(sale: Sale) -> list[Shown]:
    """All certificates of the receipt, in the order in which they are spent."""
    every = [judged(sale, each) for each in sale.receipt.get("certificates", [])]
    ordered = sorted(every, key=order_of)
    note_order([each for each in ordered if not each.rejected], sale)
    return ordered


def judged(sale: Sale, shown: Doc) -> Shown:
    """A certificate with its series, its lines, and the first reason against it."""
    state = sale.facts.get("certificates", {}).get(shown["code"], UNKNOWN)
    series: Doc = next(
        (
            each
            for each in sale.program.get("certificates", [])
            if each["code"] == state.get("series", "")
        ),
        {},
    )
    lines = lines_of(sale, series) if series else []
    stores = series.get("stores", [])
    if state.get("problem"):
        rejected = state["problem"]
    elif not series:
        rejected = "not_accepted"
    elif stores and sale.store["code"] not in stores:
        rejected = "wrong_store"
    elif not lines:
        rejected = "wrong_goods"
    else:
        rejected = ""
    return Shown(shown["code"], state, shown.get("at_most", 0), series, lines, rejected)


def lines_of(sale: Sale, series: Doc) -> list[CanonicalLine]:
    """The lines that a series means."""
    goods = series.get("goods")
    if series.get("kind") == "pass":
        return [each for each in sale.meant(goods) if each.units >= 1 and not each.weighed]
    return sale.lines if goods is None else sale.meant(goods)


def order_of(shown: Shown) -> tuple[bool, int, bool, str, str]:
    """Passes first, then fewer lines, then the earlier end (never is last), then the code."""
    ends = shown.state.get("ends", "")
    return (not shown.is_pass, len(shown.lines), ends == "", ends, shown.code)


# --- Paying -----------------------------------------------------------------------------------


def pay_with_passes(shown: list[Shown]) -> None:
    """One unit after the other, each of the line whose unit is the dearest then."""
    for each in shown:
        if each.rejected or not each.is_pass:
            continue
        for _ in range(each.most):
            line = dearest_open(each.lines)
            if line is None:
                break
            take_unit(line, each.code)


def dearest_open(lines: list[CanonicalLine]) -> CanonicalLine | None:
    """Of the lines with open units the one with the highest price per unit, the first of such."""
    found = [line for line in lines if line.current > 0 and line.units_paid < line.units]
    if not found:
        return None
    return max(found, key=lambda line: Fraction(line.current, line.quantity))


def take_unit(line: CanonicalLine, code: str) -> None:
    """One unit more of the line is paid with the pass: the difference that it makes."""
    number = line.units_paid + 1
    worth = down(Fraction(line.current * 1000 * number, line.quantity))
    minor = worth - sum(part["minor"] for part in line.paid)
    for part in line.paid:
        if part["code"] == code:
            part["minor"] += minor
            part["units"] += 1
            return
    line.paid.append({"code": code, "is_pass": True, "minor": minor, "units": 1})


def pay_with_certificates(sale: Sale, shown: list[Shown]) -> None:
    """Each pays what is left of its lines, in proportion to that."""
    note_passes(sale, shown)
    for each in shown:
        if each.rejected or each.is_pass:
            continue
        dues = [line.due for line in each.lines]
        paid = min(each.most, sum(dues))
        for line, minor in zip(each.lines, spread(paid, dues, dues, sale.reached), strict=True):
            if minor:
                note_paid(sale, line)
                line.paid.append({"code": each.code, "is_pass": False, "minor": minor, "units": 0})
        if paid:
            bound = "what is due" if paid == sum(dues) else "at_most" if paid < each.left else "it"
            sale.reached.add(f"certificate: all that {bound} allows")
    min_money = sale.program.get("redemption", {}).get("min_money_minor", 0)
    if any(line.value for line in sale.lines) and sum(line.due for line in sale.lines) < min_money:
        sale.reached.add("certificate: of the money that points leave")


# --- What became of them ----------------------------------------------------------------------


def certificate_answers(sale: Sale, shown: list[Shown]) -> list[Doc]:
    """By code; after the lines have gone back to the till's lines."""
    return [answer_of(sale, each) for each in sorted(shown, key=lambda each: each.code)]


def answer_of(sale: Sale, shown: Shown) -> Doc:
    """What a certificate paid, or why not, and what is left of it."""
    paid = shown.parts(sale)
    minor = sum(part["minor"] for part in paid)
    units = sum(part["units"] for part in paid)
    status = shown.rejected or ("applied" if minor or units else "not_needed")
    left = shown.left - (units if shown.is_pass else minor)
    kind = f" {shown.series.get('kind', 'money')}" if status == "applied" else ""
    sale.reached.add(f"certificate: {status}{kind}")
    parts = [part for each in paid for part in each["tills"] if part["paid_minor"] or part["units"]]
    if shown.is_pass and len([part for part in parts if part["units"]]) > 1:
        sale.reached.add("pass: units of several till lines")
    return {
        "code": shown.code,
        "series": shown.state.get("series", ""),
        "status": status,
        "paid_minor": minor,
        "units": units,
        "left": left,
        "parts": sorted(parts, key=lambda part: int(part["position"])),
    }


# --- Which rules had a say --------------------------------------------------------------------


def note_order(ordered: list[Shown], sale: Sale) -> None:
    """Name what put one before the next."""
    for one, other in itertools.pairwise(ordered):
        keys = zip(order_of(one), order_of(other), strict=True)
        first = next(number for number, (mine, its) in enumerate(keys) if mine != its)
        names = ("a pass", "fewer lines", "an end", "the earlier end", "the code")
        sale.reached.add(f"certificate order: {names[first]}")


def note_passes(sale: Sale, shown: list[Shown]) -> None:
    """Name what passes met."""
    for each in shown:
        parts = each.parts(sale) if each.is_pass else []
        if len(parts) > 1:
            sale.reached.add("pass: units of several lines")
        if any(part["minor"] == 0 for part in parts):
            sale.reached.add("pass: units that are worth nothing")
        units = sum(part["units"] for part in parts)
        if parts and units == each.at_most < each.left:
            sale.reached.add("pass: at_most")
    for line in sale.lines:
        if len(line.paid) > 1:
            sale.reached.add("pass: after a pass")
        if line.units_paid and line.value:
            sale.reached.add("pass: points pay more of the line")
        if line.units_paid and line.units_paid == line.units and line.quantity % 1000:
            sale.reached.add("pass: a rest beyond whole units")


def note_paid(sale: Sale, line: CanonicalLine) -> None:
    """Name what had paid the line before a certificate does."""
    if not line.counted:
        sale.reached.add("certificate: a delivery charge")
    if line.value:
        sale.reached.add("certificate: after points")
    if line.units_paid:
        sale.reached.add("certificate: after a pass")
    if any(not part["is_pass"] for part in line.paid):
        sale.reached.add("certificate: after a certificate")
