"""Runs jobs, one at a time, in the admin's own process; several processes share them.

A job is taken under a lease that each call renews. If the process dies, another one goes on after
the lease, from the last call that was noted: a call that was made and not noted is repeated under
its key, and so is made once. A process that only slept hears at its next note that the job is not
its own any more, and leaves it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import text

from admin.corrections import work
from admin.jobs.issuing import CALL_CODES_MAX, issue_call, keys_live
from admin.service.answers import is_away
from checkout.client import CallRefusedError

if TYPE_CHECKING:
    from sqlalchemy import Row

    from admin.database import Sessions
    from admin.service.operators import Operators
    from checkout.client import OperatorClient

#: Whoever says nothing for so long has died; a call ends within a fraction of it.
LEASE: Final = dt.timedelta(minutes=1)
#: How often it is looked whether there is something to do, and pause before a call is repeated.
LOOK_EVERY_S: Final = 5.0
REPEAT_AFTER_S: Final = 2.0
#: A service that is away longer than this many pauses leaves the job to the next who looks.
REPEATS_MAX: Final = 10

_TAKE: Final = text("select * from admin_take_job(:patience)")
_NOTE: Final = text("select admin_note_job(:job_id, :taken_at, :done, :state, :why)")

_log = structlog.get_logger(__name__)


class JobRunner:
    """A worker of the queue."""

    def __init__(self, sessions: Sessions, operators: Operators) -> None:
        self._sessions = sessions
        self._operators = operators
        self._asked = asyncio.Event()

    def look(self) -> None:
        """Something was put into the queue: do not wait for the next round."""
        self._asked.set()

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                while await self._step():
                    pass
            except Exception as error:  # noqa: BLE001 - the next round tries again
                _log.warning("admin.jobs_failed", kind=type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), LOOK_EVERY_S)
            self._asked.clear()

    async def _step(self) -> bool:
        """Take a job and run it; whether there was one."""
        async with self._sessions.begin() as database:
            job = (await database.execute(_TAKE, {"patience": LEASE})).one_or_none()
        if job is None:
            return False
        return await self._finish(job)

    async def _finish(self, job: Row[Any]) -> bool:
        """Make its calls; whether it came to an end, here or in another process."""
        done, repeats = job.job_done, 0
        taken_at: dt.datetime | None = job.job_taken_at
        async with self._operators.calling(job.partner, job.job_author) as client:
            while taken_at is not None and done < job.job_total:
                if not keys_live(job.job_made_at):
                    await self._note(job, taken_at, done, "failed", "too_late")
                    return True
                try:
                    done = await self._call(client, job, done)
                except CallRefusedError as refused:
                    if not is_away(refused):
                        why = refused.reason or refused.status
                        await self._note(job, taken_at, done, "failed", why)
                        return True
                    repeats += 1
                    if repeats > REPEATS_MAX:
                        return False
                    taken_at = await self._note(job, taken_at, done, "running", "away")
                    await asyncio.sleep(REPEAT_AFTER_S)
                    continue
                repeats = 0
                state = "done" if done == job.job_total else "running"
                taken_at = await self._note(job, taken_at, done, state, "")
        return True

    async def _call(self, client: OperatorClient, job: Row[Any], done: int) -> int:
        """One call; how far the job is then.

        Raises:
            CallRefusedError: nothing is known of it.
        """
        if job.job_kind in work.KINDS:
            return await work.correct_page(self._sessions, client, job, done)
        await issue_call(
            client,
            job.taken_id,
            job.job_kind,
            job.job_series,
            job.job_settings,
            job.job_reason,
            total=job.job_total,
            done=done,
        )
        # As many as were asked for: the next call's key follows from the number.
        return int(min(done + CALL_CODES_MAX, job.job_total))

    async def _note(
        self, job: Row[Any], taken_at: dt.datetime, done: int, state: str, why: str
    ) -> dt.datetime | None:
        """Renew the lease, by which the next note is known; None: another process has the job."""
        values = {"taken_at": taken_at, "done": done, "state": state, "why": why}
        async with self._sessions.begin() as database:
            renewed: dt.datetime | None = await database.scalar(
                _NOTE, values | {"job_id": job.taken_id}
            )
        return renewed
