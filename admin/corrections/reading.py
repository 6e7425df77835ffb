"""What the page of a job of corrections reads beside the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from admin.corrections import work
from admin.corrections.tried import count_tried, find_run
from admin.members.currencies import read_worth
from admin.records.tables import Partner
from admin.scope import current_scope
from admin.sql import STATEMENTS
from admin.texts import has_text, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.records.tables import Job

#: Rows that were not done, of which the page names so many.
REFUSED_SHOWN_MAX: Final = 200


async def read_corrections(database: AsyncSession, job: Job, request: Request) -> dict[str, Any]:
    """Counts by state, what was refused, and what may be done about the rest."""
    named = {"job_id": job.job_id, "rows_max": REFUSED_SHOWN_MAX}
    refused = (await database.execute(STATEMENTS["refused_rows_of_job"], named)).all()
    of_kind = _read_trial if job.kind == work.TRIAL else _read_states
    return {
        "worth": await read_worth(database),
        "refused": refused,
        "refused_count": refused[0].all_refused if refused else 0,
        "words_of": words_of,
        **await of_kind(database, job, request),
    }


async def _read_states(database: AsyncSession, job: Job, request: Request) -> dict[str, Any]:
    """What has become of what was done."""
    states = (await database.execute(STATEMENTS["bulk_states"], {"bulk": job.series})).all()
    may = request.state.principal.may
    is_ended = job.kind == work.FILE and job.ended_at is not None
    held = {row.state for row in states}
    ends = []
    if is_ended and "proposed" in held and may("correction.decide"):
        ends += ["approvals", "rejections"]
    if is_ended and "booked" in held and may("correction.file"):
        ends.append("undoings")
    is_own = job.author == request.state.principal.login
    return {"states": states, "ends": ends, "is_own": is_own}


async def _read_trial(database: AsyncSession, job: Job, request: Request) -> dict[str, Any]:
    """What would be done, once all is tried out, and the job that has done it."""
    if job.state != "done":
        return {"tried": None}
    rows = (await database.execute(STATEMENTS["tried_rows"], {"job_id": job.job_id})).all()
    settings = await database.scalar(
        select(Partner.settings).where(Partner.partner_id == current_scope().partner_id)
    )
    alone_max = (settings or {}).get("four_eyes_above_minor")
    tried = count_tried(rows, job.settings, alone_max)
    _, run = await find_run(database, job.job_id)
    may_do = request.state.principal.may("correction.file") and run is None and tried.to_do > 0
    return {"tried": tried, "alone_max": alone_max, "run": run, "may_do": may_do}


def words_of(told: Mapping[str, Any]) -> str:
    """Why a row was not done: as the service told it in words of ours, or as the file was read."""
    for family in ("fill", "service"):
        if has_text(name := f"{family}.{told.get('reason', '')}"):
            return say(name)
    return str(told.get("message") or told.get("reason") or "")
