"""From returns to their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.encode import encode_member, encode_status
from checkout.api.encode_certificates import encode_back
from checkout.api.moments import encode_moment
from checkout.engine.schema.returns import ReturnPolicy
from checkout.flows.views import Unevaluated
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from checkout.flows.answers import ReturnAnswer

_POLICY: Final = {
    ReturnPolicy.STORED_SHARES: pb.RETURN_POLICY_STORED_SHARES,
    ReturnPolicy.RECOMPUTED: pb.RETURN_POLICY_RECOMPUTED,
}
_UNEVALUATED: Final = {
    Unevaluated.PRICED_BY_TILL: pb.UNEVALUATED_PRICED_BY_TILL,
    Unevaluated.CREDITED_LATER: pb.UNEVALUATED_CREDITED_LATER,
    Unevaluated.NOT_AS_SOLD: pb.UNEVALUATED_NOT_AS_SOLD,
}


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
                amount_minor=line.amount_minor,
                discounts=[
                    pb.ReturnedDiscount(campaign=campaign, discount_minor=minor)
                    for campaign, minor in line.discounts.items()
                ],
                points_earned_minor=line.points_earned_minor,
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
        policy=_POLICY[answer.policy],
        unevaluated=(
            _UNEVALUATED[answer.unevaluated]
            if answer.unevaluated is not None
            else pb.UNEVALUATED_UNSPECIFIED
        ),
        is_floored=answer.is_floored,
        floored_money_minor=answer.floored.money_minor,
        floored_points_value_minor=answer.floored.points_value_minor,
        floored_certificates_minor=answer.floored.certificates_minor,
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
