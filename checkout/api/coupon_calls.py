"""CheckoutService: coupons - what a code is good for, and a member's own; and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.api.decode import ID_CHARACTERS_MAX
from checkout.api.encode import encode_confirm
from checkout.api.gate import CALLER
from checkout.api.moments import encode_moment
from checkout.api.pages import decode_page_size
from checkout.api.violations import Violations, present, unless_refused
from checkout.engine.facts import CouponFault
from checkout.primitives import composed
from checkout.refusals import Reason
from checkout.v1 import coupon_pb2 as pb
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceServicer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from grpc.aio import ServicerContext

    from checkout.api.decode import Decoder
    from checkout.flows.answers import ConfirmAnswer, CouponIssued
    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.coupon_lookup import CouponLookup, CouponTerm, CouponView
    from checkout.flows.directory import Directory
    from checkout.v1 import checkout_service_pb2 as service_pb

    Context = ServicerContext[Any, Any]

_STATES: Final = {
    None: pb.COUPON_STATE_VALID,
    CouponFault.ALREADY_USED: pb.COUPON_STATE_ALREADY_USED,
    CouponFault.NOT_YET_VALID: pb.COUPON_STATE_NOT_YET_VALID,
    CouponFault.EXPIRED: pb.COUPON_STATE_EXPIRED,
    CouponFault.OTHER_MEMBER: pb.COUPON_STATE_OTHER_MEMBER,
    CouponFault.BLOCKED: pb.COUPON_STATE_BLOCKED,
}


class CouponCalls(CheckoutServiceServicer):
    """Calls about coupons that are no sale; a base of the servicer, which sets the parts."""

    _directory: Directory
    _decoder: Decoder
    _coupons: CouponLookup
    _codes: CertificateCodes
    _coupon_codes: CouponCodes

    async def CheckCoupon(  # noqa: N802 - named by the contract
        self, request: pb.CheckCouponRequest, context: Context
    ) -> pb.CheckCouponResponse:
        del context
        caller = CALLER.get()
        partner = self._directory.partner(caller.partner_id)
        found = Violations()
        decode_coupon_code("code", request.code, found)
        identifier = None
        if request.HasField("identifier"):
            identifier = self._decoder.identifier(request.identifier, partner, found)
        found.raise_if_any()
        code = composed(request.code)
        checked = unless_refused(await self._coupons.check(caller, code, identifier))
        state = _STATES[checked.fault]
        if checked.view is None and not checked.terms:
            state = pb.COUPON_STATE_UNKNOWN
        return pb.CheckCouponResponse(
            state=state,
            coupon=_encode_view(checked.view) if checked.view is not None else None,
            terms=_encode_terms(checked.terms),
        )

    async def ListCoupons(  # noqa: N802
        self, request: pb.ListCouponsRequest, context: Context
    ) -> pb.ListCouponsResponse:
        del context
        caller = CALLER.get()
        partner = self._directory.partner(caller.partner_id)
        found = Violations()
        identifier = self._decoder.identifier(request.identifier, partner, found)
        size = decode_page_size(request.page_size, found)
        after = _page_token(request.page_token, found)
        found.raise_if_any()
        page = unless_refused(await self._coupons.page(caller, present(identifier), after, size))
        return pb.ListCouponsResponse(
            coupons=map(_encode_view, page.coupons),
            next_page_token=page.after.hex if page.after is not None else "",
        )

    def _encode_confirm(self, answer: ConfirmAnswer) -> service_pb.ConfirmResponse:
        """A sale with the codes of what it issued."""
        issued = encode_issued(answer.coupons_issued, self._coupon_codes)
        return encode_confirm(answer, CALLER.get().partner_id, self._codes, issued)


def decode_coupon_code(field: str, code: str, found: Violations) -> None:
    """A code as a customer shows it."""
    found.require(field, code)
    found.text(field, code, ID_CHARACTERS_MAX)


def encode_issued(coupons: Iterable[CouponIssued], codes: CouponCodes) -> list[pb.IssuedCoupon]:
    """Coupons that a sale issued, with the codes that follow from their ids."""
    return [
        pb.IssuedCoupon(
            coupon_id=str(coupon.coupon_id),
            code=codes.code_of(coupon.coupon_id),
            series=coupon.series,
            campaign=coupon.campaign,
            of_member=coupon.of_member,
            valid_from=encode_moment(coupon.valid_from),
            valid_until=encode_moment(coupon.valid_until),
        )
        for coupon in coupons
    ]


def _encode_view(view: CouponView) -> pb.CouponView:
    coupon = view.coupon
    return pb.CouponView(
        coupon_id=str(coupon.coupon_id),
        code=view.code,
        masked=coupon.masked,
        series=coupon.series_code,
        of_member=coupon.member_id is not None,
        uses_max=coupon.uses_max,
        uses_left=max(coupon.uses_max - coupon.used - coupon.held, 0),
        valid_from=encode_moment(coupon.valid_from),
        valid_until=encode_moment(coupon.valid_until),
        terms=_encode_terms(view.terms),
    )


def _encode_terms(terms: Iterable[CouponTerm]) -> list[pb.CouponTerms]:
    return [
        pb.CouponTerms(
            campaign=term.campaign,
            name=term.name,
            in_force=term.in_force,
            ends_at=encode_moment(term.ends_at),
        )
        for term in terms
    ]


def _page_token(token: str, found: Violations) -> UUID | None:
    """After which coupon the page begins; none: the first page."""
    if not token:
        return None
    try:
        return UUID(token)
    except ValueError:
        found.add(Reason.FIELD_INVALID, "page_token", "page_token is the one of the page before")
        return None
