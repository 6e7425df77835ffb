"""From a sale in a story to the receipt that a till would send: text lines in, integers out."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING, Any, Final

from checkout.engine.documents import parse_receipt
from checkout.flows.add_purchase import WHOLE
from checkout.flows.as_sold import ManualTerms, OfflineTerms
from checkout.primitives import UNIT_MILLI, line_amount_minor
from checkout.stories.sale_steps import StoryLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.receipt import Receipt
    from checkout.stories.sale_steps import SaleStep

_LINE: Final = re.compile(r"(\S+) (?:([\d.]+) x )?([\d.]+)")
_QUANTITY_DECIMALS: Final = 3
#: Code of the one till that each store of a story has.
TERMINAL: Final = "1"
#: What the tills of a story may do beyond usual sales.
PERMISSIONS: Final = frozenset({"already_paid", "return_without_receipt"})
#: What they may give away by themselves: 500.00 a day and till, 300.00 a day and card.
OFFLINE_TERMS: Final = OfflineTerms(terminal_minor=500_00, card_minor=300_00)
#: What one operator may add by hand: purchases of 5,000.00 a day.
MANUAL_TERMS: Final = ManualTerms(author_minor=5_000_00)
#: What they may pay out in a day for goods without a receipt.
RETURNS_WITHOUT_RECEIPT_MINOR: Final = 500_00


def receipt_of(
    sale: SaleStep,
    *,
    store: str,
    time_zone: str,
    exponent: int,
    now: dt.datetime,
    codes: Mapping[str, str],
) -> Receipt:
    """The receipt of a sale made now; `codes` are those of the story's certificates.

    Raises:
        InvalidDocumentError: it breaks a limit that every till must keep.
        ValueError: a quantity or price has more decimals than there are.
    """
    here = now.astimezone(zoneinfo.ZoneInfo(time_zone))
    offset = here.utcoffset() or dt.timedelta()
    return parse_receipt(
        {
            "store": store,
            "local_time": sale.local_time or here.replace(tzinfo=None),
            "utc_offset_minutes": offset // dt.timedelta(minutes=1),
            "lines": [_line(i, line, exponent) for i, line in enumerate(sale.lines, start=1)],
            "coupons": sale.coupons,
            "certificates": [
                {"code": codes.get(name, name), "at_most": most}
                for name, most in sale.certificates.items()
            ],
            "terminal": TERMINAL,
            "channel": sale.channel,
            "tenders": [tender.model_dump() for tender in sale.tenders],
            "manual_permission": sale.manual_permission,
            "language": sale.language,
            "points_to_spend": sale.points,
        }
    )


def whole_line(amount_minor: int, exponent: int) -> str:
    """A purchase of which only the sum is known."""
    whole, part = divmod(amount_minor, 10**exponent)
    return f"{WHOLE} {whole}.{part:0{exponent}}" if exponent else f"{WHOLE} {whole}"


def _line(position: int, line: str | StoryLine, exponent: int) -> dict[str, Any]:
    given = StoryLine(line=line) if isinstance(line, str) else line
    match = _LINE.fullmatch(given.line)
    assert match is not None, "the schema has checked the text"
    sku, quantity, price = match.groups()
    quantity_milli = _scaled(quantity, _QUANTITY_DECIMALS) if quantity else UNIT_MILLI
    price_minor = _scaled(price, exponent)
    amount_minor = given.amount_minor
    if amount_minor is None:
        amount_minor = line_amount_minor(price_minor, quantity_milli)
    return {
        "position": position,
        "sku": sku,
        "quantity_milli": quantity_milli,
        "price_minor": price_minor,
        "amount_minor": amount_minor,
        "barcode": given.barcode,
        "category": given.category,
        "min_price_minor": given.min_price_minor,
        "external_discount_minor": given.external_discount_minor,
        "manual_discount_minor": given.manual_discount_minor,
        "kind": given.kind,
        "no_discount": given.no_discount,
        "no_points": given.no_points,
        "excise": given.excise,
        "marked": given.marked,
        "weighed": given.weighed,
        "title": given.title,
    }


def _scaled(text: str, decimals: int) -> int:
    """A decimal text in its smallest unit: no float comes near it."""
    whole, _, part = text.partition(".")
    if len(part) > decimals:
        raise ValueError(f"{text} has more than {decimals} decimals")
    return int(whole + part.ljust(decimals, "0"))
