"""Kinds of what a member is known by, and who may see and use which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

CARD: Final = "card"
#: Kinds that lead to a person, also without the service: for those who see contacts.
CONTACTS: Final = ("phone", "external_id")
KINDS: Final = (CARD, *CONTACTS)


def kinds_for(request: Request) -> tuple[str, ...]:
    """Those that whoever asks may name: one phone that is found would tell whose it is."""
    return KINDS if request.state.principal.may("member.contacts") else (CARD,)
