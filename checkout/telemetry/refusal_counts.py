"""How often a worker refused or failed, by partner, call and reason: counted here, told by others.

A count is one addition of a call that is refused anyway; nothing decides by it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.refusals import Reason


class Refused(NamedTuple):
    """What calls have in common that are counted together."""

    #: None: the call was refused before it was known whose it is.
    partner_id: UUID | None
    method: str
    reason: Reason


class RefusalCounts:
    """What was refused since it was taken last."""

    def __init__(self) -> None:
        self._calls: Counter[Refused] = Counter()

    def add(self, partner_id: UUID | None, method: str, reason: Reason) -> None:
        """Count one call."""
        self._calls[Refused(partner_id, method, reason)] += 1

    def take(self) -> Counter[Refused]:
        """What there is, which is then forgotten here."""
        taken, self._calls = self._calls, Counter()
        return taken

    def put_back(self, taken: Counter[Refused]) -> None:
        """What was taken could not be told: it counts with what comes."""
        self._calls.update(taken)
