"""Passwords: argon2id, in a thread, at most two at once (each takes 19 MiB and some 20 ms)."""

from __future__ import annotations

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

CHARACTERS_MIN: Final = 12
#: Longer ones only cost time to hash.
CHARACTERS_MAX: Final = 128

_AT_ONCE: Final = 2
#: The parameters that OWASP names first; stored with each hash, so that they may be raised.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Of no password: what an attempt with an unknown login is compared with, so that it takes as long.
_NOBODYS: Final = _HASHER.hash("nobody's password")


class Passwords:
    """Hashes and compares."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hashed(self, password: str) -> str:
        """What is stored of a password."""
        async with self._turns:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def is_right(self, stored: str, password: str) -> bool:
        """Whether it is the password; an empty hash takes as long as any, and fits none."""
        async with self._turns:
            fits = await asyncio.to_thread(_fits, stored or _NOBODYS, password)
        return fits and bool(stored)


def password_fault(password: str, login: str) -> str:
    """The text that says why a password is refused; empty if it is not."""
    if len(password) < CHARACTERS_MIN:
        return "password.too_short"
    if len(password) > CHARACTERS_MAX:
        return "password.too_long"
    if login and login.split("@", maxsplit=1)[0] in password.lower():
        return "password.holds_login"
    if len(set(password)) < CHARACTERS_MIN // 3:
        return "password.too_plain"
    return ""


def _fits(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password[: CHARACTERS_MAX + 1])
    except (VerificationError, InvalidHashError):
        return False
