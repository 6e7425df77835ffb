"""Corrections of all members whom the list shows: as of a file whose rows are these members.

Who they are is fixed when the corrections are asked for. Then a job tries all of them out, and a
button of its page has another job do what it found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Integer, Text, cast, func, literal, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.corrections import work
from admin.corrections.files import POINTS_MAX_MINOR
from admin.corrections.tried import find_run
from admin.jobs.queue import FOUND_ROWS_MAX, QueuePages, job_of, rows_of
from admin.members.action import FieldFaultError
from admin.members.actions import amount_of
from admin.members.conditions import CONDITIONS
from admin.members.currencies import Worth, read_worth
from admin.members.finding import LISTED_MAX
from admin.members.forms import CorrectForm
from admin.pages.secrets_shown_once import require
from admin.records.record_view import HIDDEN, SEARCH_CHARACTERS_MAX
from admin.records.refused_change import RefusedChangeError, refused
from admin.records.tables import Member
from admin.texts import say
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from sqlalchemy import FromClause, Select
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.jobs.queue import JobQueue
    from admin.records.members import MemberView
    from admin.service.operators import Operators

#: What a job is called that says which list it is of, as the service bounds names of files.
_NAME_CHARACTERS_MAX: Final = 255


class MemberCorrectionPages(QueuePages):
    """Asks for corrections of a list of members, and has done what was tried out."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        operators: Operators,
        queue: JobQueue,
        members: MemberView,
    ) -> None:
        super().__init__(templates, sessions, operators, queue)
        self._members = members

    def routes(self) -> list[Route]:
        """Their addresses; those of the form say who is meant, as the list's does."""
        return [
            Route("/correction/members", self.page, methods=["GET"], name="correct_members"),
            Route("/correction/members", self.ask, methods=["POST"], name="ask_members"),
            Route("/job/{id}/do", self.do, methods=["POST"], name="do_tried"),
        ]

    async def page(self, request: Request) -> Response:
        """An empty form."""
        require(request, "correction.file")
        async with self._sessions() as database:
            worth = await read_worth(database)
        form = CorrectForm(data={"request_id": uuid4().hex})
        form.offer(worth)
        return await self._page(request, form)

    async def ask(self, request: Request) -> Response:
        """Fix who is meant, and have it tried out."""
        require(request, "correction.file")
        form: Any = CorrectForm(await request.form())
        async with self._sessions() as database:
            worth = await read_worth(database)
        form.offer(worth)
        if not form.validate():
            return await self._page(request, form, status=400)
        try:
            job_id = UUID(form.request_id.data)
        except ValueError:
            raise HTTPException(400, "error.text") from None
        if not await self._queue.has(job_id):
            try:
                await self._try_out(request, job_id, form, _wanted(form, worth))
            except FieldFaultError as fault:
                form[fault.field].errors = [*form[fault.field].errors, fault.message]
                return await self._page(request, form, status=400)
            except (RefusedChangeError, DBAPIError) as error:
                why = refused(error)
                if why.text == "refused.too_long":
                    why = RefusedChangeError("corrections.too_long")
                return await self._page(request, form, status=400, fault=str(why))
        return RedirectResponse(f"/job/details/{job_id}", status_code=303)

    async def do(self, request: Request) -> Response:
        """Do what was tried out, once; who asks for it is the author."""
        require(request, "correction.file")
        async with self._sessions() as database:
            trial = await job_of(database, request)
            if trial.kind != work.TRIAL:
                raise HTTPException(404)
            if trial.state != "done":
                raise HTTPException(400, "corrections.not_tried")
            run_id, run = await find_run(database, trial.job_id)
        if run is None:
            job = {
                "job_id": run_id,
                "kind": work.FILE,
                "series": trial.series,
                "settings": trial.settings | {"trial": str(trial.job_id)},
            }
            rows = rows_of("rows_to_do", job_id=trial.job_id)
            principal = request.state.principal
            if not await self._queue.put_found(principal, job, trial.reason, rows):
                raise HTTPException(400, "corrections.nothing")
        return RedirectResponse(f"/job/details/{run_id}", status_code=303)

    async def _try_out(
        self, request: Request, job_id: UUID, form: CorrectForm, wanted: dict[str, Any]
    ) -> None:
        if why := await self._members.why_not_understood(request):
            raise RefusedChangeError("corrections.not_understood", why=why)
        meant = await self._members.found_query(request)
        if request.state.search_fault:
            # Whose card it is nobody can say: those who were found are not all.
            raise RefusedChangeError("corrections.search_fault", why=request.state.search_fault)
        asked = _asked_of(request)
        # What is searched for finds no more; of so many nobody knows whether they are all.
        most = LISTED_MAX - 1 if "search" in asked else FOUND_ROWS_MAX
        job = {
            "job_id": job_id,
            "kind": work.TRIAL,
            # Of this list alone.
            "series": f"members-{job_id.hex}",
            "settings": wanted | {"members": asked, "file_name": _name(asked)},
        }
        count = await self._queue.put_found(
            request.state.principal, job, str(form.reason.data), _rows(meant, wanted, most), most
        )
        if not count:
            raise RefusedChangeError("corrections.nobody")
        if count > most:
            raise RefusedChangeError("corrections.too_many_members", most=most)

    async def _page(
        self, request: Request, form: CorrectForm, *, status: int = 200, fault: str = ""
    ) -> Response:
        asked = _asked_of(request)
        if "search" in asked:
            # Not kept, and shown to whoever typed it.
            asked["search"] = request.query_params["search"].strip()
        context = {"form": form, "fault": fault, "asked": asked, "rows_max": FOUND_ROWS_MAX}
        return await self._templates.TemplateResponse(
            request, "correction_members.html", context, status_code=status
        )


