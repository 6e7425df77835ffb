"""Calls about gifts, of tills and of operators: bases of the two clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S, Client
from checkout.v1 import gift_pb2 as pb

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2
    from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub
    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub


class TillGifts(Client):
    """What tills ask about gifts."""

    _stub: CheckoutServiceStub

    async def list_gifts(
        self, identifier: receipt_pb2.Identifier | None = None
    ) -> pb.ListGiftsResponse:
        """What can be given here now, to a member or to anybody."""
        request = pb.ListGiftsRequest(identifier=identifier)
        response: pb.ListGiftsResponse = await self._call(
            self._stub.ListGifts, request, READ_TIMEOUT_S
        )
        return response


class OperatorGifts(Client):
    """What operators do with gifts."""

    _stub: OperatorServiceStub

    async def give_gift(
        self,
        request_id: str,
        member_id: str,
        gift: str,
        reason: str,
        *,
        count: int = 1,
        store: str = "",
    ) -> pb.GiveGiftResponse:
        """Give a member so many of a gift, for what the rules say it costs."""
        request = pb.GiveGiftRequest(
            request_id=request_id,
            member_id=member_id,
            gift=gift,
            count=count,
            store=store,
            reason=reason,
        )
        response: pb.GiveGiftResponse = await self._call(
            self._stub.GiveGift, request, WRITE_TIMEOUT_S
        )
        return response

    async def take_gift_back(
        self, request_id: str, gift_given_id: str, reason: str
    ) -> pb.TakeGiftBackResponse:
        """Take back what was given, with its points."""
        request = pb.TakeGiftBackRequest(
            request_id=request_id, gift_given_id=gift_given_id, reason=reason
        )
        response: pb.TakeGiftBackResponse = await self._call(
            self._stub.TakeGiftBack, request, WRITE_TIMEOUT_S
        )
        return response

    async def set_gift_stock(
        self,
        request_id: str,
        gift: str,
        reason: str,
        *,
        counted: int | None = None,
        difference: int | None = None,
    ) -> pb.SetGiftStockResponse:
        """So many were counted, or so many more or fewer; one of both."""
        request = pb.SetGiftStockRequest(
            request_id=request_id,
            gift=gift,
            reason=reason,
            counted=counted,
            difference=difference,
        )
        response: pb.SetGiftStockResponse = await self._call(
            self._stub.SetGiftStock, request, WRITE_TIMEOUT_S
        )
        return response
