"""Merging two members: find the other one, look at both, say why.

The member of the address survives. Swapping the two is another address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.comparison import Comparison, compare
from admin.members.currencies import read_worth
from admin.members.finding import find_others
from admin.members.forms import MergeForm
from admin.members.in_short import find_in_short, read_in_short
from admin.members.place import find_member
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.texts import say
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.requests import Request


class MergePages(ServicePages):
    """Shows both, and has the service make one of them."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        path = "/member/{id}/merge"
        return [
            Route(path, self.page, methods=["GET"], name="merge"),
            Route(path, self.merge, methods=["POST"], name="merge_members"),
        ]

    async def page(self, request: Request) -> Response:
        """Looking for the other one; then both, side by side."""
        require(request, "member.merge")
        asked = request.query_params.get("other", "")
        if not asked:
            return await self._search(request)
        form = MergeForm(FormData(), data={"request_id": uuid4().hex, "other": asked})
        return await self._both(request, form, uuid_of(asked))

    async def merge(self, request: Request) -> Response:
        """Make one of the two, once; then the survivor's page."""
        require(request, "member.merge")
        form = MergeForm(await request.form())
        if not form.other.data:
            return await self._search(request, status=400)
        other = uuid_of(str(form.other.data))
        if not form.validate():
            return await self._both(request, form, other, status=400)
        async with self._sessions() as database:
            survivor = await find_member(database, request.path_params["id"])
        try:
            async with self._operators.of(request.state.principal) as client:
                await client.merge_members(
                    str(form.request_id.data),
                    str(other),
                    str(survivor.member_id),
                    str(form.reason.data),
                )
        except CallRefusedError as refused:
            status = 503 if is_away(refused) else 400
            return await self._both(request, form, other, status=status, fault=in_words(refused))
        return RedirectResponse(f"/member/details/{survivor.key}?said=merge", status_code=303)

    async def _search(self, request: Request, *, status: int = 200) -> Response:
        async with self._sessions() as database:
            member = await find_in_short(database, request)
        found = await find_others(self._sessions, self._operators, request, but=member.member_id)
        context = {
            "name": "merge",
            "member": member,
            "found": found,
            "address": f"/member/{member.key}/merge?other=",
        }
        return await self._templates.TemplateResponse(
            request, "member_find.html", context, status_code=status
        )

    async def _both(
        self, request: Request, form: Any, other: UUID, *, status: int = 200, fault: str = ""
    ) -> Response:
        may_see = request.state.principal.may("member.contacts")
        async with self._sessions() as database:
            survivor = await find_in_short(database, request)
            found = await read_in_short(database, [other], with_contacts=may_see)
            if not found:
                raise HTTPException(404)
            absorbed = found[0]
            if survivor.member_id == absorbed.member_id:
                compared = Comparison([], [say("merge.same")])
            else:
                compared = await compare(database, survivor, absorbed, await read_worth(database))
        context = {
            "survivor": survivor,
            "absorbed": absorbed,
            "rows": compared.rows,
            "obstacles": compared.obstacles,
            "form": form,
            "fault": fault,
        }
        return await self._templates.TemplateResponse(
            request, "member_merge.html", context, status_code=status
        )
