"""From a till's count of its shift to what the flow takes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.api.decode import (
    ID_CHARACTERS_MAX,
    SHORT_CHARACTERS_MAX,
    decode_date,
)
from checkout.flows.reconcile import ShiftCall, ShiftTotals
from checkout.primitives import AMOUNT_MAX_MINOR, composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.api.violations import Violations
    from checkout.v1 import checkout_service_pb2 as pb

SHIFT_IDS_MAX: Final = 5_000
COUNT_MAX: Final = 1_000_000


def decode_shift(request: pb.ReconcileShiftRequest, found: Violations) -> ShiftCall:
    """What the till has counted; no good if there are violations."""
    found.require("shift", request.shift)
    found.text("shift", request.shift, SHORT_CHARACTERS_MAX)
    found.require("business_day", request.business_day)
    day = decode_date("business_day", request.business_day, found)
    till = request.till
    for name in ("sales", "returns", "returns_without_receipt"):
        found.between(f"till.{name}", getattr(till, name), 0, COUNT_MAX)
    for name in ("sales", "returns", "points_spent", "points_earned", "returns_without_receipt"):
        value = getattr(till, f"{name}_minor")
        found.between(f"till.{name}_minor", value, 0, AMOUNT_MAX_MINOR)
    return ShiftCall(
        shift=composed(request.shift),
        business_day=day or dt.date.min,
        till=ShiftTotals(
            sales=till.sales,
            sales_minor=till.sales_minor,
            returns=till.returns,
            returns_minor=till.returns_minor,
            points_spent_minor=till.points_spent_minor,
            points_earned_minor=till.points_earned_minor,
            returns_without_receipt=till.returns_without_receipt,
            returns_without_receipt_minor=till.returns_without_receipt_minor,
        ),
        purchase_ids=_ids("purchase_ids", request.purchase_ids, found),
        return_ids=_ids("return_ids", request.return_ids, found),
    )


def _ids(field: str, ids: Sequence[str], found: Violations) -> frozenset[str]:
    found.between(field, len(ids), 0, SHIFT_IDS_MAX)
    for number, each in enumerate(ids[:SHIFT_IDS_MAX]):
        found.require(f"{field}[{number}]", each)
        found.text(f"{field}[{number}]", each, ID_CHARACTERS_MAX)
    return frozenset(ids)
