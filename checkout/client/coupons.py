"""Calls about unique coupons, of tills and of operators: bases of the two clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client.channel import READ_TIMEOUT_S, WRITE_TIMEOUT_S, Client
from checkout.v1 import coupon_pb2 as pb

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2
    from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub
    from checkout.v1.operator_service_pb2_grpc import OperatorServiceStub

#: A thousand coupons at once.
ISSUE_TIMEOUT_S: Final = 5.0


class TillCoupons(Client):
    """What tills ask about coupons."""

    _stub: CheckoutServiceStub

    async def check_coupon(
        self, code: str, identifier: receipt_pb2.Identifier | None = None
    ) -> pb.CheckCouponResponse:
        """What a code is good for, for a member or a guest."""
        request = pb.CheckCouponRequest(code=code, identifier=identifier)
        response: pb.CheckCouponResponse = await self._call(
            self._stub.CheckCoupon, request, READ_TIMEOUT_S
        )
        return response

    async def list_coupons(
        self,
        identifier: receipt_pb2.Identifier,
        *,
        page_size: int = 0,
        page_token: str = "",
    ) -> pb.ListCouponsResponse:
        """A page of a member's coupons."""
        request = pb.ListCouponsRequest(
            identifier=identifier, page_size=page_size, page_token=page_token
        )
        response: pb.ListCouponsResponse = await self._call(
            self._stub.ListCoupons, request, READ_TIMEOUT_S
        )
        return response


class OperatorCoupons(Client):
    """What operators do with coupons."""

    _stub: OperatorServiceStub

    async def issue_coupons(self, request: pb.IssueCouponsRequest) -> pb.IssueCouponsResponse:
        """Issue up to a thousand, all or none."""
        response: pb.IssueCouponsResponse = await self._call(
            self._stub.IssueCoupons, request, ISSUE_TIMEOUT_S
        )
        return response

    async def block_coupon(
        self, request_id: str, code: str, reason: str, *, code_id: str = ""
    ) -> bool:
        """Block one, named by its code or its id; whether that is new."""
        request = pb.BlockCouponRequest(
            request_id=request_id, code=code, code_id=code_id, reason=reason
        )
        response: pb.BlockCouponResponse = await self._call(
            self._stub.BlockCoupon, request, WRITE_TIMEOUT_S
        )
        return response.changed

    async def unblock_coupon(
        self, request_id: str, code: str, reason: str, *, code_id: str = ""
    ) -> bool:
        """Lift that; whether that is new."""
        request = pb.UnblockCouponRequest(
            request_id=request_id, code=code, code_id=code_id, reason=reason
        )
        response: pb.UnblockCouponResponse = await self._call(
            self._stub.UnblockCoupon, request, WRITE_TIMEOUT_S
        )
        return response.changed
