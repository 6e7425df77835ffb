"""From the engine's receipt to the message that a till sends: for replays, demo and load tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import LineKind
from checkout.v1 import receipt_pb2

if TYPE_CHECKING:
    from checkout.engine.receipt import Receipt

_KINDS: Final = {
    LineKind.GOODS: receipt_pb2.LINE_KIND_GOODS,
    LineKind.SERVICE: receipt_pb2.LINE_KIND_SERVICE,
    LineKind.DELIVERY: receipt_pb2.LINE_KIND_DELIVERY,
}


def identifier_message(kind: str, value: str) -> receipt_pb2.Identifier:
    """A card, phone or external id."""
    match kind:
        case "card":
            return receipt_pb2.Identifier(card=value)
        case "phone":
            return receipt_pb2.Identifier(phone=value)
        case "external_id":
            return receipt_pb2.Identifier(external_id=value)
        case _:
            message = f"{kind!r} is not card, phone or external_id"
            raise ValueError(message)


def receipt_message(
    receipt: Receipt, identifier: receipt_pb2.Identifier | None = None
) -> receipt_pb2.Receipt:
    """A receipt as a till sends it; store and terminal come from its token."""
    asked = receipt.points_to_spend
    message = receipt_pb2.Receipt(
        local_time=receipt.local_time.isoformat(timespec="seconds"),
        utc_offset_minutes=receipt.utc_offset_minutes,
        identifier=identifier,
        coupons=receipt.coupons,
        certificates=[
            receipt_pb2.PresentedCertificate(code=shown.code, at_most=shown.at_most)
            for shown in receipt.certificates
        ],
        channel=receipt.channel,
        planned_tenders=[
            receipt_pb2.PlannedTender(kind=tender.kind, bin=tender.bin, token=tender.token)
            for tender in receipt.tenders
        ],
        manual_permission=receipt.manual_permission,
        language=receipt.language,
        lines=[
            receipt_pb2.Line(
                position=line.position,
                sku=line.sku,
                barcode=line.barcode,
                category=line.category,
                quantity_milli=line.quantity_milli,
                price_minor=line.price_minor,
                amount_minor=line.amount_minor,
                min_price_minor=line.min_price_minor,
                external_discount_minor=line.external_discount_minor,
                manual_discount_minor=line.manual_discount_minor,
                kind=_KINDS[line.kind],
                no_discount=line.no_discount,
                no_points=line.no_points,
                excise=line.excise,
                marked=line.marked,
                weighed=line.weighed,
                vat_code=line.vat_code,
                title=line.title,
            )
            for line in receipt.lines
        ],
    )
    if asked == "max":
        message.points_max = True
    elif asked:
        message.points_minor = asked
    return message
