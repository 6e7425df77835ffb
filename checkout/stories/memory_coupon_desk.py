"""Coupons of a shop in memory: the operations and the look-up of the flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from checkout.flows.coupon_lookup import CheckedCoupon, CouponPage
from checkout.flows.issue_coupons import (
    BlockCouponOperation,
    IssueCall,
    IssueCouponsOperation,
)
from checkout.refusals import Refusal
from checkout.stories.telling import tell, tell_moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Awaitable, Callable, Sequence

    from checkout.flows.answers import IssueCouponsAnswer
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.coupon_lookup import CouponLookup, CouponTerm, CouponView
    from checkout.flows.operation import Operation
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.interventions import Cause
    from checkout.stories.coupon_steps import IssueCouponsStep
    from checkout.stories.shop import Shown

    Told = dict[str, Any]

#: More than a story has.
_PAGE: int = 100


class MemoryCouponDesk:
    """Calls about coupons, on what the shop lends."""

    def __init__(
        self,
        partner_id: UUID,
        codes: CouponCodes,
        lookup: CouponLookup,
        *,
        commit: Callable[[Operation], Awaitable[object]],
        caller: Callable[[str], Caller],
        present: Callable[[Shown], PresentedIdentifier],
        cause: Callable[[], Cause],
    ) -> None:
        self._partner_id = partner_id
        self._codes = codes
        self._lookup = lookup
        self._commit = commit
        self._caller = caller
        self._present = present
        self._cause = cause

    async def issue(
        self,
        asked: IssueCouponsStep,
        member_id: str,
        valid_from: dt.datetime | None,
        valid_until: dt.datetime | None,
        request_id: str,
    ) -> Told:
        """Issue coupons."""
        call = IssueCall(
            series=asked.series,
            count=asked.count,
            codes=asked.codes,
            member_id=UUID(member_id) if member_id else None,
            uses_max=asked.uses_max,
            valid_from=valid_from,
            valid_until=valid_until,
            valid_days=asked.valid_days,
        )
        operation = IssueCouponsOperation(
            self._partner_id,
            request_id=request_id,
            call=call,
            codes=self._codes,
            cause=self._cause(),
        )
        answer: Any = await self._commit(operation)
        return tell(answer) if isinstance(answer, Refusal) else self._issued(answer)

    async def block(self, code: str, request_id: str, *, lift: bool) -> Told:
        """Block a coupon, or lift that."""
        operation = BlockCouponOperation(
            self._partner_id,
            request_id=request_id,
            digest=self._codes.digest(self._partner_id, code),
            lift=lift,
            cause=self._cause(),
        )
        answer: Any = await self._commit(operation)
        if isinstance(answer, Refusal):
            return tell(answer)
        return {"status": "ok", "changed": answer.changed}

    async def check(self, store: str, code: str, shown: Shown | None) -> Told:
        """What a code is good for."""
        identifier = self._present(shown) if shown is not None else None
        checked = await self._lookup.check(self._caller(store), code, identifier)
        if not isinstance(checked, CheckedCoupon):
            return tell(checked)
        state = checked.fault.value if checked.fault is not None else "valid"
        if checked.view is None and not checked.terms:
            state = "unknown"
        return {
            "status": "ok",
            "state": state,
            "coupon": _told(checked.view) if checked.view is not None else {},
            "terms": _terms(checked.terms),
        }

    async def list_of(self, store: str, shown: Shown) -> Told:
        """A member's coupons."""
        page = await self._lookup.page(self._caller(store), self._present(shown), None, _PAGE)
        if not isinstance(page, CouponPage):
            return tell(page)
        return {"status": "ok", "coupons": {view.code: _told(view) for view in page.coupons}}

    def _issued(self, answer: IssueCouponsAnswer) -> Told:
        made = [
            {
                "code": self._codes.code_of(coupon_id),
                "series": answer.series,
                "uses_max": answer.uses_max,
                "valid_from": tell_moment(answer.valid_from),
                "valid_until": tell_moment(answer.valid_until),
            }
            for coupon_id in answer.coupon_ids
        ]
        return {
            "status": "ok",
            "coupons": len(answer.coupon_ids),
            "coupons_made": made if answer.codes_made else [],
        }


def _told(view: CouponView) -> Told:
    coupon = view.coupon
    return {
        "series": coupon.series_code,
        "of_member": coupon.member_id is not None,
        "uses_max": coupon.uses_max,
        "uses_left": max(coupon.uses_max - coupon.used - coupon.held, 0),
        "valid_from": tell_moment(coupon.valid_from),
        "valid_until": tell_moment(coupon.valid_until),
        "terms": _terms(view.terms),
    }


def _terms(terms: Sequence[CouponTerm]) -> list[Told]:
    return [
        {
            "campaign": term.campaign,
            "name": term.name,
            "in_force": term.in_force,
            "ends_at": term.ends_at.isoformat() if term.ends_at is not None else "",
        }
        for term in terms
    ]
