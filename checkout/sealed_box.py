"""A value closed up so that whoever closed it cannot open it: only the holder of a key can.

The key has a public half. To close a value a pair is drawn that is used once; what it and the
public half agree on (X25519) is the key of AES-256-GCM. All of it as the library `cryptography` has
it.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class CannotOpenBoxError(Exception):
    """Another key's, closed elsewhere, or altered."""


def public_half(key: bytes) -> bytes:
    """What others close values with, for whoever has the key."""
    return _private(key).public_key().public_bytes_raw()


def close_to(public: bytes, plain: bytes, place: str) -> bytes:
    """Close a value up for the holder of a key; it opens in its own place only."""
    once = X25519PrivateKey.generate()
    named = once.public_key().public_bytes_raw()
    agreed = once.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = secrets.token_bytes(NONCE_BYTES)
    closed = AESGCM(_derived(agreed, named + public)).encrypt(nonce, plain, place.encode())
    return named + nonce + closed


def open_with(key: bytes, box: bytes, place: str) -> bytes:
    """What was closed up.

    Raises:
        CannotOpenBoxError: not with this key, or not here.
    """
    named, nonce = box[:KEY_BYTES], box[KEY_BYTES : KEY_BYTES + NONCE_BYTES]
    closed = box[KEY_BYTES + NONCE_BYTES :]
    private = _private(key)
    try:
        agreed = private.exchange(X25519PublicKey.from_public_bytes(named))
        half = private.public_key().public_bytes_raw()
        return AESGCM(_derived(agreed, named + half)).decrypt(nonce, closed, place.encode())
    except (InvalidTag, ValueError):
        raise CannotOpenBoxError from None


def _private(key: bytes) -> X25519PrivateKey:
    # One of its own: the key itself seals, too.
    return X25519PrivateKey.from_private_bytes(_derived(key, b"the private half"))


def _derived(key: bytes, about: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"checkout sealed box " + about).derive(key)
