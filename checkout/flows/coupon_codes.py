"""Codes of unique coupons: found by a keyed digest, made out of the coupon's id.

The database holds no codes. One that we make is an HMAC of the coupon's id, so that an answer can
be given again from what is stored; one that somebody else made is only ever digested. Capitals do
not matter.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from checkout.flows.identifiers import IdentifierHasher, mask
from checkout.primitives import composed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from checkout.ledger.coupon_rows import Coupon

#: Of base32: 80 bits, so that nobody finds one by trying.
CODE_CHARACTERS: Final = 16
_CODE_BYTES: Final = CODE_CHARACTERS * 5 // 8
#: Longest code that somebody else made.
CODE_CHARACTERS_MAX: Final = 64


class CouponCodes:
    """Makes and digests codes with the installation's pepper."""

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper
        self._hasher = IdentifierHasher(pepper)

    def digest(self, partner_id: UUID, code: str) -> bytes:
        """Under which a coupon stands."""
        return self._hasher.digest(partner_id, "coupon", plain_code(code))

    def digests(self, partner_id: UUID, codes: Iterable[str]) -> dict[str, bytes]:
        """The digest of each code."""
        return {code: self.digest(partner_id, code) for code in codes}

    def code_of(self, coupon_id: UUID) -> str:
        """The code of a coupon that we make."""
        message = b"coupon code|" + coupon_id.bytes
        made = hmac.digest(self._pepper, message, hashlib.sha256)[:_CODE_BYTES]
        return base64.b32encode(made).decode()

    def known_code(self, coupon: Coupon) -> str:
        """The code, if we made it; empty if somebody else did."""
        code = self.code_of(coupon.coupon_id)
        return code if self.digest(coupon.partner_id, code) == coupon.digest else ""


def plain_code(code: str) -> str:
    """The form in which equal codes are equal."""
    return composed(code).casefold()


def masked_code(code: str) -> str:
    """What people are shown of a code."""
    return mask(code)
