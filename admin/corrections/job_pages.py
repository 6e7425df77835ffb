"""A job of corrections: its rows as a file, and how what it did is ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.corrections import work
from admin.corrections.reading import words_of
from admin.jobs.queue import QueuePages, job_of, rows_of
from admin.members.currencies import read_worth
from admin.members.forms import ReasonForm
from admin.pages.account import uuid_of
from admin.pages.secrets_shown_once import require
from admin.records.attachment import attachment
from admin.records.export import csv_file, csv_line, csv_start
from admin.records.tables import Job
from admin.sql import STATEMENTS
from admin.staff.notes import note
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

_ROWS_AT_ONCE: Final = 2_000
#: Which permission ends corrections how.
_END_PERMISSIONS: Final = {
    "undoings": "correction.file",
    "approvals": "correction.decide",
    "rejections": "correction.decide",
}


class CorrectionJobPages(QueuePages):
    """Tells what became of each row, and ends corrections of a file."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/job/{id}/rows", self.rows, methods=["POST"], name="job_rows"),
            Route("/job/{id}/end", self.end, methods=["POST"], name="end_corrections"),
        ]

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
            # What was only tried out stays as it was told.
            bulk = "" if job.kind == work.TRIAL else job.series
            values = {"bulk": bulk, "job_id": job.job_id, "rows_max": _ROWS_AT_ONCE}
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
        return csv_file(lines(), attachment(name, f"{say('file.corrections')} {name}"))

    async def end(self, request: Request) -> Response:
        """Take back what of a file is booked, or decide about what waits: a job of its own."""
        sent = await request.form()
        how = str(sent.get("how", ""))
        require(request, _END_PERMISSIONS.get(how, "correction.file"))
        async with self._sessions() as database:
            job = await _correction_job(database, request)
            if job.kind != work.FILE or how not in work.ENDS:
                raise HTTPException(404)
            worth = await read_worth(database)
        if how != "undoings" and job.author == request.state.principal.login:
            raise HTTPException(400, "service.SAME_AUTHOR")
        form: Any = ReasonForm(sent)
        if not form.validate():
            raise HTTPException(400, "corrections.end_reason")
        job_id = uuid_of(form.request_id.data)
        if await self._queue.has(job_id):
            return RedirectResponse(f"/job/details/{job_id}", status_code=303)
        exponents = {code: currency.exponent for code, currency in worth.points.items()}
        rows = rows_of(
            "rows_to_end",
            bulk=job.series,
            state=work.ENDS[how],
            exponents=orjson.dumps(exponents).decode(),
        )
        made = {
            "job_id": job_id,
            "kind": how,
            "series": job.series,
            "settings": {"job_id": str(job.job_id)},
        }
        principal = request.state.principal
        if not await self._queue.put_found(principal, made, form.reason.data, rows):
            raise HTTPException(400, "corrections.end_nothing")
        return RedirectResponse(f"/job/details/{job_id}", status_code=303)


async def _correction_job(database: AsyncSession, request: Request) -> Job:
    job = await job_of(database, request)
    if job.kind not in work.KINDS:
        raise HTTPException(404)
    return job


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
