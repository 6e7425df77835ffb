"""Coupons of a shop behind gRPC: read from the wire, apart from what memory tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.client import CallRefusedError, CheckoutClient, OperatorClient, identifier_message
from checkout.v1 import coupon_pb2 as pb
from tests.scenarios.told_messages import told_moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Awaitable, Callable, Iterable

    from checkout.stories.coupon_steps import IssueCouponsStep
    from checkout.stories.shop import Shown

    Told = dict[str, Any]

_REASON = "as the story tells"


class GrpcCouponDesk:
    """Calls about coupons, with the shop's tills and operator."""

    def __init__(
        self,
        tills: dict[str, CheckoutClient],
        operators: Callable[[], Awaitable[OperatorClient]],
    ) -> None:
        self._tills = tills
        self._operators = operators

    async def issue(
        self,
        asked: IssueCouponsStep,
        member_id: str,
        valid_from: dt.datetime | None,
        valid_until: dt.datetime | None,
        request_id: str,
    ) -> Told:
        request = pb.IssueCouponsRequest(
            request_id=request_id,
            series=asked.series,
            count=asked.count,
            codes=asked.codes,
            member_id=member_id,
            uses_max=asked.uses_max,
            valid_from=valid_from.isoformat() if valid_from is not None else "",
            valid_until=valid_until.isoformat() if valid_until is not None else "",
            valid_days=asked.valid_days,
            reason=_REASON,
        )
        operator = await self._operators()
        try:
            answer = await operator.issue_coupons(request)
        except CallRefusedError as error:
            return {"status": "refused", "reason": error.reason}
        made = [
            {
                "code": coupon.code,
                "series": coupon.series,
                "uses_max": coupon.uses_max,
                "valid_from": told_moment(coupon.valid_from),
                "valid_until": told_moment(coupon.valid_until),
            }
            for coupon in answer.coupons
            if coupon.code
        ]
        return {"status": "ok", "coupons": len(answer.coupons), "coupons_made": made}

    async def block(self, code: str, request_id: str, *, lift: bool) -> Told:
        operator = await self._operators()
        call = operator.unblock_coupon if lift else operator.block_coupon
        try:
            return {"status": "ok", "changed": await call(request_id, code, _REASON)}
        except CallRefusedError as error:
            return {"status": "refused", "reason": error.reason}

    async def check(self, store: str, code: str, shown: Shown | None) -> Told:
        message = identifier_message(shown.kind, shown.value) if shown is not None else None
        answer = await self._tills[store].check_coupon(code, message)
        return {
            "status": "ok",
            "state": pb.CouponState.Name(answer.state).removeprefix("COUPON_STATE_").lower(),
            "coupon": _told(answer.coupon) if answer.HasField("coupon") else {},
            "terms": _terms(answer.terms),
        }

    async def list_of(self, store: str, shown: Shown) -> Told:
        coupons: list[pb.CouponView] = []
        token = ""
        while True:
            message = identifier_message(shown.kind, shown.value)
            try:
                page = await self._tills[store].list_coupons(message, page_size=2, page_token=token)
            except CallRefusedError as error:
                return {"status": "refused", "reason": error.reason}
            coupons += page.coupons
            token = page.next_page_token
            if not token:
                return {"status": "ok", "coupons": {each.code: _told(each) for each in coupons}}


def _told(coupon: pb.CouponView) -> Told:
    return {
        "series": coupon.series,
        "of_member": coupon.of_member,
        "uses_max": coupon.uses_max,
        "uses_left": coupon.uses_left,
        "valid_from": told_moment(coupon.valid_from),
        "valid_until": told_moment(coupon.valid_until),
        "terms": _terms(coupon.terms),
    }


def _terms(terms: Iterable[pb.CouponTerms]) -> list[Told]:
    return [
        {
            "campaign": each.campaign,
            "name": each.name,
            "in_force": each.in_force,
            "ends_at": each.ends_at,
        }
        for each in terms
    ]
