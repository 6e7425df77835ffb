"""Corrections from a file: tried out first, then done as a job; its rows as a file; its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.corrections import work
from admin.corrections.files import ROWS_MAX, CorrectionFile, Fault, read_file
from admin.corrections.reading import words_of
from admin.corrections.trial import Trial, TriedRow, try_out
from admin.members.currencies import Worth, read_worth
from admin.members.forms import DeskForm, ReasonField, ReasonForm
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.attachment import attachment
from admin.records.export import csv_line, csv_start
from admin.records.forms import CODE_CHARACTERS_MAX, NameField, code
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import Job
from admin.scope import reason
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from admin.staff.notes import note
from admin.texts import say
from checkout.client import CallRefusedError
from checkout.primitives import bucket_of_uuid, format_minor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqladmin.templating import Jinja2Templates
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.jobs.runner import JobRunner
    from admin.service.operators import Operators

#: Rows that a page names of each kind; it counts them all, and the file has them all.
SHOWN_MAX: Final = 200
FILE_NAME_CHARACTERS_MAX: Final = 255
_ROWS_AT_ONCE: Final = 2_000
#: Of the name that a file gets if nobody names it: as much of its hash.
_NAME_DIGITS: Final = 16
_PUT: Final = text(
    "select admin_put_job_rows(:job_id, cast(:asked as jsonb), cast(:told as jsonb))"
)
#: Which permission ends corrections how.
_END_PERMISSIONS: Final = {
    "undoings": "correction.file",
    "approvals": "correction.decide",
    "rejections": "correction.decide",
}


class CorrectionFileForm(DeskForm):
    document = TextAreaField(validators=[InputRequired()])
    file_name = HiddenField(validators=[Length(max=FILE_NAME_CHARACTERS_MAX)])
    currency = SelectField(validators=[InputRequired()])
    name = NameField(required=False, longest=CODE_CHARACTERS_MAX)
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """The point currencies of the partner."""
        self.currency.choices = [(one.code, one.name) for one in worth.points.values()]

    def validate_name(self, field: Any) -> None:
        """A code, if one is given."""
        if field.data:
            code(self, field)


class CorrectionFilePages(ServicePages):
    """Shows what a file would do, does it, and ends what it did."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        operators: Operators,
        runner: JobRunner,
    ) -> None:
        super().__init__(templates, sessions, operators)
        self._runner = runner

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/correction/file", self.page, methods=["GET"], name="correction_file"),
            Route("/correction/file", self.send, methods=["POST"], name="send_correction_file"),
            Route("/job/{id}/rows", self.rows, methods=["POST"], name="job_rows"),
            Route("/job/{id}/end", self.end, methods=["POST"], name="end_corrections"),
        ]

    async def page(self, request: Request) -> Response:
        """An empty form."""
        require(request, "correction.file")
        async with self._sessions() as database:
            worth = await read_worth(database)
        form = CorrectionFileForm(data={"request_id": uuid4().hex})
        form.offer(worth)
        return await self._page(request, form, worth)

    async def send(self, request: Request) -> Response:
        """What each row would do; with `confirmed` a job does it."""
        require(request, "correction.file")
        sent = await request.form()
        form: Any = CorrectionFileForm(sent)
        async with self._sessions() as database:
            worth = await read_worth(database)
        form.offer(worth)
        if not form.validate():
            return await self._page(request, form, worth, status=400)
        try:
            job_id = UUID(form.request_id.data)
        except ValueError:
            raise HTTPException(400, "error.text") from None
        if sent.get("wanted") == "done" and await self._is_made(job_id):
            self._runner.look()
            return RedirectResponse(f"/job/details/{job_id}", status_code=303)
        try:
            # As files have it: browsers send other ends of lines.
            file = read_file(form.document.data.replace("\r\n", "\n"), form.currency.data, worth)
            bulk = form.name.data or file.sha256.hex()[:_NAME_DIGITS]
            async with self._operators.of(request.state.principal) as client:
                trial = await try_out(client, file, bulk, form.reason.data)
            if sent.get("wanted") == "file":
                return _trial_file(trial, worth, bulk)
            if sent.get("wanted") == "done":
                await self._make_job(request, job_id, form, file, bulk, trial)
                return RedirectResponse(f"/job/details/{job_id}", status_code=303)
        except CallRefusedError as refused:
            if refused.reason == "BULK_DIFFERS":
                form.name.errors = [*form.name.errors, say("corrections.name_taken")]
                return await self._page(request, form, worth, status=400)
            status = 503 if is_away(refused) else 400
            return await self._page(request, form, worth, status=status, fault=in_words(refused))
        except RefusedChangeError as refused:
            form.document.errors = [*form.document.errors, str(refused)]
            return await self._page(request, form, worth, status=400)
        return await self._page(request, form, worth, trial=trial, file=file, bulk=bulk)

    async def _is_made(self, job_id: UUID) -> bool:
        """Whether this form was sent before: its job is looked at, whatever the file would do."""
        async with self._sessions() as database:
            return await database.get(Job, job_id) is not None

    async def _make_job(
        self,
        request: Request,
        job_id: UUID,
        form: CorrectionFileForm,
        file: CorrectionFile,
        bulk: str,
        trial: Trial,
    ) -> None:
        if not trial.rows:
            raise RefusedChangeError("corrections.nothing")
        asked = [_asked(row) for row in trial.rows] + [{"line": one.line} for one in trial.faults]
        told = [None] * len(trial.rows) + [_told(one) for one in trial.faults]
        job = {
            "job_id": job_id,
            "kind": work.FILE,
            "series": bulk,
            "settings": {
                "file_sha256": file.sha256.hex(),
                "file_name": (form.file_name.data or "")[-FILE_NAME_CHARACTERS_MAX:],
                "refused": len(trial.faults),
            },
            "total": len(trial.rows),
        }
        await self._put(request, job, asked, told, str(form.reason.data))

    async def _put(
        self,
        request: Request,
        job: dict[str, Any],
        asked: list[dict[str, Any]],
        told: list[dict[str, Any] | None],
        why: str,
    ) -> None:
        """A job and its rows, once: its id is the key of the form."""
        principal = request.state.principal
        more = {"partner_id": principal.partner_id, "author": principal.login, "reason": why}
        with reason(why):
            async with self._sessions.begin() as database:
                made = await database.execute(
                    insert(Job)
                    .values(**job, **more)
                    .on_conflict_do_nothing(index_elements=[Job.job_id])
                    .returning(Job.job_id)
                )
                if made.one_or_none() is not None:
                    rows = {
                        "job_id": job["job_id"],
                        "asked": orjson.dumps(asked).decode(),
                        "told": orjson.dumps(told).decode(),
                    }
                    await database.execute(_PUT, rows)
        self._runner.look()

    async def rows(self, request: Request) -> Response:
        """Every row with what has become of it by now, as a file; noted in the history."""
        require(request, "correction.file")
        async with self._sessions.begin() as database:
            job = await _correction_job(database, request)
            await note(
                database, job.partner_id, "admin_job", str(job.job_id), "exported", rows=job.total
            )

        async def lines() -> AsyncIterator[bytes]:
            yield csv_start(
                *("line", "member_id", "currency", "points", "days", "reason"),
                *("state", "correction_id", "column", "fault"),
            )
            values = {"bulk": job.series, "job_id": job.job_id, "rows_max": _ROWS_AT_ONCE}
            behind = 0
            while True:
                async with self._sessions() as database:
                    named = values | {"behind": behind}
                    some = (await database.execute(STATEMENTS["rows_of_job"], named)).all()
                yield b"".join(csv_line(_row_cells(row)) for row in some)
                if len(some) < _ROWS_AT_ONCE:
                    return
                behind = some[-1].number

        name = f"{job.series}-{job.job_id}.csv"
        return _csv(lines(), attachment(name, f"{say('file.corrections')} {name}"))

    async def end(self, request: Request) -> Response:
        """Take back what of a file is booked, or decide about what waits: a job of its own."""
        sent = await request.form()
        how = str(sent.get("how", ""))
        require(request, _END_PERMISSIONS.get(how, "correction.file"))
        async with self._sessions() as database:
            job = await _correction_job(database, request)
            if job.kind != work.FILE or how not in work.ENDS:
                raise HTTPException(404)
            values = {"bulk": job.series, "state": work.ENDS[how]}
            found = (await database.execute(STATEMENTS["corrections_in_state"], values)).all()
            worth = await read_worth(database)
        if how != "undoings" and job.author == request.state.principal.login:
            raise HTTPException(400, "service.SAME_AUTHOR")
        form: Any = ReasonForm(sent)
        if not form.validate():
            raise HTTPException(400, "corrections.end_reason")
        job_id = uuid_of(form.request_id.data)
        if await self._is_made(job_id):
            return RedirectResponse(f"/job/details/{job_id}", status_code=303)
        if not found:
            raise HTTPException(400, "corrections.end_nothing")
        asked = [
            {
                "line": row.line,
                "correction_id": str(row.correction_id),
                "member_id": str(row.member_id),
                "currency": row.currency,
                "points": format_minor(row.amount_minor, worth.points_of(row.currency).exponent),
            }
            for row in found
        ]
        made = {
            "job_id": job_id,
            "kind": how,
            "series": job.series,
            "settings": {"job_id": str(job.job_id)},
            "total": len(asked),
        }
        await self._put(request, made, asked, [None] * len(asked), form.reason.data)
        return RedirectResponse(f"/job/details/{job_id}", status_code=303)

    async def _page(
        self,
        request: Request,
        form: Any,
        worth: Worth,
        *,
        status: int = 200,
        fault: str = "",
        trial: Trial | None = None,
        file: CorrectionFile | None = None,
        bulk: str = "",
    ) -> Response:
        before = []
        if file is not None:
            async with self._sessions() as database:
                named = {"file_hash": file.sha256}
                before = list((await database.execute(STATEMENTS["bulks_of_file"], named)).all())
        context = {
            "form": form,
            "fault": fault,
            "worth": worth,
            "trial": trial,
            "bulk": bulk,
            "before": before,
            "sums": _sums(trial, worth) if trial is not None else [],
            "shown_max": SHOWN_MAX,
            "rows_max": ROWS_MAX,
            "bucket_of": lambda member_id: bucket_of_uuid(UUID(member_id)),
        }
        return await self._templates.TemplateResponse(
            request, "correction_file.html", context, status_code=status
        )


