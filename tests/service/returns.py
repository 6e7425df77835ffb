"""Goods that come back without their receipt, as a till of the tests brings them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import receipt_pb2
from tests.service.ids import fresh

if TYPE_CHECKING:
    from tests.service.till import Till


def goods(amount_minor: int, sku: str = "towel", position: int = 1) -> pb.ReturnedGoods:
    """One piece of an article."""
    return pb.ReturnedGoods(
        position=position,
        sku=sku,
        quantity_milli=1_000,
        price_minor=amount_minor,
        amount_minor=amount_minor,
    )


async def bring_back(
    till: Till,
    amount_minor: int = 10_00,
    *,
    return_id: str = "",
    request_id: str = "",
    card: str = "",
    **more: Any,
) -> pb.ReturnWithoutReceiptResponse:
    """One piece of an article comes back; `more` are other fields of the call."""
    request = pb.ReturnWithoutReceiptRequest(
        request_id=request_id or fresh("r"),
        return_id=return_id or fresh("return"),
        **({"goods": [goods(amount_minor)]} | more),
    )
    if card:
        request.identifier.CopyFrom(receipt_pb2.Identifier(card=card))
    answer: pb.ReturnWithoutReceiptResponse = await till.call("ReturnWithoutReceipt", request)
    return answer
