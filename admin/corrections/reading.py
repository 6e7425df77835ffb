"""What the page of a job of corrections reads beside the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from admin.corrections import work
from admin.members.currencies import read_worth
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
    states = (await database.execute(STATEMENTS["bulk_states"], {"bulk": job.series})).all()
    named = {"job_id": job.job_id, "rows_max": REFUSED_SHOWN_MAX}
    refused = (await database.execute(STATEMENTS["refused_rows_of_job"], named)).all()
    may = request.state.principal.may
    is_ended = job.kind == work.FILE and job.ended_at is not None
    held = {row.state for row in states}
    ends = []
    if is_ended and "proposed" in held and may("correction.decide"):
        ends += ["approvals", "rejections"]
    if is_ended and "booked" in held and may("correction.file"):
        ends.append("undoings")
    return {
        "worth": await read_worth(database),
        "states": states,
        "refused": refused,
        "refused_count": refused[0].all_refused if refused else 0,
        "words_of": words_of,
        "ends": ends,
        "is_own": job.author == request.state.principal.login,
    }


def words_of(told: Mapping[str, Any]) -> str:
    """Why a row was not done: as the service told it in words of ours, or as the file was read."""
    for family in ("fill", "service"):
        if has_text(name := f"{family}.{told.get('reason', '')}"):
            return say(name)
    return str(told.get("message") or told.get("reason") or "")
