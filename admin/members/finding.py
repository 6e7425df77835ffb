"""Finding another member by what a person has at hand: a card, a phone, an id, a name.

Names and contacts are looked for in the database. Cards are digests there, and phones are written
in many ways, so the service is asked whose they are; if it does not answer the rest is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from starlette.exceptions import HTTPException

from admin.members.in_short import MemberInShort, read_in_short
from admin.pages.places_in_lists import uuid_in
from admin.service.answers import in_words
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.service.operators import Operators

#: Who is looked for is among the first few, or not named yet.
FOUND_MAX: Final = 20
TERM_CHARACTERS_MAX: Final = 100
#: As the contract has identifiers.
_IDENTIFIER_CHARACTERS_MAX: Final = 64
_KINDS: Final = ("card", "phone", "external_id")


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found; None: nobody was looked for."""

    term: str = ""
    members: list[MemberInShort] | None = None
    has_more: bool = False
    #: Why cards and phones could not be looked for.
    fault: str = ""


async def find_others(
    sessions: Sessions, operators: Operators, request: Request, *, but: UUID | None = None
) -> Found:
    """Members that the search of the address may mean, but for the one who is not looked for.

    Whoever may not see contacts finds by the whole member id.
    """
    term = request.query_params.get("search", "").strip()[:TERM_CHARACTERS_MAX]
    if not term:
        return Found()
    may_see = request.state.principal.may("member.contacts")
    named: list[UUID] = []
    fault = ""
    if may_see:
        named, fault = await _of_identifier(operators, request, term)
    elif (member_id := uuid_in(term)) is not None:
        named = [member_id]
    async with sessions() as database:
        values = {"term": term, "rows_max": FOUND_MAX + 2}
        # It looks among contacts too.
        rows = await database.execute(STATEMENTS["found_members"], values) if may_see else ()
        ids = [one for one in (*named, *(row.member_id for row in rows)) if one != but]
        members = await read_in_short(database, ids, with_contacts=may_see)
    return Found(term, members[:FOUND_MAX], len(members) > FOUND_MAX, fault)


async def _of_identifier(
    operators: Operators, request: Request, term: str
) -> tuple[list[UUID], str]:
    """Whose card, phone or id it is; or why nobody can say."""
    has_digit = any(sign.isdigit() for sign in term)
    if not has_digit or len(term) > _IDENTIFIER_CHARACTERS_MAX:
        return [], ""
    asked = [messages.Identifier(**{kind: term}) for kind in _KINDS]
    try:
        async with operators.of(request.state.principal) as client:
            answer = await client.find_members(asked)
    except HTTPException as missing:
        return [], say(str(missing.detail))
    except CallRefusedError as refused:
        return [], in_words(refused)
    return [UUID(one.member_id) for one in answer.members if one.member_id], ""