def _wanted(form: Any, worth: Worth) -> dict[str, Any]:
    """What each of them gets, as rows have it.

    Raises:
        FieldFaultError: points or days are none that can be corrected.
    """
    currency = worth.points_of(form.currency.data)
    points = amount_of(form, "points", currency)
    if points == 0:
        raise FieldFaultError("points", say("form.not_zero"))
    if abs(points) > POINTS_MAX_MINOR:
        most = currency.number(POINTS_MAX_MINOR)
        raise FieldFaultError(
            "points", say("corrections.points", decimals=currency.exponent, most=most)
        )
    if points < 0 and form.days.data:
        raise FieldFaultError("days", say("corrections.days_of_taken"))
    return {
        "currency": currency.code,
        "points": format_minor(points, currency.exponent),
        "days": form.days.data or 0,
    }


def _asked_of(request: Request) -> dict[str, str]:
    """Whom an address means, as the job keeps it; nothing: everybody."""
    asked = request.query_params
    if asked.get("search", "").strip():
        # Conditions say nothing beside it, as on the list. It may be a contact.
        return {"search": HIDDEN}
    held = {name: asked.get(name, "").strip() for name in CONDITIONS}
    return {name: text[:SEARCH_CHARACTERS_MAX] for name, text in held.items() if text}


def _name(asked: dict[str, str]) -> str:
    """What the service calls it, in place of a file's name."""
    said = ", ".join(f"{name}: {text}" for name, text in asked.items())
    return f"members: {said or 'all'}"[:_NAME_CHARACTERS_MAX]


def _rows(meant: Select[Any], wanted: dict[str, Any], most: int) -> FromClause:
    """A row for each who is meant, and is nobody's other name; one more than the most."""
    found = (
        meant.with_only_columns(Member.bucket, Member.member_id)
        .where(Member.merged_into.is_(None))
        .order_by(None)
        .limit(most + 1)
        .subquery()
        .c
    )
    # By buckets: members of one page of a job lie side by side.
    number = func.row_number().over(order_by=(found.bucket, found.member_id)).label("number")
    numbered = select(number, found.member_id).subquery().c
    asked = func.jsonb_build_object(
        literal("line", Text),
        numbered.number,
        literal("member_id", Text),
        numbered.member_id,
        *(
            literal(held, Integer if isinstance(held, int) else Text)
            for pair in wanted.items()
            for held in pair
        ),
    )
    return select(
        numbered.number, cast(asked, JSONB).label("asked"), cast(null(), JSONB).label("told")
    ).subquery()
