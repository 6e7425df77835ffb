"""The queue of jobs: how one gets in, once however often its form is sent, and is found again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import Integer, Text, Uuid, cast, func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, insert
from starlette.exceptions import HTTPException

from admin.pages.account import uuid_of
from admin.records.tables import Job
from admin.scope import reason
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqladmin.templating import Jinja2Templates
    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.database import Sessions
    from admin.jobs.runner import JobRunner
    from admin.service.operators import Operators
    from admin.staff.principal import Principal

#: Rows of one job that a query finds: all are put by one statement, in a few seconds.
FOUND_ROWS_MAX: Final = 200_000
#: How long that may take: as long as whoever asked, and what stands between, waits for a page.
_FOUND_TIMEOUT_MS: Final = 50_000
_PUT_ROWS: Final = text(
    "select admin_put_job_rows(:job_id, cast(:asked as jsonb), cast(:told as jsonb))"
)
#: What a row asks for, and what is known of it at once; None: it waits.
Row = tuple[dict[str, Any], dict[str, Any] | None]


class JobQueue:
    """Puts jobs where the runners of all processes look."""

    def __init__(self, sessions: Sessions, runner: JobRunner) -> None:
        self._sessions = sessions
        self._runner = runner

    async def has(self, job_id: UUID) -> bool:
        """Whether a form was sent before: its key is the job's; then the runner looks again."""
        async with self._sessions() as database:
            is_there = await database.get(Job, job_id) is not None
        if is_there:
            self._runner.look()
        return is_there

    async def put(
        self, principal: Principal, job: dict[str, Any], why: str, rows: Sequence[Row] = ()
    ) -> None:
        """A job and its rows, once: also sent twice at the same moment it is one job."""
        more = {"partner_id": principal.partner_id, "author": principal.login, "reason": why}
        with reason(why):
            async with self._sessions.begin() as database:
                made = await database.execute(
                    insert(Job)
                    .values(**job, **more)
                    .on_conflict_do_nothing(index_elements=[Job.job_id])
                    .returning(Job.job_id)
                )
                if made.one_or_none() is not None and rows:
                    values = {
                        "job_id": job["job_id"],
                        "asked": orjson.dumps([asked for asked, _ in rows]).decode(),
                        "told": orjson.dumps([told for _, told in rows]).decode(),
                    }
                    await database.execute(_PUT_ROWS, values)
        self._runner.look()

    async def put_found(
        self,
        principal: Principal,
        job: dict[str, Any],
        why: str,
        rows: FromClause,
        most: int = FOUND_ROWS_MAX,
    ) -> int:
        """The same with rows that a query finds: `number`, `asked`, `told`; the first ones wait.

        One statement finds, counts and writes them, so none of them is read here. How many it is
        to do: 0, or more than the most, and then there is no job.
        """
        put = func.admin_put_job_of_rows(
            literal(job["job_id"], Uuid),
            literal(job["kind"], Text),
            literal(job["series"], Text),
            cast(literal(job["settings"], JSONB), JSONB),
            literal(principal.login, Text),
            literal(why, Text),
            _listed(rows.c.asked, rows),
            _listed(rows.c.told, rows),
            literal(most, Integer),
        )
        with reason(why):
            async with self._sessions.begin() as database:
                await database.execute(text(f"set local statement_timeout = {_FOUND_TIMEOUT_MS}"))
                count = await database.scalar(select(put).select_from(rows))
        self._runner.look()
        return int(count or 0)


def rows_of(statement: str, **values: object) -> FromClause:
    """Rows of a job that a named statement finds."""
    found = STATEMENTS[statement].bindparams(**values)
    return found.columns(number=Integer, asked=JSONB, told=JSONB).subquery()


def _listed(column: ColumnElement[Any], rows: FromClause) -> ColumnElement[Any]:
    """A column of all rows, in their order; an empty list of none."""
    return func.coalesce(
        func.jsonb_agg(aggregate_order_by(column, rows.c.number)), cast(literal([], JSONB), JSONB)
    )


class QueuePages(ServicePages):
    """Pages that put jobs into the queue."""

    def __init__(
        self,
        templates: Jinja2Templates,
        sessions: Sessions,
        operators: Operators,
        queue: JobQueue,
    ) -> None:
        super().__init__(templates, sessions, operators)
        self._queue = queue


async def job_of(database: AsyncSession, request: Request) -> Job:
    """The job that an address names.

    Raises:
        HTTPException: 404, there is none.
    """
    job = await database.get(Job, uuid_of(request.path_params["id"]))
    if job is None:
        raise HTTPException(404)
    return job
