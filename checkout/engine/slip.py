"""The slip: lines of text, ready to print, 40 characters wide.

Goods with quantity, price and amount; discounts by hand and each campaign's below their line; the
totals; what points, certificates and passes paid, and what is left of them; points earned and left,
and what expires next; the messages.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.schema.certificates import CertificateKind
from checkout.engine.tilllines import till_lines
from checkout.primitives import UNIT_MILLI, format_minor

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.outcome import Outcome
    from checkout.engine.outcome_certificates import CertificateResult
    from checkout.engine.receipt import Line, Receipt
    from checkout.engine.schema.program import Program

#: Characters on a line of a usual 58 mm printer with a small font, or an 80 mm one.
WIDTH: Final = 40
_RULE: Final = "-" * WIDTH


@dataclass(frozen=True, slots=True)
class SlipBalance:
    """What the slip says about the points of one currency that are left."""

    active_minor: int
    expiring_minor: int
    expiring_on: dt.date | None


def render_slip(
    snapshot: CompiledSnapshot,
    receipt: Receipt,
    outcome: Outcome,
    balances: Sequence[SlipBalance],
) -> list[str]:
    """The whole slip, one text a line; a balance for each of the program's currencies, in order."""
    store = snapshot.stores[receipt.store]
    program = snapshot.programs[store.program].document
    exponent = snapshot.currency.exponent
    names = {campaign.code: campaign.name for campaign in outcome.applied}
    sent = {line.position: line for line in receipt.lines}
    slip = [store.name[:WIDTH].center(WIDTH).rstrip()]
    slip.append(receipt.local_time.strftime("%Y-%m-%d %H:%M").center(WIDTH).rstrip())
    slip.append(_RULE)
    for till_line in till_lines(outcome):
        line = sent[till_line.position]
        slip += _wrapped(_title(snapshot, line))[:2]
        quantity = f"  {_quantity(line)} x {format_minor(line.price_minor, exponent)}"
        slip.append(_columns(quantity, format_minor(line.amount_minor, exponent)))
        if line.external_discount_minor:
            slip.append(
                _columns("  discount", f"-{format_minor(line.external_discount_minor, exponent)}")
            )
        if till_line.manual_discount_minor:
            slip.append(
                _columns(
                    "  discount by hand",
                    f"-{format_minor(till_line.manual_discount_minor, exponent)}",
                )
            )
        slip += [
            _columns(
                f"  {names.get(part.campaign, part.campaign)}",
                f"-{format_minor(part.granted_minor, exponent)}",
            )
            for part in till_line.discounts
        ]
    slip += _totals(snapshot, program, outcome)
    if balances:
        slip += _points(program, outcome, balances)
    texts = [message.text for message in outcome.messages if message.place == "slip"]
    if program.slip_footer:
        texts.append(program.slip_footer)
    if texts:
        slip.append(_RULE)
        for text in texts:
            slip += _wrapped(text)
    return slip


def _totals(snapshot: CompiledSnapshot, program: Program, outcome: Outcome) -> list[str]:
    """The sum, what comes off it, and what is to be paid."""
    exponent = snapshot.currency.exponent
    slip = [_RULE]
    discount = (
        outcome.discount_minor + outcome.manual_discount_minor + outcome.external_discount_minor
    )
    if discount:
        slip.append(_columns("Sum", format_minor(outcome.amount_minor, exponent)))
        slip.append(_columns("Your discount", f"-{format_minor(discount, exponent)}"))
    if outcome.points_value_minor:
        slip.append(
            _columns("Paid with points", f"-{format_minor(outcome.points_value_minor, exponent)}")
        )
    slip += _certificates(program, outcome, exponent)
    if outcome.rounding_minor:
        slip.append(_columns("Rounding", format_minor(-outcome.rounding_minor, exponent)))
    slip.append(
        _columns(
            "TO PAY", f"{format_minor(outcome.payable_minor, exponent)} {snapshot.currency.code}"
        )
    )
    return slip


def _certificates(program: Program, outcome: Outcome, exponent: int) -> list[str]:
    """What each certificate and pass paid, by name, and what is left, in the program's order.

    Never by its code: who has that has the money.
    """
    applied = [each for each in outcome.certificates if each.status is CertificateStatus.APPLIED]
    slip = []
    for series in program.certificates if applied else ():
        is_pass = series.kind is CertificateKind.PASS
        of_series = [each for each in applied if each.series == series.code]
        for paid in sorted(of_series, key=_by_what_it_paid):
            units = f"{paid.units} x " if is_pass else ""
            minor = format_minor(paid.paid_minor, exponent)
            slip.append(_columns(f"Paid with {units}{series.name}", f"-{minor}"))
            if not series.once:
                left = str(paid.left) if is_pass else format_minor(paid.left, exponent)
                slip.append(_columns("  left on it", left))
    return slip


def _by_what_it_paid(result: CertificateResult) -> tuple[int, int]:
    return -result.paid_minor, result.left


def _points(program: Program, outcome: Outcome, balances: Sequence[SlipBalance]) -> list[str]:
    """Points spent and earned, and what is left; balances come in the program's order."""
    slip = [_RULE]
    main = program.currencies[0]
    spent = outcome.redemption.points_minor
    if spent:
        paid_in = next(c for c in program.currencies if c.code == outcome.redemption.currency)
        slip.append(_columns("Points spent", f"-{format_minor(spent, paid_in.exponent)}"))
    earned = format_minor(outcome.points_earned_minor, main.exponent)
    slip.append(_columns("Points earned", f"+{earned}"))
    for currency, balance in zip(program.currencies, balances, strict=False):
        left = format_minor(balance.active_minor, currency.exponent)
        slip.append(_columns(f"{currency.name} left", left))
        if balance.expiring_on is not None and balance.expiring_minor:
            slip.append(
                _columns(
                    f"  of these until {balance.expiring_on.isoformat()}",
                    format_minor(balance.expiring_minor, currency.exponent),
                )
            )
    return slip


def _title(snapshot: CompiledSnapshot, line: Line) -> str:
    if line.title:
        return line.title
    product = snapshot.catalogue.product(line.sku)
    return product.name if product is not None and product.name else line.sku


def _quantity(line: Line) -> str:
    whole, part = divmod(line.quantity_milli, UNIT_MILLI)
    return f"{whole}.{part:03d}" if part or line.weighed else str(whole)


def _wrapped(text: str) -> list[str]:
    """A text on as many lines as it needs; most need one, and are not taken apart for it."""
    if len(text) <= WIDTH and text.isprintable() and text[-1:].strip():
        return [text]
    return textwrap.wrap(text, WIDTH)


def _columns(left: str, right: str) -> str:
    """A text and a number on one line; the number always whole."""
    room = WIDTH - len(right) - 1
    return f"{left[:room]:<{room}} {right}"
