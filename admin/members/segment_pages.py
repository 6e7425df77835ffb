"""Pages of segments: new ones out of conditions, other conditions for one, counting at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.conditions import ConditionForm, condition_form, read_conditions
from admin.members.currencies import read_worth
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import CodeField, NameField, RecordForm, reason_in
from admin.records.record_view import require_unchanged, version_of
from admin.records.refused_change import RefusedChangeError, refused
from admin.records.tables import Segment
from admin.scope import current_scope, reason
from admin.texts import say

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.members.currencies import Worth


class SegmentForm(RecordForm):
    code = CodeField()
    name = NameField()


class SegmentPages:
    """Makes segments, and changes what they are made of."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/segment/new", self.new, methods=["GET"]),
            Route("/segment/new", self.make, methods=["POST"]),
            Route("/segment/conditions/{id}", self.page, methods=["GET"]),
            Route("/segment/conditions/{id}", self.change, methods=["POST"]),
            Route("/segment/count/{id}", self.count, methods=["POST"]),
        ]

    async def new(self, request: Request) -> Response:
        """A form, filled in with the conditions of the list that one came from."""
        require(request, "segment.create")
        form = condition_form(request.query_params, await self._worth())
        return await self._page(request, form, SegmentForm())

    async def make(self, request: Request) -> Response:
        """Make the segment; it is counted at once."""
        require(request, "segment.create")
        sent = await request.form()
        worth = await self._worth()
        form, named = condition_form(_typed(sent), worth), SegmentForm(sent)
        is_named = named.validate()
        if not _is_something(form, worth) or not is_named:
            return await self._page(request, form, named, status=400)
        row = Segment(
            partner_id=current_scope().partner_id,
            code=named.code.data,
            name=named.name.data,
            conditions=form.asked(),
        )
        try:
            with reason(reason_in(named.reason.data)):
                async with self._sessions.begin() as database:
                    database.add(row)
        except (RefusedChangeError, DBAPIError) as error:
            return await self._page(request, form, named, status=400, fault=str(refused(error)))
        return _to(row)

    async def page(self, request: Request) -> Response:
        """The conditions of one, to be changed."""
        require(request, "segment.edit")
        worth = await self._worth()
        async with self._sessions() as database:
            row = await _read(database, request)
        named = SegmentForm(data={"seen": version_of(row)})
        return await self._page(request, condition_form(row.conditions, worth), named, row=row)

    async def change(self, request: Request) -> Response:
        """Save them, unless somebody else did meanwhile; it is counted anew at once."""
        require(request, "segment.edit")
        sent = await request.form()
        worth = await self._worth()
        form, named = condition_form(_typed(sent), worth), SegmentForm(sent)
        async with self._sessions() as database:
            row = await _read(database, request)
        if not _is_something(form, worth):
            return await self._page(request, form, named, row=row, status=400)
        try:
            with reason(reason_in(named.reason.data)):
                async with self._sessions.begin() as database:
                    held = await _read(database, request, locks=True)
                    require_unchanged(held, named.seen.data or "")
                    held.conditions, held.counted_at = form.asked(), None
        except (RefusedChangeError, DBAPIError) as error:
            fault = str(refused(error))
            return await self._page(request, form, named, row=row, status=400, fault=fault)
        return _to(row)

    async def count(self, request: Request) -> Response:
        """Have it counted now."""
        require(request, "segment.edit")
        async with self._sessions.begin() as database:
            row = await _read(database, request, locks=True)
            row.counted_at = None
        return _to(row)

    async def _worth(self) -> Worth:
        async with self._sessions() as database:
            return await read_worth(database)

    async def _page(
        self,
        request: Request,
        form: ConditionForm,
        named: SegmentForm,
        *,
        row: Segment | None = None,
        status: int = 200,
        fault: str = "",
    ) -> Response:
        context: dict[str, Any] = {"form": form, "named": named, "segment": row, "fault": fault}
        return await self._templates.TemplateResponse(
            request, "segment_form.html", context, status_code=status
        )


def _typed(sent: Any) -> dict[str, str]:
    return {name: str(value) for name, value in sent.items()}


async def _read(database: AsyncSession, request: Request, *, locks: bool = False) -> Segment:
    partner, _, code = request.path_params["id"].partition(";")
    statement = select(Segment).where(Segment.partner_id == uuid_of(partner), Segment.code == code)
    if locks:
        statement = statement.with_for_update()
    row = (await database.scalars(statement)).one_or_none()
    if row is None:
        raise HTTPException(404)
    return row


def _to(row: Segment) -> RedirectResponse:
    return RedirectResponse(f"/segment/details/{row.partner_id};{row.code}", status_code=303)


def _is_something(form: ConditionForm, worth: Worth) -> bool:
    """Whether conditions can be understood, and some are left out: all members are no segment."""
    found = read_conditions(form, worth)
    if found is None or not found.holds_for_all:
        return found is not None
    # Beside what was typed, if it says nothing by itself.
    field = form[next(iter(form.asked()), "tag")]
    field.errors = [*field.errors, say("form.no_condition")]
    return False
