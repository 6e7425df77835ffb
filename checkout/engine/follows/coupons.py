"""What becomes of each code of the receipt (``docs/rules.md`` §6, "Coupons")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import CouponResult, CouponStatus

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.follows.applied import Given


def coupon_results(program: CompiledProgram, case: Case, given: Given) -> list[CouponResult]:
    """Every distinct code once, as it was typed (of several, the smallest), by code."""
    if not case.receipt.coupons:
        return []
    typed: dict[str, str] = {}
    for code in case.receipt.coupons:
        canonical = program.fold_code(code)
        typed[canonical] = min(code, typed.get(canonical, code))
    codes = {program.fold_code(code) for campaign in given.applied for code in campaign.coupons}
    series = {each for campaign in given.applied for each in campaign.coupon_series}
    first: dict[str, str] = {}
    for canonical, of_series in case.coupon_series.items():
        first[of_series] = min(canonical, first.get(of_series, canonical))
    results = []
    for canonical, code in typed.items():
        if canonical not in case.coupons:
            status = CouponStatus.REPEATED
        elif canonical in codes or (
            case.coupon_series.get(canonical) in series
            # One coupon of a series switches its campaigns on; more of them do nothing.
            and first[case.coupon_series[canonical]] == canonical
        ):
            status = CouponStatus.APPLIED
        else:
            status = _status_of_rejected(canonical, program, case)
        valid_in = case.coupon_series.get(canonical, "")
        used_up = status is CouponStatus.APPLIED or (
            status is CouponStatus.NOT_APPLICABLE and program.document.coupons.unused_used_up
        )
        results.append(CouponResult(code, status, valid_in, used_up=used_up))
    results.sort(key=lambda result: result.code)
    return results


def _status_of_rejected(canonical: str, program: CompiledProgram, case: Case) -> CouponStatus:
    """Why a code that is carried has not applied."""
    fault = case.coupons_refused.get(canonical)
    if fault is not None:
        return CouponStatus(fault.value)
    series = case.coupon_series.get(canonical)
    named = list(program.by_coupon_named.get(canonical, ()))
    if series is not None:
        named += program.by_series_named.get(series, ())
    if not named:
        known = series is not None or canonical in program.coupons_known
        return CouponStatus.NOT_APPLICABLE if known else CouponStatus.UNKNOWN
    if any(map(case.is_in_force, named)):
        return CouponStatus.NOT_APPLICABLE
    return CouponStatus.NOT_IN_FORCE
