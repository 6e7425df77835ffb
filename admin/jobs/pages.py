"""Jobs on pages: the forms that start them, their list, their progress, and the file of codes."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import select, tuple_
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from admin.codes.series import (
    PARTNER_WORDS,
    SERIES_RECORDS,
    Series,
    certificate_series,
    coupon_series,
)
from admin.codes.validity import moment_behind
from admin.corrections.reading import read_corrections
from admin.jobs.forms import CardsForm, CertificatesForm, CouponsForm, IssueForm
from admin.jobs.issuing import CALL_CODES_MAX, issue_call, keys_live
from admin.jobs.queue import QueuePages, job_of
from admin.jobs.runner import REPEAT_AFTER_S, REPEATS_MAX
from admin.members.action import FieldFaultError
from admin.members.actions import amount_of
from admin.members.currencies import Currency, read_worth
from admin.pages.places_in_lists import page_of, place_in, place_of
from admin.pages.secrets_shown_once import require
from admin.records.attachment import attachment
from admin.records.card_types import cards_max
from admin.records.tables import CardType, Job, Program
from admin.service.answers import is_away
from admin.staff.notes import note
from admin.texts import say
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request


PAGE_ROWS: Final = 50
_PLACE_CHARACTERS_MAX: Final = 100
#: What is on a pass.
_UNITS: Final = Currency("units", "units", 0)
#: Kind of job → form, and who may start it.
KINDS: Final[dict[str, tuple[type[IssueForm], str]]] = {
    "certificates": (CertificatesForm, "certificate.issue"),
    "coupons": (CouponsForm, "coupon.issue"),
    "cards": (CardsForm, "card.issue"),
}
#: Kind of job → the record whose list shows what it made, where that is called otherwise.
_RECORDS: Final = {"cards": "identifier"}
#: Kind of job → the first line of its file, where it holds no codes.
_HEADINGS: Final = {"cards": "card"}

_log = structlog.get_logger(__name__)


class JobPages(QueuePages):
    """Starts jobs, and tells how far they are."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        found = [
            Route("/job/list", self.list, methods=["GET"], name="jobs"),
            Route("/job/details/{id}", self.page, methods=["GET"], name="job"),
            Route("/job/{id}/codes", self.codes, methods=["POST"], name="job_codes"),
        ]
        for kind in KINDS:
            path = f"/{kind.removesuffix('s')}/issue"
            found.append(Route(path, _of(kind, self._form_page), methods=["GET"], name=kind))
            found.append(Route(path, _of(kind, self._start), methods=["POST"], name=kind))
        return found

    async def list(self, request: Request) -> Response:
        """The latest first, or those behind a place."""
        require(request, "job.view")
        place = place_in(request.query_params.get("before", "")[:_PLACE_CHARACTERS_MAX])
        behind = place["before"], place["before_id"]
        # Not by their ids: a form names its job, and those that were shown first are no earlier.
        order = Job.made_at, Job.job_id
        asked = select(Job).order_by(*(one.desc() for one in order)).limit(PAGE_ROWS + 1)
        if is_later := None not in behind:
            asked = asked.where(tuple_(*order) < behind)
        async with self._sessions() as database:
            jobs, last = page_of((await database.scalars(asked)).all(), PAGE_ROWS)
        context = {
            "jobs": jobs,
            "older": place_of(last, "made_at", "job_id"),
            "is_later": is_later,
            "kinds": _startable(request),
            "may_correct": request.state.principal.may("correction.file"),
        }
        return await self._templates.TemplateResponse(request, "jobs.html", context)

    async def page(self, request: Request) -> Response:
        """One, with how far it is; the page asks again while it runs."""
        require(request, "job.view")
        async with self._sessions() as database:
            job = await job_of(database, request)
            is_of_codes = job.kind in KINDS
            more = {} if is_of_codes else await read_corrections(database, job, request)
        permission = KINDS[job.kind][1] if is_of_codes else "correction.file"
        context = {
            "job": job,
            "is_of_codes": is_of_codes,
            "may_take": request.state.principal.may(permission),
            "keys_live": keys_live(job.made_at),
            "has_credential": self._operators.has_credential,
            "request_id": uuid4().hex,
            **more,
        }
        return await self._templates.TemplateResponse(request, "job.html", context)

    async def codes(self, request: Request) -> Response:
        """The codes as a file: asked of the service again, and noted in the history."""
        async with self._sessions.begin() as database:
            job = await job_of(database, request)
            if job.kind not in KINDS:
                raise HTTPException(404)
            require(request, KINDS[job.kind][1])
            if not job.done or not keys_live(job.made_at):
                raise HTTPException(404, "job.codes_gone")
            await note(
                database, job.partner_id, "admin_job", str(job.job_id), "exported", codes=job.done
            )
        partner = request.state.principal.partner_code

        async def page_of(done: int) -> bytes:
            # Whoever takes them, the call is told again as it was made: the author is part of it.
            async with self._operators.calling(partner, job.author) as client:
                some = await issue_call(
                    client,
                    job.job_id,
                    job.kind,
                    job.series,
                    job.settings,
                    job.reason,
                    total=job.total,
                    done=done,
                )
            return "".join(f"{code}\r\n" for code in some).encode()

        try:
            # Before the answer begins: a service that is away is then told as such.
            first = await page_of(0)
        except CallRefusedError:
            raise HTTPException(503, "error.service") from None

        async def lines() -> AsyncIterator[bytes]:
            yield f"{_HEADINGS.get(job.kind, 'code')}\r\n".encode() + first
            for done in range(CALL_CODES_MAX, job.done, CALL_CODES_MAX):
                yield await _persist(partial(page_of, done))

        name = f"{job.series}-{job.job_id}.csv"
        return StreamingResponse(
            lines(),
            media_type="text/csv; charset=utf-8",
            headers=attachment(name, f"{say('file.codes')} {name}"),
        )

    async def _form_page(self, request: Request, kind: str) -> Response:
        form_class, permission = KINDS[kind]
        require(request, permission)
        asked = {"series": request.query_params.get("series")}
        form = form_class(data=asked | {"request_id": uuid4().hex, "uses_max": 1})
        async with self._sessions() as database:
            form.offer_series((await _series(database, kind)).values())
        return await self._page(request, kind, form)

    async def _start(self, request: Request, kind: str) -> Response:
        form_class, permission = KINDS[kind]
        require(request, permission)
        form: Any = form_class(await request.form())
        async with self._sessions() as database:
            series = await _series(database, kind)
            worth = await read_worth(database)
        form.offer_series(series.values())
        if not form.validate():
            return await self._page(request, kind, form, status=400)
        try:
            settings = _settings(form, series[form.series.data], worth.money)
            job_id = UUID(form.request_id.data)
        except FieldFaultError as fault:
            form[fault.field].errors = [*form[fault.field].errors, fault.message]
            return await self._page(request, kind, form, status=400)
        except ValueError:
            raise HTTPException(400, "error.text") from None
        job = {
            "job_id": job_id,
            "kind": kind,
            "series": form.series.data,
            "settings": settings,
            "total": form.total.data,
        }
        await self._queue.put(request.state.principal, job, form.reason.data)
        return RedirectResponse(f"/job/details/{job_id}", status_code=303)

    async def _page(self, request: Request, kind: str, form: Any, *, status: int = 200) -> Response:
        code = kind.removesuffix("s")
        back = _RECORDS.get(kind, code)
        return await self._templates.TemplateResponse(
            request,
            "desk_form.html",
            {"name": f"{code}-issue", "back": back, "form": form, "fault": ""},
            status_code=status,
        )


