"""Whether two calls say the same: versioned hashes of decoded fields that omit defaults.

Never of wire bytes and never of the engine's canonical form: a field that a later contract adds
must not break the keys of receipts that were sent before it.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.receipt import Line
from checkout.primitives import digest

if TYPE_CHECKING:
    from checkout.engine.outcome import Outcome
    from checkout.flows.sale import Sale, Settlement

#: Moves when what counts as "the same" changes; stored hashes begin with it.
_VERSION: Final = b"1"

_LINE_DEFAULTS: Final = tuple((f.name, f.default) for f in fields(Line))


def priced_hash(sale: Sale) -> bytes:
    """Identifies the priced content: what a quote token.

    A hold and a price comparison stand for.
    """
    return digest(_VERSION, orjson.dumps(_priced(sale)))


def sale_hash(sale: Sale, settlement: Settlement) -> bytes:
    """Identifies a purchase: priced and settlement content, without request id and quote token."""
    return text_hash(sale_text(sale, settlement))


def sale_hashes(sale: Sale, settlement: Settlement) -> tuple[bytes, bytes]:
    """Both at once, which is cheaper: of the purchase, and of its priced content."""
    priced = _priced(sale)
    said = text_hash(_sale_text(priced, settlement))
    return said, digest(_VERSION, orjson.dumps(priced))


def sale_text(sale: Sale, settlement: Settlement) -> bytes:
    """What of a purchase is hashed, as JSON."""
    return _sale_text(_priced(sale), settlement)


def _sale_text(priced: dict[str, Any], settlement: Settlement) -> bytes:
    settled = {
        "tenders": [[t.kind, t.amount_minor, t.bin] for t in settlement.tenders],
        "shift": settlement.shift,
        "receipt_number": settlement.receipt_number,
        "cashier": settlement.cashier,
        "business_day": settlement.business_day,
        "fiscal": settlement.fiscal,
        "certificates": [[c.position, c.digest.hex()] for c in settlement.certificates_sold],
    }
    content = [priced, {name: value for name, value in settled.items() if value}]
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def text_hash(text: bytes) -> bytes:
    """The hash of such a text."""
    return digest(_VERSION, text)


def call_hash(*parts: object) -> bytes:
    """Identifies the content of any other call."""
    return digest(_VERSION, orjson.dumps(parts, option=orjson.OPT_SORT_KEYS))


def paid_hash(outcome: Outcome) -> bytes:
    """Identifies what is paid: money, points and certificates, per till line."""
    paid = sorted(
        (
            share.position,
            share.manual_discount_minor,
            share.discount_minor,
            share.points_value_minor,
        )
        for line in outcome.lines
        for share in line.shares
    )
    content: list[object] = [outcome.payable_minor, outcome.redemption.points_minor, paid]
    by_certificate = [
        [paid.code, paid.paid_minor, paid.units, [[p.position, p.paid_minor] for p in paid.parts]]
        for paid in outcome.certificates
        if paid.status is CertificateStatus.APPLIED
    ]
    if by_certificate:
        content.append(by_certificate)
    return digest(_VERSION, orjson.dumps(content))


def _priced(sale: Sale) -> dict[str, Any]:
    receipt = sale.receipt
    priced: dict[str, Any] = {
        # The tenant is part of it: a quote of another one, with equal codes, is another quote.
        "partner": sale.caller.partner_id.hex,
        "purchase_id": sale.purchase_id,
        "store": receipt.store,
        "time": receipt.local_time.isoformat(),
        "lines": [_line(line) for line in receipt.lines],
    }
    if receipt.utc_offset_minutes:
        priced["offset"] = receipt.utc_offset_minutes
    if receipt.coupons:
        priced["coupons"] = receipt.coupons
    if receipt.certificates:
        shown = sorted((c.code, c.at_most) for c in receipt.certificates)
        priced["certificates"] = [[code, most] if most else [code] for code, most in shown]
    if receipt.points_to_spend:
        priced["points"] = receipt.points_to_spend
    if sale.identifier is not None:
        priced["identifier"] = [sale.identifier.kind, sale.identifier.digest.hex()]
    if receipt.tenders:
        priced["tenders"] = [
            [t.kind, t.bin, t.token] if t.token else [t.kind, t.bin] for t in receipt.tenders
        ]
    if receipt.channel != "till":
        priced["channel"] = receipt.channel
    if receipt.manual_permission:
        priced["manual_permission"] = receipt.manual_permission
    if sale.is_training:
        priced["mode"] = "training"
    if receipt.language:
        priced["language"] = receipt.language
    return priced


def _line(line: Line) -> dict[str, Any]:
    values = {}
    for name, default in _LINE_DEFAULTS:
        value = getattr(line, name)
        if default is MISSING or value != default:
            values[name] = value
    return values
