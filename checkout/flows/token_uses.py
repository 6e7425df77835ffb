"""When terminals showed which token last: noted at each call, told by somebody else, seldom.

A note is one hash in a set; each token is told once in ten minutes at most, whatever it is used
for. So people see a token that nothing uses any more before they revoke it, to ten minutes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TOLD_EVERY_S: Final = 600.0


class TokenUses:
    """What one worker saw."""

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._seen: set[bytes] = set()
        #: When each was told last; of tokens that terminals have or had.
        self._told_at: dict[bytes, float] = {}

    def add(self, token_hash: bytes) -> None:
        """Note one use."""
        self._seen.add(token_hash)

    def take(self) -> list[bytes]:
        """What is to be told now; it counts as told."""
        now = self._monotonic_s()
        due = [
            seen
            for seen in self._seen
            if now - self._told_at.get(seen, -TOLD_EVERY_S) >= TOLD_EVERY_S
        ]
        self._seen.clear()
        self._told_at.update(dict.fromkeys(due, now))
        return due

    def put_back(self, taken: Iterable[bytes]) -> None:
        """What was taken could not be told."""
        for token_hash in taken:
            self._told_at.pop(token_hash, None)
            self._seen.add(token_hash)
