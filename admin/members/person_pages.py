"""All that is stored about a person, taken as a file from the member's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from admin.members.person_file import person_file
from admin.members.place import find_member
from admin.pages.secrets_shown_once import require
from admin.records.attachment import attachment
from admin.texts import say

if TYPE_CHECKING:
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys


class PersonPages:
    """Makes the file; that it was taken stands in the history."""

    def __init__(self, sessions: Sessions, masters: MasterKeys | None) -> None:
        self._sessions = sessions
        self._masters = masters

    def routes(self) -> list[Route]:
        """Its address: posted to, so that no link and no prefetching takes it."""
        return [Route("/member/{id}/person", self.take, methods=["POST"], name="person_file")]

    async def take(self, request: Request) -> Response:
        """The file."""
        require(request, "member.disclose")
        async with self._sessions.begin() as database:
            member = await find_member(database, request.path_params["id"])
            partner_id = request.state.principal.partner_id
            body = await person_file(database, partner_id, member.member_id, self._masters)
        name = f"person-{member.member_id}.json"
        return Response(
            body,
            media_type="application/json",
            headers=attachment(name, f"{say('page.member')} {member.member_id}.json"),
        )
