"""The desk: pages on which something is done for a member, and corrections that wait for eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.action import Action, FieldFaultError, ShownOnce
from admin.members.actions import ACTIONS
from admin.members.currencies import Worth, read_worth
from admin.members.forms import ReasonForm
from admin.members.in_short import read_in_short
from admin.members.place import MemberPlace, find_member
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.tables import Identifier
from admin.sealing.profile_history import have_key
from admin.service.answers import fault_in, in_words, is_away
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys
    from admin.service.operators import Operators

#: Corrections that one page shows.
PROPOSALS_MAX: Final = 100


class DeskPages(ServicePages):
    """Shows the forms, and does what they say."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        operators: Operators,
        masters: MasterKeys | None,
    ) -> None:
        super().__init__(templates, sessions, operators)
        self._masters = masters

    def routes(self) -> list[Route]:
        """Their addresses: two for each action."""
        found = [
            Route("/correction/list", self.proposals, methods=["GET"], name="corrections"),
            Route("/correction/decide", self.decide, methods=["POST"], name="decide_correction"),
        ]
        for action in ACTIONS:
            path = f"/member/{{id}}/{action.name}"
            for method, page in (("GET", self._form_page), ("POST", self._done)):
                found.append(Route(path, _of(action, page), methods=[method], name=action.name))
        return found

    async def _form_page(self, request: Request, action: Action) -> Response:
        require(request, action.permission)
        member, worth = await self._member(request)
        # What a row's button names; an address fills in nothing else.
        asked = dict(request.query_params)
        about = asked if action.is_of_row else {name: asked.get(name) for name in action.filled_in}
        form = action.form(data=about | {"request_id": uuid4().hex})
        form.offer(worth)
        return await self._page(request, action, member, form, worth)

    async def _done(self, request: Request, action: Action) -> Response:
        require(request, action.permission)
        member, worth = await self._member(request)
        form = action.form(await request.form())
        form.offer(worth)
        if not form.validate():
            return await self._page(request, action, member, form, worth, status=400)
        if action.is_personal:
            async with self._sessions.begin() as database:
                await have_key(database, member, self._masters)
        try:
            async with self._operators.of(request.state.principal) as client:
                said = await action.call(client, member, form, worth)
        except FieldFaultError as fault:
            form[fault.field].errors = [*form[fault.field].errors, fault.message]
            return await self._page(request, action, member, form, worth, status=400)
        except CallRefusedError as refused:
            return await self._page(
                request,
                action,
                member,
                form,
                worth,
                status=503 if is_away(refused) else 400,
                fault=in_words(refused),
            )
        address = f"/member/details/{member.key}"
        if isinstance(said, ShownOnce):
            # Sent again the form shows it again, as the service answers a repeated call as before.
            return await self._shown_once(
                request, said.kind, said.secret, whose=str(member.member_id), back=address
            )
        return RedirectResponse(f"{address}?said={said}", status_code=303)

    async def _member(self, request: Request) -> tuple[MemberPlace, Worth]:
        async with self._sessions() as database:
            member = await find_member(database, request.path_params["id"])
            return member, await read_worth(database)

    async def _page(
        self,
        request: Request,
        action: Action,
        member: MemberPlace,
        form: Any,
        worth: Worth,
        *,
        status: int = 200,
        fault: str = "",
    ) -> Response:
        foretold: Sequence[str] = ()
        may_see = request.state.principal.may("member.contacts")
        async with self._sessions() as database:
            named = await read_in_short(database, [member.member_id], with_contacts=may_see)
            if action.foretell is not None:
                foretold = await action.foretell(database, member, form, worth)
        context = {
            "action": action.name,
            "is_dangerous": action.is_dangerous,
            "member": member,
            "title": named[0].title,
            "form": form,
            "fault": fault,
            "card": await self._card_of(member, form),
            "foretold": foretold,
        }
        return await self._templates.TemplateResponse(
            request, "member_action.html", context, status_code=status
        )

    async def _card_of(self, member: MemberPlace, form: Any) -> str:
        """Which of the member's cards a form is about; empty: about none of theirs."""
        if "card_id" not in form:
            return ""
        try:
            digest = UUID(str(form.card_id.data)).bytes
        except ValueError:
            return ""
        async with self._sessions() as database:
            masked: str | None = await database.scalar(
                select(Identifier.masked).where(
                    Identifier.member_bucket == member.bucket,
                    Identifier.member_id == member.member_id,
                    Identifier.digest == digest,
                )
            )
        return masked or ""

    async def proposals(self, request: Request) -> Response:
        """Corrections above the partner's amount, that somebody else has to look at."""
        require(request, "correction.view")
        return await self._proposals(request, ReasonForm(FormData()))

    async def decide(self, request: Request) -> Response:
        """Book one, or reject it: never one's own."""
        require(request, "correction.decide")
        sent = await request.form()
        form = ReasonForm(sent)
        correction_id = str(uuid_of(str(sent.get("correction_id", ""))))
        if not form.validate():
            return await self._proposals(request, form, about=correction_id, status=400)
        is_rejected = sent.get("verdict") == "reject"
        try:
            async with self._operators.of(request.state.principal) as client:
                (result,) = await client.decide_corrections(
                    str(form.request_id.data),
                    [correction_id],
                    str(form.reason.data),
                    reject=is_rejected,
                )
        except CallRefusedError as refused:
            status = 503 if is_away(refused) else 400
            return await self._proposals(
                request, form, about=correction_id, status=status, fault=in_words(refused)
            )
        undone = fault_in(result)
        if undone:
            return await self._proposals(
                request, form, about=correction_id, status=400, fault=undone
            )
        said = "rejected" if is_rejected else "approved"
        return RedirectResponse(f"/correction/list?said={said}", status_code=303)

    async def _proposals(
        self,
        request: Request,
        form: ReasonForm,
        *,
        about: str = "",
        status: int = 200,
        fault: str = "",
    ) -> Response:
        async with self._sessions() as database:
            worth = await read_worth(database)
            rows = await database.execute(
                STATEMENTS["member_proposals"], {"member_id": None, "rows_max": PROPOSALS_MAX}
            )
        context = {
            "proposals": rows.all(),
            "worth": worth,
            "form": form,
            "about": about,
            "fault": fault,
            "new_key": lambda: uuid4().hex,
            "said": request.query_params.get("said", ""),
        }
        return await self._templates.TemplateResponse(
            request, "corrections.html", context, status_code=status
        )


def _of(
    action: Action, page: Callable[[Request, Action], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        return await page(request, action)

    return show
