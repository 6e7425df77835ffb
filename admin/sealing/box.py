"""One value under one key: AES-256-GCM, as the library `cryptography` has it."""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
#: Drawn anew for each value: so one key may seal 2^32 of them (SP 800-38D).
NONCE_BYTES: Final = 12


class CannotOpenError(Exception):
    """Another key sealed it, it belongs elsewhere, or somebody has altered it."""


def new_key() -> bytes:
    """A key that nobody has had."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def seal(key: bytes, plain: bytes, place: str) -> bytes:
    """Close something up; it opens in its own place only, so that nobody moves it to another."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was closed up.

    Raises:
        CannotOpenError: not with this key, or not here.
    """
    nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    if len(nonce) < NONCE_BYTES:
        raise CannotOpenError
    try:
        return AESGCM(key).decrypt(nonce, closed, place.encode())
    except InvalidTag:
        raise CannotOpenError from None
