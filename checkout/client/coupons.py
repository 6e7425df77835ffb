"""Calls about unique coupons, of tills and of operators: bases of the two clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from checkout.v1 import coupon_pb2 as pb

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2

#: Deadlines as of other calls, and for a thousand coupons at once.
READ_TIMEOUT_S: Final = 0.3
WRITE_TIMEOUT_S: Final = 1.0
ISSUE_TIMEOUT_S: Final = 5.0


class Calling(Protocol):
    """What a client brings: its stub, and the way it calls."""

    _stub: Any

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:  # noqa: ANN401
        """Call with deadline and credentials."""


class TillCoupons:
    """What tills ask about coupons."""

    async def check_coupon(
        self: Calling, code: str, identifier: receipt_pb2.Identifier | None = None
    ) -> pb.CheckCouponResponse:
        """What a code is good for, for a member or a guest."""
        request = pb.CheckCouponRequest(code=code, identifier=identifier)
        response: pb.CheckCouponResponse = await self._call(
            self._stub.CheckCoupon, request, READ_TIMEOUT_S
        )
        return response

    async def list_coupons(
        self: Calling,
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


class OperatorCoupons:
    """What operators do with coupons."""

    async def issue_coupons(
        self: Calling, request: pb.IssueCouponsRequest
    ) -> pb.IssueCouponsResponse:
        """Issue up to a thousand, all or none."""
        response: pb.IssueCouponsResponse = await self._call(
            self._stub.IssueCoupons, request, ISSUE_TIMEOUT_S
        )
        return response

    async def block_coupon(self: Calling, request_id: str, code: str, reason: str) -> bool:
        """Block one; whether that is new."""
        request = pb.BlockCouponRequest(request_id=request_id, code=code, reason=reason)
        response: pb.BlockCouponResponse = await self._call(
            self._stub.BlockCoupon, request, WRITE_TIMEOUT_S
        )
        return response.changed

    async def unblock_coupon(self: Calling, request_id: str, code: str, reason: str) -> bool:
        """Lift that; whether that is new."""
        request = pb.UnblockCouponRequest(request_id=request_id, code=code, reason=reason)
        response: pb.UnblockCouponResponse = await self._call(
            self._stub.UnblockCoupon, request, WRITE_TIMEOUT_S
        )
        return response.changed
