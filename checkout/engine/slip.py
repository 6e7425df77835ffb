"""The slip: lines of text, ready to print, 40 characters wide.

Goods with quantity, price and amount; each campaign's discount below its line; the totals; points
paid, earned and left, and what expires next; the campaigns' messages.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine.tilllines import till_lines
from checkout.primitives import UNIT_MILLI, format_minor

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Line, Receipt

#: Characters on a line of a usual 58 mm printer with a small font, or an 80 mm one.
WIDTH: Final = 40
_RULE: Final = "-" * WIDTH


@dataclass(frozen=True, slots=True)
class SlipBalance:
    """What the slip says about the points that are left."""

    active_minor: int
    expiring_minor: int
    expiring_on: dt.date | None


def render_slip(
    snapshot: CompiledSnapshot,
    receipt: Receipt,
    outcome: Outcome,
    balances: Sequence[SlipBalance],
) -> list[str]:
    """The whole slip, one text a line."""
    store = snapshot.stores[receipt.store]
    program = snapshot.programs[store.program].document
    exponent = snapshot.currency.exponent
    points = program.currency
    names = {campaign.code: campaign.name for campaign in outcome.applied}
    sent = {line.position: line for line in receipt.lines}
    slip = [store.name[:WIDTH].center(WIDTH).rstrip()]
    slip.append(receipt.local_time.strftime("%Y-%m-%d %H:%M").center(WIDTH).rstrip())
    slip.append(_RULE)
    for till_line in till_lines(outcome):
        line = sent[till_line.position]
        slip += textwrap.wrap(_title(snapshot, line), WIDTH)[:2]
        quantity = f"  {_quantity(line)} x {format_minor(line.price_minor, exponent)}"
        slip.append(_columns(quantity, format_minor(line.amount_minor, exponent)))
        if line.external_discount_minor:
            slip.append(
                _columns("  discount", f"-{format_minor(line.external_discount_minor, exponent)}")
            )
        slip += [
            _columns(
                f"  {names.get(part.campaign, part.campaign)}",
                f"-{format_minor(part.granted_minor, exponent)}",
            )
            for part in till_line.discounts
        ]
    slip.append(_RULE)
    discount = outcome.discount_minor + outcome.external_discount_minor
    if discount:
        slip.append(_columns("Sum", format_minor(outcome.amount_minor, exponent)))
        slip.append(_columns("Your discount", f"-{format_minor(discount, exponent)}"))
    if outcome.points_value_minor:
        slip.append(
            _columns("Paid with points", f"-{format_minor(outcome.points_value_minor, exponent)}")
        )
    slip.append(
        _columns(
            "TO PAY", f"{format_minor(outcome.payable_minor, exponent)} {snapshot.currency.code}"
        )
    )
    if balances:
        slip.append(_RULE)
        spent, earned = outcome.redemption.points_minor, outcome.points_earned_minor
        if spent:
            slip.append(_columns("Points spent", f"-{format_minor(spent, points.exponent)}"))
        slip.append(_columns("Points earned", f"+{format_minor(earned, points.exponent)}"))
        for balance in balances:
            left = format_minor(balance.active_minor, points.exponent)
            slip.append(_columns(f"{points.name} left", left))
            if balance.expiring_on is not None and balance.expiring_minor:
                slip.append(
                    _columns(
                        f"  of these until {balance.expiring_on.isoformat()}",
                        format_minor(balance.expiring_minor, points.exponent),
                    )
                )
    texts = [message.text for message in outcome.messages if message.place == "slip"]
    if program.slip_footer:
        texts.append(program.slip_footer)
    if texts:
        slip.append(_RULE)
        for text in texts:
            slip += textwrap.wrap(text, WIDTH)
    return slip


def _title(snapshot: CompiledSnapshot, line: Line) -> str:
    if line.title:
        return line.title
    product = snapshot.catalogue.product(line.sku)
    return product.name if product is not None and product.name else line.sku


def _quantity(line: Line) -> str:
    whole, part = divmod(line.quantity_milli, UNIT_MILLI)
    return f"{whole}.{part:03d}" if part or line.weighed else str(whole)


def _columns(left: str, right: str) -> str:
    """A text and a number on one line; the number always whole."""
    room = WIDTH - len(right) - 1
    return f"{left[:room]:<{room}} {right}"