async def _persist(call: Callable[[], Awaitable[bytes]]) -> bytes:
    """A million codes are asked for during minutes: a service that is away for a moment ends none.

    Raises:
        CallRefusedError: it did not come back.
    """
    for _ in range(REPEATS_MAX):
        try:
            return await call()
        except CallRefusedError as refused:
            if not is_away(refused):
                raise
            _log.warning("admin.codes_wait", reason=refused.reason)
        await asyncio.sleep(REPEAT_AFTER_S)
    return await call()


def _settings(form: Any, series: Series, money: Currency) -> dict[str, Any]:
    """What a job keeps beside its series and number."""
    if isinstance(form, CertificatesForm):
        # What the series says, if the form says nothing.
        face = 0
        if form.face.data:
            face = amount_of(form, "face", _UNITS if series.is_pass else money)
            if face <= 0:
                raise FieldFaultError("face", say("form.above_zero"))
        return {"face": face, "activate": bool(form.activate.data)}
    if isinstance(form, CardsForm):
        total = form.total.data or 0
        if series.most is not None and total > series.most:
            raise FieldFaultError("total", say("form.card_total", most=series.most))
        return {}
    return {
        "uses_max": form.uses_max.data,
        "valid_until": moment_behind(form.valid_until.data),
    }


async def _series(database: AsyncSession, kind: str) -> dict[str, Series]:
    if kind == "cards":
        types = await database.scalars(select(CardType).order_by(CardType.code))
        found = [Series(one.code, one.name, most=cards_max(one)) for one in types]
    elif kind == "coupons":
        made = await database.scalars(SERIES_RECORDS)
        found = coupon_series(made, await database.scalars(PARTNER_WORDS), archived=False)
    else:
        documents = await database.scalars(select(Program.document).order_by(Program.code))
        found = certificate_series(documents)
    return {one.code: one for one in found}


def _startable(request: Request) -> list[str]:
    may = request.state.principal.may
    return [kind for kind, (_, permission) in KINDS.items() if may(permission)]


def _of(
    kind: str, page: Callable[[Request, str], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    async def show(request: Request) -> Response:
        return await page(request, kind)

    return show
