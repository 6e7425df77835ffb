"""OperatorService: gifts - giving, taking back, their stock; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from uuid_utils.compat import uuid7

from checkout.api.decode import ID_CHARACTERS_MAX, decode_id
from checkout.api.encode import encode_balance
from checkout.api.gate import OPERATOR
from checkout.api.operator_care import OperatorCare, decode_cause, decode_code, decode_uuid
from checkout.api.violations import Violations
from checkout.flows.gift_answers import GiftStockAnswer, GiveGiftAnswer, TakeGiftBackAnswer
from checkout.flows.give_gift import GiveCall, GiveGiftOperation, TakeGiftBackOperation
from checkout.flows.set_gift_stock import STOCK_MAX, SetGiftStockOperation
from checkout.refusals import Reason
from checkout.v1 import gift_pb2 as pb

if TYPE_CHECKING:
    from typing import Any

    from grpc.aio import ServicerContext

    Context = ServicerContext[Any, Any]

#: Of one gift in one call.
GIVEN_MAX: Final = 100


class OperatorGifts(OperatorCare):
    """Calls about gifts; a base of the servicer."""

    async def GiveGift(  # noqa: N802 - named by the contract
        self, request: pb.GiveGiftRequest, context: Context
    ) -> pb.GiveGiftResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        member_id = decode_uuid("member_id", request.member_id, found)
        decode_code("gift", request.gift, found)
        found.between("count", request.count, 1, GIVEN_MAX)
        found.text("store", request.store, ID_CHARACTERS_MAX)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        call = GiveCall(
            member_id=member_id, gift=request.gift, count=request.count, store=request.store
        )
        operation = GiveGiftOperation(
            partner.partner_id,
            request_id=request.request_id,
            call=call,
            gift_given_id=uuid7(),
            cause=cause,
        )
        answer = await self._run(operation, GiveGiftAnswer)
        return pb.GiveGiftResponse(
            gift_given_id=str(answer.gift_given_id),
            points_minor=answer.points_minor,
            balance=encode_balance(answer.balance) if answer.balance is not None else None,
            left=answer.left,
        )

    async def TakeGiftBack(  # noqa: N802
        self, request: pb.TakeGiftBackRequest, context: Context
    ) -> pb.TakeGiftBackResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        given_id = decode_uuid("gift_given_id", request.gift_given_id, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = TakeGiftBackOperation(
            partner.partner_id, request_id=request.request_id, gift_given_id=given_id, cause=cause
        )
        answer = await self._run(operation, TakeGiftBackAnswer)
        return pb.TakeGiftBackResponse(
            changed=answer.changed,
            points_minor=answer.points_minor,
            balance=encode_balance(answer.balance) if answer.balance is not None else None,
        )

    async def SetGiftStock(  # noqa: N802
        self, request: pb.SetGiftStockRequest, context: Context
    ) -> pb.SetGiftStockResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        decode_code("gift", request.gift, found)
        is_difference = request.HasField("difference")
        if not is_difference and not request.HasField("counted"):
            found.add(Reason.FIELD_REQUIRED, "counted", "say how many there are, or how many more")
        name, least = ("difference", -STOCK_MAX) if is_difference else ("counted", 0)
        number: int = getattr(request, name)
        found.between(name, number, least, STOCK_MAX)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = SetGiftStockOperation(
            partner.partner_id,
            request_id=request.request_id,
            gift=request.gift,
            number=number,
            is_difference=is_difference,
            cause=cause,
        )
        answer = await self._run(operation, GiftStockAnswer)
        return pb.SetGiftStockResponse(
            stock=answer.stock, held=answer.held, difference=answer.difference
        )
