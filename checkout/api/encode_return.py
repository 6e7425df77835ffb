"""From returns to their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.api.encode import encode_member, encode_status
from checkout.api.encode_certificates import encode_back
from checkout.api.moments import encode_moment
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from checkout.flows.answers import ReturnAnswer


def encode_returned(answer: ReturnAnswer) -> pb.Returned:
    """All that a return moves."""
    return pb.Returned(
        return_id=answer.return_id,
        purchase_id=answer.purchase_id,
        lines=[
            pb.ReturnedLine(
                position=line.position,
                quantity_milli=line.quantity_milli,
                money_minor=line.money_minor,
                points_value_minor=line.points_value_minor,
                left_milli=line.left_milli,
                certificates_minor=line.certificates_minor,
            )
            for line in answer.lines
        ],
        money_minor=answer.money_minor,
        points_value_minor=answer.points_value_minor,
        points_currency=answer.points_currency,
        points_back_minor=answer.points_back_minor,
        points_taken=[
            pb.PointsTaken(
                currency=taken.currency,
                points_minor=taken.points_minor,
                owed_minor=taken.owed_minor,
                written_off_minor=taken.written_off_minor,
            )
            for taken in answer.points_taken
        ],
        is_all=answer.is_all,
        certificates_minor=answer.certificates_minor,
        certificates_back=[encode_back(back) for back in answer.certificates_back],
        certificates_undone=answer.certificates_undone,
        gifts_back=[pb.GiftBack(gift=each.gift, count=each.count) for each in answer.gifts_back],
    )


def encode_return(answer: ReturnAnswer) -> pb.ConfirmReturnResponse:
    """A return that was made, or the sum that it has now."""
    return pb.ConfirmReturnResponse(
        status=encode_status(answer.status),
        returned=encode_returned(answer),
        return_receipt_id=str(answer.return_receipt_id) if answer.return_receipt_id else "",
        returned_at=encode_moment(answer.returned_at),
        member=encode_member(answer.member),
    )
