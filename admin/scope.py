"""Who asks, and whose rows they work on: set per request, told to every transaction.

The database enforces it (policies on the role `checkout_admin`), so a page that forgets to filter
shows nothing of others. Without a scope a transaction sees no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final, Literal
from uuid import UUID

Reach = Literal["", "entrance", "partner", "installation"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a transaction may see, and what its changes are signed with."""

    reach: Reach = ""
    partner_id: UUID | None = None
    author_id: UUID | None = None
    author: str = ""
    reason: str = ""

    def settings(self) -> dict[str, str]:
        """The database's settings of a transaction."""
        return {
            "checkout.admin_reach": self.reach,
            "checkout.admin_partner": str(self.partner_id or ""),
            "checkout.admin_author_id": str(self.author_id or ""),
            "checkout.admin_author": self.author,
            "checkout.admin_reason": self.reason,
        }


_NOTHING: Final = Scope()
_SCOPE: Final = ContextVar("scope", default=_NOTHING)


def current_scope() -> Scope:
    """That of the running request."""
    return _SCOPE.get()


@contextmanager
def scope(new: Scope) -> Iterator[None]:
    """Work in a scope for the block."""
    token = _SCOPE.set(new)
    try:
        yield
    finally:
        _SCOPE.reset(token)


@contextmanager
def reason(text: str) -> Iterator[None]:
    """Give the changes of the block a reason."""
    with scope(replace(current_scope(), reason=text)):
        yield
