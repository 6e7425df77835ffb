"""OperatorService: issuing and blocking unique coupons; decode → flow → encode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.api.coupon_calls import decode_coupon_code
from checkout.api.decode import decode_id
from checkout.api.gate import OPERATOR
from checkout.api.moments import decode_moment, encode_moment
from checkout.api.operator_care import OperatorCare, decode_cause, decode_code, decode_uuid
from checkout.api.violations import Violations
from checkout.flows.answers import BlockCouponAnswer, IssueCouponsAnswer
from checkout.flows.issue_coupons import (
    BlockCouponOperation,
    IssueCall,
    IssueCouponsOperation,
)
from checkout.refusals import Reason
from checkout.v1 import coupon_pb2 as pb

if TYPE_CHECKING:
    import datetime as dt
    from typing import Any
    from uuid import UUID

    from grpc.aio import ServicerContext

    from checkout.flows.coupon_codes import CouponCodes

    Context = ServicerContext[Any, Any]

ISSUED_MAX: Final = 1_000
USES_MAX: Final = 1_000_000
VALID_DAYS_MAX: Final = 36_500
#: Years in which coupons begin and end.
YEAR_MIN: Final = 2_000
YEAR_MAX: Final = 2_200


class OperatorCoupons(OperatorCare):
    """Calls that issue coupons, block them, and lift that; a base of the servicer."""

    _coupon_codes: CouponCodes

    async def IssueCoupons(  # noqa: N802 - named by the contract
        self, request: pb.IssueCouponsRequest, context: Context
    ) -> pb.IssueCouponsResponse:
        del context
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        call = _decode_issue(request, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = IssueCouponsOperation(
            partner.partner_id,
            request_id=request.request_id,
            call=call,
            codes=self._coupon_codes,
            cause=cause,
        )
        answer = await self._run(operation, IssueCouponsAnswer)
        return _encode_issue(answer, self._coupon_codes)

    async def BlockCoupon(  # noqa: N802
        self, request: pb.BlockCouponRequest, context: Context
    ) -> pb.BlockCouponResponse:
        del context
        return pb.BlockCouponResponse(changed=await self._block(request, lift=False))

    async def UnblockCoupon(  # noqa: N802
        self, request: pb.UnblockCouponRequest, context: Context
    ) -> pb.UnblockCouponResponse:
        del context
        return pb.UnblockCouponResponse(changed=await self._block(request, lift=True))

    async def _block(
        self, request: pb.BlockCouponRequest | pb.UnblockCouponRequest, *, lift: bool
    ) -> bool:
        partner, author = OPERATOR.get()
        found = Violations()
        decode_id("request_id", request.request_id, found)
        digest = self._digest_named(partner.partner_id, request, found)
        cause = decode_cause(request.reason, author, found)
        found.raise_if_any()
        operation = BlockCouponOperation(
            partner.partner_id,
            request_id=request.request_id,
            digest=digest,
            lift=lift,
            cause=cause,
        )
        answer = await self._run(operation, BlockCouponAnswer)
        return answer.changed

    def _digest_named(
        self,
        partner_id: UUID,
        request: pb.BlockCouponRequest | pb.UnblockCouponRequest,
        found: Violations,
    ) -> bytes:
        """Under which the coupon stands, named by its code or by that itself."""
        if not request.code_id:
            decode_coupon_code("code", request.code, found)
            return self._coupon_codes.digest(partner_id, request.code)
        if request.code:
            found.add(Reason.FIELD_INVALID, "code_id", "name the coupon by its code or its id")
        return decode_uuid("code_id", request.code_id, found).bytes


def _decode_issue(request: pb.IssueCouponsRequest, found: Violations) -> IssueCall:
    decode_code("series", request.series, found)
    if request.codes:
        found.between("codes", len(request.codes), 1, ISSUED_MAX)
        found.between("count", request.count, 0, 0)
    else:
        found.between("count", request.count, 1, ISSUED_MAX)
    for i, code in enumerate(request.codes[:ISSUED_MAX]):
        decode_coupon_code(f"codes[{i}]", code, found)
        if len(code.split()) > 1 or code != code.strip():
            found.add(Reason.FIELD_INVALID, f"codes[{i}]", "a code has no blanks")
    member_id = decode_uuid("member_id", request.member_id, found) if request.member_id else None
    found.between("uses_max", request.uses_max, 0, USES_MAX)
    valid_days = request.valid_days if request.HasField("valid_days") else None
    if valid_days is not None:
        found.between("valid_days", valid_days, 0, VALID_DAYS_MAX)
        if request.valid_until:
            found.add(Reason.FIELD_INVALID, "valid_days", "give valid_days or valid_until")
    return IssueCall(
        series=request.series,
        count=request.count if not request.codes else 0,
        codes=tuple(request.codes),
        member_id=member_id,
        uses_max=request.uses_max or 1,
        valid_from=_decode_year("valid_from", request.valid_from, found),
        valid_until=_decode_year("valid_until", request.valid_until, found),
        valid_days=valid_days,
    )


def _decode_year(field: str, text: str, found: Violations) -> dt.datetime | None:
    """A moment of an ordinary year: none that a calendar cannot count on from."""
    moment = decode_moment(field, text, found)
    if moment is not None:
        found.between(field, moment.year, YEAR_MIN, YEAR_MAX)
    return moment


def _encode_issue(answer: IssueCouponsAnswer, codes: CouponCodes) -> pb.IssueCouponsResponse:
    return pb.IssueCouponsResponse(
        issue_id=str(answer.issue_id),
        coupons=[
            pb.CouponView(
                coupon_id=str(coupon_id),
                code=codes.code_of(coupon_id) if answer.codes_made else "",
                masked=masked,
                series=answer.series,
                of_member=answer.of_member,
                uses_max=answer.uses_max,
                uses_left=answer.uses_max,
                valid_from=encode_moment(answer.valid_from),
                valid_until=encode_moment(answer.valid_until),
            )
            for coupon_id, masked in zip(answer.coupon_ids, answer.masked, strict=True)
        ],
    )
