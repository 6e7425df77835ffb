"""Secrets that people or machines carry: made here, kept as their SHA-256 only."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token(prefix: str = "") -> str:
    """256 random bits, as text."""
    return prefix + secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is stored. A random token needs no salt, and is found by its hash."""
    return hashlib.sha256(token.encode()).digest()


def form_token(visitor: str, session: str) -> str:
    """What a form carries to show that it is ours: follows from the browser's own cookies."""
    return hmac.digest(visitor.encode(), b"form\0" + session.encode(), "sha256").hex()
