"""Lists of members filled from files of card numbers: strange lines told one by one, none hidden.

Numbers are digests in the database, so the service is asked whose they are. Nothing is done until
somebody has seen what would be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.guard.requests import BODY_MAX_BYTES
from admin.members.identifiers import CARD, KINDS, kinds_for
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import reason_in
from admin.records.refused_change import RefusedChangeError, refused
from admin.records.tables import MemberList
from admin.scope import reason
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.texts import has_text, say
from checkout.client import CallRefusedError, messages
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from starlette.requests import Request

    from checkout.client import OperatorClient

LINES_MAX: Final = 50_000
#: Of a file, in UTF-8: a request holds it with the ends of lines that forms have, whatever letters
#: are in it, since these forms are sent as they are and not in percent signs.
DOCUMENT_MAX_BYTES: Final = 1_500_000
#: Strange lines that a page names; it counts them all.
STRANGE_SHOWN_MAX: Final = 200
_CALL_MAX: Final = 1_000
_CHARACTERS_MAX: Final = 64
_FILL: Final = text(
    "select admin_fill_list(:code, cast(:buckets as smallint[]), cast(:members as uuid[]),"
    " :file_hash, :lines)"
)


@dataclass(frozen=True, slots=True)
class Strange:
    """A line that names no member, and why."""

    line: int
    written: str
    fault: str


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a file names, each once, and what is strange in it."""

    lines: int
    members: list[UUID]
    strange: list[Strange]


class ListFilePages(ServicePages):
    """Shows what a file names, then does it."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/member-list/fill/{id}", self.page, methods=["GET"]),
            Route("/member-list/fill/{id}", self.fill, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """An empty form."""
        require(request, "member-list.edit")
        return await self._page(request, await self._list(request))

    async def fill(self, request: Request) -> Response:
        """What would be done; with `confirmed` it is done: all whom it names, or nobody."""
        require(request, "member-list.edit")
        row = await self._list(request)
        form = await request.form(max_part_size=BODY_MAX_BYTES)
        told: dict[str, Any] = {
            # As files have it: browsers send other ends of lines.
            "text": str(form.get("document", "")).replace("\r\n", "\n"),
            "kind": str(form.get("kind", "")),
        }
        try:
            lines = lines_of(told["text"], told["kind"], kinds_for(request))
            async with self._operators.of(request.state.principal) as client:
                told["named"] = named = await find_named(client, lines, told["kind"])
            if form.get("confirmed") != "yes":
                return await self._page(request, row, **told)
            _require_somebody(named)
            values = {
                "code": row.code,
                "buckets": list(map(bucket_of_uuid, named.members)),
                "members": named.members,
                "file_hash": hashlib.sha256(told["text"].encode()).hexdigest(),
                "lines": named.lines,
            }
            with reason(reason_in(form.get("reason"))):
                async with self._sessions.begin() as database:
                    await database.execute(_FILL, values)
        except CallRefusedError as error:
            status = 503 if is_away(error) else 400
            return await self._page(request, row, status=status, fault=in_words(error), **told)
        except (RefusedChangeError, DBAPIError) as error:
            return await self._page(request, row, status=400, fault=str(refused(error)), **told)
        return RedirectResponse(
            f"/member-list/details/{row.partner_id};{row.code}", status_code=303
        )

    async def _list(self, request: Request) -> MemberList:
        partner, _, code = request.path_params["id"].partition(";")
        async with self._sessions() as database:
            row = await database.scalar(
                select(MemberList).where(
                    MemberList.partner_id == uuid_of(partner), MemberList.code == code
                )
            )
        if row is None:
            raise HTTPException(404)
        return row

    async def _page(
        self, request: Request, row: MemberList, *, status: int = 200, fault: str = "", **told: Any
    ) -> Response:
        context = {
            "row": row,
            "fault": fault,
            "kinds": kinds_for(request),
            "strange_max": STRANGE_SHOWN_MAX,
            "bytes_max": DOCUMENT_MAX_BYTES,
            "lines_max": LINES_MAX,
            "named": None,
            "text": "",
            "kind": CARD,
        }
        return await self._templates.TemplateResponse(
            request, "member_list_fill.html", context | told, status_code=status
        )


def _require_somebody(named: Named) -> None:
    if not named.members:
        raise RefusedChangeError("fill.nobody")


def lines_of(typed: str, kind: str, kinds: tuple[str, ...]) -> list[tuple[int, str]]:
    """Lines of a file that are not empty, with their numbers.

    Raises:
        RefusedChangeError: it has none, or too many, or is too large, or of no kind that there is.
    """
    if kind not in kinds:
        raise RefusedChangeError("fill.kind" if kind not in KINDS else "fill.contacts")
    if len(typed.encode()) > DOCUMENT_MAX_BYTES:
        raise RefusedChangeError("import.too_large")
    lines = [
        (place, line.strip()) for place, line in enumerate(typed.splitlines(), 1) if line.strip()
    ]
    if not 0 < len(lines) <= LINES_MAX:
        raise RefusedChangeError("fill.lines", most=LINES_MAX)
    return lines


async def find_named(client: OperatorClient, lines: list[tuple[int, str]], kind: str) -> Named:
    """Whom the lines name.

    Raises:
        CallRefusedError: the service did not answer.
    """
    strange: list[Strange] = []
    members: dict[UUID, int] = {}
    asked = []
    for place, written in lines:
        if len(written) > _CHARACTERS_MAX:
            strange.append(Strange(place, written[:_CHARACTERS_MAX], say("fill.long")))
        else:
            asked.append((place, written))
    for first in range(0, len(asked), _CALL_MAX):
        some = asked[first : first + _CALL_MAX]
        answer = await client.find_members(
            [messages.Identifier(**{kind: written}) for _, written in some]
        )
        for (place, written), found in zip(some, answer.members, strict=True):
            if not found.member_id:
                strange.append(Strange(place, written, _why(found)))
            elif UUID(found.member_id) in members:
                before = members[UUID(found.member_id)]
                strange.append(Strange(place, written, say("fill.twice", line=before)))
            else:
                members[UUID(found.member_id)] = place
    strange.sort(key=lambda one: one.line)
    return Named(len(lines), [*members], strange)


def _why(found: messages.FoundMember) -> str:
    reason_name = messages.ErrorReason.Name(found.reason).removeprefix("ERROR_REASON_")
    name = f"fill.{reason_name}"
    return say(name) if has_text(name) else found.message
