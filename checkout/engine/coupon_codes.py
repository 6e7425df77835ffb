"""Coupon codes as a receipt carries them (``docs/rules.md`` §6, "Coupons")."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.program import CouponRules


def canonical_code(code: str, rules: CouponRules) -> str:
    """The form in which equal codes are equal: without regard to case, unless case matters."""
    return code if rules.case_matters else code.casefold()


def carried_codes(receipt: Receipt, rules: CouponRules) -> frozenset[str]:
    """The canonical codes that count: without those that stand twice, if the rules refuse them."""
    if not receipt.coupons:
        return frozenset()
    codes = [canonical_code(code, rules) for code in receipt.coupons]
    if rules.repeated_refused and len(codes) > 1:
        return frozenset(code for code, count in Counter(codes).items() if count == 1)
    return frozenset(codes)
