"""The quote token: what was priced, with what, when, and what it came to - signed, opaque to tills.

A confirm with the token is evaluated with the token's snapshot at the token's moment;
`PRICE_CHANGED` follows only if an amount paid differs. The token carries no state that we would
have to keep.
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

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

_VERSION: Final = 1
_LAYOUT: Final = struct.Struct(">BBH32sqq16s16s")
_MAC_BYTES: Final = 16
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """What a quote stands for."""

    snapshot_id: str
    semantics: int
    evaluated_at: dt.datetime
    valid_until: dt.datetime
    priced_hash: bytes
    paid_hash: bytes


class TokenSigner:
    """Signs and checks tokens; several keys may be valid while they are rotated.

    The first one signs.
    """

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        """Take keys by id, the signing one first."""
        self._keys = dict(keys)
        self._key_id = next(iter(self._keys))

    def sign(self, partner_id: UUID, terms: QuoteTerms) -> str:
        """The token of a partner's quote; to any other partner it is not one of ours."""
        body = _LAYOUT.pack(
            _VERSION,
            self._key_id,
            terms.semantics,
            bytes.fromhex(terms.snapshot_id),
            (terms.evaluated_at - _EPOCH) // _MICROSECOND,
            (terms.valid_until - _EPOCH) // _MICROSECOND,
            terms.priced_hash,
            terms.paid_hash,
        )
        mac = _mac(self._keys[self._key_id], partner_id, body)
        return base64.urlsafe_b64encode(body + mac).decode()

    def read(self, partner_id: UUID, token: str) -> QuoteTerms | None:
        """What a partner's token says, or None if it is not one of ours."""
        try:
            raw = base64.urlsafe_b64decode(token.encode())
        except (binascii.Error, ValueError):
            return None
        if len(raw) != _LAYOUT.size + _MAC_BYTES:
            return None
        body, mac = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        version, key_id, semantics, snapshot, evaluated, valid, priced, paid = _LAYOUT.unpack(body)
        key = self._keys.get(key_id)
        if version != _VERSION or key is None:
            return None
        if not hmac.compare_digest(mac, _mac(key, partner_id, body)):
            return None
        return QuoteTerms(
            snapshot.hex(),
            semantics,
            _EPOCH + evaluated * _MICROSECOND,
            _EPOCH + valid * _MICROSECOND,
            priced,
            paid,
        )


def _mac(key: bytes, partner_id: UUID, body: bytes) -> bytes:
    return hmac.digest(key, partner_id.bytes + body, hashlib.sha256)[:_MAC_BYTES]
