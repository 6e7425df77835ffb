"""Corrections from a file: tried out first, then done as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin.corrections import work
from admin.corrections.files import ROWS_MAX, CorrectionFile, Fault, read_file
from admin.corrections.trial import Trial, TriedRow, try_out
from admin.guard.requests import BODY_MAX_BYTES
from admin.jobs.queue import QueuePages, Row
from admin.members.currencies import Worth, read_worth
from admin.members.forms import DeskForm, ReasonField
from admin.pages.secrets_shown_once import require
from admin.records.attachment import attachment
from admin.records.export import csv_file, csv_line, csv_start
from admin.records.forms import CODE_CHARACTERS_MAX, NameField, code
from admin.records.refused_change import RefusedChangeError
from admin.service.answers import in_words, is_away
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request


#: Rows that a page names of each kind; it counts them all, and the file has them all.
SHOWN_MAX: Final = 200
FILE_NAME_CHARACTERS_MAX: Final = 255
#: Of the name that a file gets if nobody names it: as much of its hash.
_NAME_DIGITS: Final = 16


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


class CorrectionFilePages(QueuePages):
    """Shows what a file would do, and does it."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/correction/file", self.page, methods=["GET"], name="correction_file"),
            Route("/correction/file", self.send, methods=["POST"], name="send_correction_file"),
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
        sent = await request.form(max_part_size=BODY_MAX_BYTES)
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
        if sent.get("wanted") == "done" and await self._queue.has(job_id):
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
        rows: list[Row] = [(_asked(row), None) for row in trial.rows]
        rows += [({"line": one.line}, _told(one)) for one in trial.faults]
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
        await self._queue.put(request.state.principal, job, str(form.reason.data), rows)

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
        }
        return await self._templates.TemplateResponse(
            request, "correction_file.html", context, status_code=status
        )


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

    return csv_file(
        lines(), attachment(f"{bulk}-dry-run.csv", f"{say('file.corrections_tried')} {bulk}.csv")
    )
