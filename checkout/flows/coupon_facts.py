"""What a sale is told of unique coupons: of which series they are, or why they cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.facts import CouponFault
from checkout.ledger.coupons import coupon_claims_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.facts import Facts
    from checkout.flows.sale import Sale
    from checkout.ledger.coupon_rows import Coupon, CouponRef
    from checkout.ledger.rows import Hold


def unique_codes(sale: Sale, program: CompiledProgram) -> dict[str, bytes]:
    """Codes with their digests that may be unique coupons: those that no campaign names itself."""
    if not sale.coupons:
        return {}
    known = program.coupons_known
    return {c: digest for c, digest in sale.coupons.items() if program.fold_code(c) not in known}


def add_coupons(
    facts: Facts,
    sale: Sale,
    coupons: Mapping[CouponRef, Coupon],
    program: CompiledProgram,
    *,
    member_ids: Collection[UUID],
    valid_at: dt.datetime,
    freed: Hold | None = None,
) -> None:
    """Tell the facts of a sale what its codes are; uses that `freed` keeps count as free."""
    kept: dict[bytes, int] = {}
    if freed is not None:
        kept = {claim.digest: claim.uses for claim in coupon_claims_of(freed)}
    for code, digest in unique_codes(sale, program).items():
        coupon = coupons.get((sale.caller.partner_id, digest))
        if coupon is None:
            continue
        fault = fault_of(coupon, member_ids, valid_at, kept.get(digest, 0))
        if fault is None:
            facts.coupon_series[code] = coupon.series_code
        else:
            facts.coupons_refused[code] = fault


def fault_of(
    coupon: Coupon, member_ids: Collection[UUID], valid_at: dt.datetime, kept: int = 0
) -> CouponFault | None:
    """Why a member (or a guest, without id) cannot use a coupon.

    Of its held uses `kept` are their own. A member may be known under several ids.
    """
    if coupon.blocked_at is not None or coupon.taken_back_at is not None:
        return CouponFault.BLOCKED
    if coupon.member_id is not None and coupon.member_id not in member_ids:
        return CouponFault.OTHER_MEMBER
    if coupon.used + coupon.held - kept >= coupon.uses_max:
        return CouponFault.ALREADY_USED
    if valid_at < coupon.valid_from:
        return CouponFault.NOT_YET_VALID
    if coupon.valid_until is not None and valid_at >= coupon.valid_until:
        return CouponFault.EXPIRED
    return None
