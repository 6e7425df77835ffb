"""The receipts that are priced, and what is known of their member."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from checkout.engine.facts import Facts
from checkout.engine.receipt import Receipt
from loadtests.engine.documents import STORE, Doc, sold_sku

_FACTS: Final = TypeAdapter(Facts)
_RECEIPT: Final = TypeAdapter(Receipt)


def known_member() -> Facts:
    """A member of a middle tier with points, history, and some limits used."""
    return _FACTS.validate_python(
        {
            "member": {
                "member_id": "member-1",
                "tier": "gold",
                "points": {"points": 5_000},
                "segments": ["regulars"],
                "age_years": 41,
                "purchases": 17,
                "days_since_purchase": 3,
                "spend": {"30": 24_990},
                "visits": {"30": 4},
            },
            "limit_uses": {
                "match-discount/month/2026-11-01": 350,
                "match-points/month/2026-11-01": 120,
            },
            "budgets": {"match-segment": {"discount_minor": 90_000}},
        }
    )


def receipt_of(line_count: int) -> Receipt:
    """A Saturday's basket of different articles, with a coupon and points to spend."""
    return _RECEIPT.validate_python(
        {
            "store": STORE,
            "local_time": "2026-11-21T18:30:00",
            "lines": [_line(number) for number in range(line_count)],
            "coupons": ["SAVE1"],
            "terminal": "4",
            "tenders": [{"kind": "card", "bin": "444455"}],
            "points_to_spend": 300,
        }
    )


def receipt_of_pieces(pieces: list[int]) -> Receipt:
    """Articles at 1.00, so many pieces of each."""
    lines = [
        {
            "position": number + 1,
            "sku": sold_sku(number),
            "quantity_milli": count * 1_000,
            "price_minor": 100,
            "amount_minor": count * 100,
        }
        for number, count in enumerate(pieces)
    ]
    sent = {"store": STORE, "local_time": "2026-11-21T18:30:00", "lines": lines}
    return _RECEIPT.validate_python(sent)


def _line(number: int) -> Doc:
    """Every tenth line is weighed; the others are one to three pieces."""
    place = number % 10
    price_minor = 199 + 37 * place
    weighed = place == 9  # noqa: PLR2004 - the last of ten
    quantity_milli = 740 if weighed else 1_000 * (1 + place % 3)
    return {
        "position": number + 1,
        "sku": sold_sku(number),
        "quantity_milli": quantity_milli,
        "price_minor": price_minor,
        "amount_minor": price_minor * quantity_milli // 1_000,
        "min_price_minor": 50,
        "weighed": weighed,
    }
