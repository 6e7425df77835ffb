"""Adding a member by hand: the same record as a till's enrolment makes, through the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.forms import NewMemberForm
from admin.members.identifiers import KINDS
from admin.members.place import member_key
from admin.pages.secrets_shown_once import require
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.texts import say
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from starlette.requests import Request

_TEXTS = (*KINDS, "store", "first_name", "last_name", "patronymic", "email", "gender")


class NewcomerPages(ServicePages):
    """Shows the form, and has the service make the member."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/member/new", self.page, methods=["GET"], name="new_member"),
            Route("/member/new", self.add, methods=["POST"], name="add_member"),
        ]

    async def page(self, request: Request) -> Response:
        """The form, empty."""
        require(request, "member.create")
        return await self._page(request, NewMemberForm(data={"request_id": uuid4().hex}))

    async def add(self, request: Request) -> Response:
        """Make the member, once; then its page."""
        require(request, "member.create")
        form = NewMemberForm(await request.form())
        is_valid = form.validate()
        if not any(form[name].data for name in KINDS):
            form.phone.errors = [*form.phone.errors, say("form.known_by")]
            is_valid = False
        if not is_valid:
            return await self._page(request, form, status=400)
        born = form.birth_date.data
        message = messages.AddMemberRequest(
            request_id=str(form.request_id.data),
            birth_date=born.isoformat() if born else "",
            reason=str(form.reason.data),
            **{name: form[name].data or "" for name in _TEXTS},
        )
        try:
            async with self._operators.of(request.state.principal) as client:
                answer = await client.add_member(message)
        except CallRefusedError as refused:
            status = 503 if is_away(refused) else 400
            return await self._page(request, form, status=status, fault=in_words(refused))
        member_id = UUID(answer.member.member_id)
        address = f"/member/details/{member_key(member_id)}"
        if answer.card:
            return await self._shown_once(
                request, "card", answer.card, whose=str(member_id), back=address
            )
        return RedirectResponse(f"{address}?said=enrol", status_code=303)

    async def _page(
        self, request: Request, form: Any, *, status: int = 200, fault: str = ""
    ) -> Response:
        context = {"name": "enrol", "back": "member", "form": form, "fault": fault}
        return await self._templates.TemplateResponse(
            request, "desk_form.html", context, status_code=status
        )
