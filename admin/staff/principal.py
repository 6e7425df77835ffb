"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from admin.permissions import may
from admin.scope import Scope

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who is signed in, and the partner on whose rows they work."""

    staff_id: UUID
    login: str
    name: str
    role: str
    #: As chosen; empty: what the browser asks for.
    language: str
    #: Staff of the installation choose a partner; those of a partner have theirs.
    is_of_installation: bool
    partner_id: UUID | None
    partner_code: str
    partner_name: str
    session_id: UUID
    has_second_factor: bool

    def may(self, permission: str) -> bool:
        """Whether their role has the permission."""
        return may(self.role, permission)

    def scope(self) -> Scope:
        """What their transactions may see."""
        return Scope(
            "installation" if self.is_of_installation else "partner",
            self.partner_id,
            self.staff_id,
            self.login,
        )
