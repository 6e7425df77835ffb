"""What jobs of corrections do, a page at a time: rows tried out or done, or corrections ended.

Each row is told when its page is done. A page that is sent again, by a process that died before it
told, does nothing again: rows of a file are named by the bulk and their line, and ends have a
request key made of the job and where the page begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import text

from admin.corrections.trial import CALL_ROWS_MAX, STATES
from checkout.client import messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from admin.database import Sessions
    from checkout.client import OperatorClient

FILE: Final = "corrections"
#: Rows of a list of members, asked of the service and not done.
TRIAL: Final = "trials"
#: Kinds of jobs that end corrections of a file → the state of those that they are about.
ENDS: Final = {"undoings": "booked", "approvals": "proposed", "rejections": "proposed"}
KINDS: Final = frozenset({TRIAL, FILE, *ENDS})
#: What of a row is sent.
_SENT: Final = ("line", "member_id", "currency", "points", "days", "reason")

_READ: Final = text("select * from admin_job_rows_behind(:job_id, :behind, :most)")
_TELL: Final = text(
    "select admin_tell_job_rows(:job_id, cast(:numbers as integer[]), cast(:what as jsonb))"
)


async def correct_page(sessions: Sessions, client: OperatorClient, job: Row[Any], done: int) -> int:
    """Do the rows behind number `done`, at most a page; how many are done then.

    Raises:
        CallRefusedError: nothing is known of them.
    """
    values = {"job_id": job.taken_id, "behind": done, "most": CALL_ROWS_MAX}
    async with sessions.begin() as database:
        rows = (await database.execute(_READ, values)).all()
    if not rows:
        # All are told, and that was not noted: whoever did it has died between the two.
        return int(job.job_total)
    asked = [row.row_asked for row in rows]
    is_trial = job.job_kind == TRIAL
    if job.job_kind in ENDS:
        results = await _end(client, job, asked, rows[0].row_number)
    else:
        results = await _adjust(client, job, asked)
    told = {
        "job_id": job.taken_id,
        "numbers": [row.row_number for row in rows],
        "what": orjson.dumps([_told(one, is_trial=is_trial) for one in results]).decode(),
    }
    async with sessions.begin() as database:
        await database.execute(_TELL, told)
    return int(rows[-1].row_number)


async def _adjust(
    client: OperatorClient, job: Row[Any], asked: Sequence[dict[str, Any]]
) -> list[messages.CorrectionResult]:
    return await client.bulk_adjust(
        messages.BulkAdjustRequest(
            bulk=job.job_series,
            file_hash=bytes.fromhex(job.job_settings["file_sha256"]),
            file_name=job.job_settings["file_name"],
            reason=job.job_reason,
            rows=[
                messages.BulkRow(**{name: row[name] for name in _SENT if name in row})
                for row in asked
            ],
            dry_run=job.job_kind == TRIAL,
        )
    )


async def _end(
    client: OperatorClient, job: Row[Any], asked: Sequence[dict[str, Any]], first: int
) -> list[messages.CorrectionResult]:
    request_id = f"job-{job.taken_id.hex}-{first}"
    ids = [row["correction_id"] for row in asked]
    if job.job_kind == "undoings":
        return await client.undo_corrections(request_id, ids, job.job_reason)
    return await client.decide_corrections(
        request_id, ids, job.job_reason, reject=job.job_kind == "rejections"
    )


def _told(result: messages.CorrectionResult, *, is_trial: bool) -> dict[str, Any]:
    """As the row keeps it: words are for whoever reads it, in their language."""
    told: dict[str, Any] = {"state": STATES[result.state]}
    if not is_trial:
        told["correction_id"] = result.correction_id
    if result.state == messages.CORRECTION_STATE_REFUSED:
        told |= {
            "reason": messages.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_"),
            "field": result.field,
            "message": result.message,
        }
    if result.owed_minor or result.written_off_minor:
        told |= {
            "owed_minor": result.owed_minor,
            "written_off_minor": result.written_off_minor,
        }
    return told