async def _correction_job(database: AsyncSession, request: Request) -> Job:
    job = await database.get(Job, uuid_of(request.path_params["id"]))
    if job is None or job.kind not in work.KINDS:
        raise HTTPException(404)
    return job


def _asked(row: TriedRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "member_id": row.member_id,
        "currency": row.currency,
        "points": row.points,
        "days": row.days,
        "reason": row.reason,
    }


def _told(fault: Fault) -> dict[str, Any]:
    """A row that was never sent. What stands in it may name somebody: it is not kept."""
    return {"state": "refused", "field": fault.column, "message": fault.allowed}


def _row_cells(row: Any) -> list[object]:
    asked, told = row.asked, row.told or {}
    is_refused = told.get("state") == "refused"
    return [
        *(asked.get(name) for name in ("line", "member_id", "currency", "points", "days")),
        asked.get("reason"),
        "refused" if is_refused else row.state_now or told.get("state", "waiting"),
        told.get("correction_id"),
        told.get("field") if is_refused else "",
        words_of(told) if is_refused else "",
    ]


def _sums(trial: Trial, worth: Worth) -> list[dict[str, Any]]:
    """Per currency and what would become of them: rows, given and taken."""
    found: dict[tuple[str, str], list[int]] = {}
    for row in trial.rows:
        held = found.setdefault((row.currency, row.state), [0, 0, 0])
        held[0] += 1
        held[1 if row.points_minor > 0 else 2] += abs(row.points_minor)
    return [
        {
            "currency": worth.points_of(currency),
            "state": state,
            "rows": rows,
            "given": given,
            "taken": taken,
        }
        for (currency, state), (rows, given, taken) in sorted(found.items())
    ]


def _trial_file(trial: Trial, worth: Worth, bulk: str) -> Response:
    """What the page shows the beginning of, whole."""
    done: dict[int, list[object]] = {
        row.line: [
            *(row.line, row.member_id, row.currency, row.points, row.days, row.reason, row.state),
            ""
            if row.balance_minor is None
            else format_minor(row.balance_minor, worth.points_of(row.currency).exponent),
            *("", "", ""),
        ]
        for row in trial.rows
    }
    for one in trial.faults:
        cells = (one.line, *[""] * 5, "refused", "", one.column, one.value, one.allowed)
        done[one.line] = [*cells]

    async def lines() -> AsyncIterator[bytes]:
        yield csv_start(
            *("line", "member_id", "currency", "points", "days", "reason"),
            *("state", "balance_then", "column", "value", "fault"),
        )
        yield b"".join(csv_line(done[line]) for line in sorted(done))

    return _csv(
        lines(), attachment(f"{bulk}-dry-run.csv", f"{say('file.corrections_tried')} {bulk}.csv")
    )


def _csv(lines: AsyncIterator[bytes], headers: Mapping[str, str]) -> StreamingResponse:
    return StreamingResponse(
        lines,
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )
