"""From what became of a mutating call to its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.encode import (
    encode_cancel,
    encode_enrol,
    encode_extend,
    encode_quote,
    encode_reason,
)
from checkout.api.encode_return import encode_return
from checkout.api.member_calls import encode_bound
from checkout.api.offline_calls import encode_credit
from checkout.api.return_calls import encode_without_receipt
from checkout.flows.answers import (
    BindAnswer,
    CancelAnswer,
    ConfirmAnswer,
    CreditAnswer,
    EnrolAnswer,
    ExtendAnswer,
    QuoteAnswer,
    ReturnAnswer,
)
from checkout.flows.return_answers import WithoutReceiptAnswer
from checkout.refusals import Refusal
from checkout.v1 import checkout_service_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.flows.card_numbers import CardNumbers
    from checkout.flows.lookup import OperationView

_STATES: Final = {
    "done": pb.OPERATION_STATE_DONE,
    "in_progress": pb.OPERATION_STATE_IN_PROGRESS,
    "not_done": pb.OPERATION_STATE_NOT_DONE,
}


def encode_operation(
    view: OperationView,
    encode_sale: Callable[[ConfirmAnswer], pb.ConfirmResponse],
    numbers: CardNumbers,
) -> pb.GetOperationResponse:
    """Whether it is done, and with which answer."""
    response = pb.GetOperationResponse(state=_STATES[view.state])
    match view.answer:
        case QuoteAnswer():
            response.quote.CopyFrom(encode_quote(view.answer))
        case ConfirmAnswer():
            response.confirm.CopyFrom(encode_sale(view.answer))
        case CancelAnswer():
            response.cancel.CopyFrom(encode_cancel(view.answer))
        case ExtendAnswer():
            response.extend_hold.CopyFrom(encode_extend(view.answer))
        case BindAnswer():
            response.bind_card.CopyFrom(encode_bound(view.answer))
        case ReturnAnswer():
            response.confirm_return.CopyFrom(encode_return(view.answer))
        case WithoutReceiptAnswer():
            response.return_without_receipt.CopyFrom(encode_without_receipt(view.answer))
        case CreditAnswer():
            response.credit_later.CopyFrom(encode_credit(view.answer))
        case EnrolAnswer():
            response.enrol_member.CopyFrom(encode_enrol(view.answer, numbers))
        case Refusal():
            response.refused = encode_reason(view.answer.reason)
        case _:
            pass
    return response
