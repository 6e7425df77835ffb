"""Finding a member by what a person has at hand: a card, a phone, an id, a name.

Names and contacts are looked for in the database. Cards are digests there, and phones are written
in many ways, so the service is asked whose they are; if it does not answer the rest is found.
Whoever may not see contacts finds by the whole member id and by a whole card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, SmallInteger, Uuid, cast, func, select
from starlette.exceptions import HTTPException

from admin.members.identifiers import kinds_for
from admin.members.in_short import MemberInShort, read_in_short
from admin.pages.places_in_lists import uuid_in
from admin.service.answers import in_words
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError, messages
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CompoundSelect, Select
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.service.operators import Operators

#: Who is looked for is among the first few, or not named yet.
FOUND_MAX: Final = 20
#: The same where all are listed.
LISTED_MAX: Final = 200
TERM_CHARACTERS_MAX: Final = 100
#: As the contract has identifiers.
_IDENTIFIER_CHARACTERS_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found; None: nobody was looked for."""

    term: str = ""
    members: list[MemberInShort] | None = None
    has_more: bool = False
    #: Why cards and phones could not be looked for.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Meant:
    """Members whom a search means."""

    #: Their buckets and ids, for a statement.
    keys: Select[Any] | CompoundSelect[Any]
    #: Why cards and phones could not be looked for.
    fault: str


async def find_meant(operators: Operators, request: Request, term: str) -> Meant:
    """All whom a search may mean, for a list; a term that is not empty."""
    may_see = request.state.principal.may("member.contacts")
    named, fault = await _named(operators, request, term)
    keys = among([(bucket_of_uuid(one), one) for one in named])
    if not may_see:
        return Meant(keys, fault)
    found = func.admin_find_members(_spaced(term), LISTED_MAX)
    columns = found.table_valued("member_bucket", "found_id").c
    return Meant(keys.union(select(columns.member_bucket, columns.found_id)), fault)


def among(keys: Sequence[tuple[int, UUID]]) -> Select[Any]:
    """Keys as two arrays: a statement with a parameter for each would be made anew each time."""
    buckets = [bucket for bucket, _ in keys]
    ids = [member_id for _, member_id in keys]
    return select(
        func.unnest(cast(buckets, ARRAY(SmallInteger))), func.unnest(cast(ids, ARRAY(Uuid)))
    )


async def find_others(
    sessions: Sessions, operators: Operators, request: Request, *, but: UUID | None = None
) -> Found:
    """Members that the search of the address may mean, but for the one who is not looked for."""
    term = request.query_params.get("search", "").strip()[:TERM_CHARACTERS_MAX]
    if not term:
        return Found()
    may_see = request.state.principal.may("member.contacts")
    named, fault = await _named(operators, request, term)
    async with sessions() as database:
        values = {"term": _spaced(term), "rows_max": FOUND_MAX + 2}
        # It looks among contacts too.
        rows = await database.execute(STATEMENTS["found_members"], values) if may_see else ()
        ids = [one for one in (*named, *(row.member_id for row in rows)) if one != but]
        members = await read_in_short(database, ids, with_contacts=may_see)
    return Found(term, members[:FOUND_MAX], len(members) > FOUND_MAX, fault)


def _spaced(term: str) -> str:
    """Words with one space between them."""
    return " ".join(term.split())


async def _named(operators: Operators, request: Request, term: str) -> tuple[list[UUID], str]:
    """Whose card, phone or id it is, as far as who asks may find by it; or why nobody can say."""
    member_id = uuid_in(term)
    if member_id is not None:
        # An id of the partner's may look so, too: the database finds it.
        return [member_id], ""
    has_digit = any(sign.isdigit() for sign in term)
    if not has_digit or len(term) > _IDENTIFIER_CHARACTERS_MAX:
        return [], ""
    asked = [messages.Identifier(**{kind: term}) for kind in kinds_for(request)]
    try:
        async with operators.of(request.state.principal) as client:
            answer = await client.find_members(asked)
    except HTTPException as missing:
        return [], say(str(missing.detail))
    except CallRefusedError as refused:
        return [], in_words(refused)
    return [UUID(one.member_id) for one in answer.members if one.member_id], ""
