"""Purchases that operators add by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import Identifier
from tests.service import world
from tests.service.till import fresh

if TYPE_CHECKING:
    from checkout.v1 import checkout_service_pb2 as pb
    from tests.service.till import Operator


def purchase(amount_minor: int, **fields: Any) -> op.AddPurchaseRequest:
    """Ann's purchase of now, in the first store, by its sum."""
    if "member_id" not in fields:
        fields.setdefault("identifier", Identifier(card=world.CARD))
    fields.setdefault("local_time", world.local_now())
    fields.setdefault("request_id", fresh("add"))
    fields.setdefault("purchase_id", fresh("by-hand"))
    return op.AddPurchaseRequest(
        amount_minor=amount_minor, **({"store": "s1", "reason": "told by phone"} | fields)
    )


async def add_purchase(operator: Operator, amount_minor: int, **fields: Any) -> pb.ConfirmResponse:
    """Add it; what a till would have been answered."""
    answer: op.AddPurchaseResponse = await operator.call(
        "AddPurchase", purchase(amount_minor, **fields)
    )
    return answer.confirmed
