"""QR codes: who shows one is a member for 60 seconds, for one purchase (W2, N13).

A code is signed for its partner and says whom it stands for, until when, and whether points may be
spent with it. Nothing is kept when it is issued; the purchase that is held or confirmed with it
claims it, so that a copy of it brings no member to another one.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.flows.sale import PresentedIdentifier, QrTerms
from checkout.ledger.qr_rows import QrClaim
from checkout.primitives import bucket_of, key_number
from checkout.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.flows.sale import Sale
    from checkout.ledger.book import Book, MemberBook

#: How long a code brings its member.
QR_VALIDITY: Final = dt.timedelta(seconds=60)
QR_CHARACTERS_MAX: Final = 200
_VERSION: Final = 1
_LAYOUT: Final = struct.Struct(">BB?q16s16s")
_MAC_BYTES: Final = 16
#: What is signed is no quote.
_LABEL: Final = b"checkout qr code"
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code as it is shown, and until when."""

    text: str
    expires_at: dt.datetime


class QrSigner:
    """Issues and reads codes; several keys may be valid while they are rotated.

    The first one signs.
    """

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """Take keys by id, the signing one first."""
        self._keys = dict(keys)
        self._key_id = next(iter(self._keys))

    def issue(
        self, partner_id: UUID, member_id: UUID, token_id: UUID, now: dt.datetime, *, spends: bool
    ) -> QrCode:
        """A code of a partner's member; to any other partner it is none."""
        expires_at = now + QR_VALIDITY
        body = _LAYOUT.pack(
            _VERSION,
            self._key_id,
            spends,
            (expires_at - _EPOCH) // _MICROSECOND,
            member_id.bytes,
            token_id.bytes,
        )
        mac = _mac(self._keys[self._key_id], partner_id, body)
        return QrCode(base64.urlsafe_b64encode(body + mac).decode().rstrip("="), expires_at)

    def read(self, partner_id: UUID, text: str) -> QrTerms | None:
        """What a partner's code says, or None if it is none of ours."""
        try:
            raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            return None
        if len(raw) != _LAYOUT.size + _MAC_BYTES:
            return None
        body, mac = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        version, key_id, spends, expires, member_id, token_id = _LAYOUT.unpack(body)
        key = self._keys.get(key_id)
        if version != _VERSION or key is None:
            return None
        if not hmac.compare_digest(mac, _mac(key, partner_id, body)):
            return None
        return QrTerms(
            UUID(bytes=token_id),
            UUID(bytes=member_id),
            _EPOCH + expires * _MICROSECOND,
            spends=spends,
        )

    def present(self, partner_id: UUID, text: str) -> PresentedIdentifier:
        """A code as it goes on from the edge; without terms it is none of ours."""
        terms = self.read(partner_id, text)
        if terms is None:
            return PresentedIdentifier("qr", hashlib.sha256(text.encode()).digest()[:16], "…")
        return PresentedIdentifier("qr", terms.token_id.bytes, "…", terms)


def qr_key_number(partner_id: UUID, token_id: UUID) -> int:
    """The lock of a code, for whoever sells with it."""
    return key_number(b"qr", partner_id.bytes, token_id.bytes)


def reason_of_code(shown: PresentedIdentifier, valid_at: dt.datetime) -> Reason | None:
    """Why a code brings no member, as far as it says itself."""
    if shown.qr is None:
        return Reason.QR_INVALID
    return Reason.QR_EXPIRED if valid_at >= shown.qr.expires_at else None


def member_of_code(
    book: Book, sale: Sale, shown: PresentedIdentifier, valid_at: dt.datetime
) -> tuple[MemberBook | None, Reason | None]:
    """Whom a code stands for in a purchase, exactly as of the lock; or why nobody."""
    reason = reason_of_code(shown, valid_at)
    if reason is not None or shown.qr is None:
        return None, reason
    partner_id = sale.caller.partner_id
    claim = book.qr_claims.get((partner_id, shown.qr.token_id))
    if claim is not None and claim.purchase_id != sale.purchase_id:
        return None, Reason.QR_USED
    member = book.members.get(shown.qr.member_id)
    if member is None or member.member.partner_id != partner_id:
        return None, Reason.MEMBER_UNKNOWN
    if member.survivor.member.blocked_at is not None:
        return None, Reason.MEMBER_BLOCKED
    return member.survivor, None


def claim_code(book: Book, sale: Sale, member: MemberBook | None) -> None:
    """Let a code belong to the purchase that was held or confirmed with it, once."""
    shown = sale.identifier
    if shown is None or shown.qr is None or member is None:
        return
    ref = (sale.caller.partner_id, shown.qr.token_id)
    if ref not in book.qr_claims:
        claim = QrClaim(
            bucket_of(shown.qr.token_id.bytes),
            *ref,
            sale.purchase_id,
            member.member.member_id,
            book.now,
        )
        book.qr_claims[ref] = book.writes.qr_claims[ref] = claim


def may_spend(shown: PresentedIdentifier | None) -> bool:
    """Whether points may be spent by who shows this."""
    return shown is None or shown.qr is None or shown.qr.spends


def _mac(key: bytes, partner_id: UUID, body: bytes) -> bytes:
    return hmac.digest(key, _LABEL + partner_id.bytes + body, hashlib.sha256)[:_MAC_BYTES]
