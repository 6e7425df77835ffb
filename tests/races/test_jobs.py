"""The queue of background jobs: run by one worker at a time, and by another one if that dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from checkout.store.pool import open_queue_pool
from checkout.workers.jobs import Jobs, PeriodicJob
from checkout.workers.loop import repeat
from tests.service.running import as_role, wait_until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

#: A step lasts so long, unless another one runs beside it.
LASTS_S: Final = 0.5
#: The same of two that are to meet: each begins once a second, at moments of its own.
MEETS_WITHIN_S: Final = 5.0
#: Silence, a look, the next run, and the run itself; half a minute of the library is longer.
TAKEN_WITHIN_S: Final = 15
EVERY_SECOND: Final = "* * * * * *"
_SOURCES: Final = Path(__file__).resolve().parents[2]
#: A worker whose only job begins and never ends.
_STUCK: Final = """
import asyncio, sys
from checkout.store.pool import open_queue_pool
from checkout.workers.jobs import Jobs, PeriodicJob

async def step():
    print("begun", flush=True)
    await asyncio.Event().wait()

work = PeriodicJob("work", "* * * * * *", step)
asyncio.run(Jobs(lambda: open_queue_pool(sys.argv[1]), [work]).run())
"""


class Running:
    """Two workers' jobs on one database, which note what runs at the same time."""

    def __init__(self, dsn: str, lasts_s: float = LASTS_S) -> None:
        self.dsn = as_role(dsn, "checkout_app")
        self.lasts_s = lasts_s
        self.at_once = 0
        self.most_at_once = 0
        self.ended = 0

    async def step(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        began = time.monotonic()

        async def is_over() -> bool:
            return self.at_once > 1 or time.monotonic() - began > self.lasts_s

        await wait_until(is_over)
        self.at_once -= 1
        self.ended += 1

    def start(self, name: str, step: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        jobs = Jobs(lambda: open_queue_pool(self.dsn), [PeriodicJob(name, EVERY_SECOND, step)])
        return asyncio.create_task(jobs.run())


async def stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(("names", "most"), [(("work", "work"), 1), (("work", "other"), 2)])
async def test_two_workers_run_a_job_in_turn(
    postgres_dsn: str, names: tuple[str, str], most: int
) -> None:
    """What is due is taken by one of them; jobs of two names do run at once, so it would show."""
    running = Running(postgres_dsn, LASTS_S if most == 1 else MEETS_WITHIN_S)
    tasks = [running.start(name, running.step) for name in names]

    async def has_run() -> bool:
        return running.ended >= 3 and running.most_at_once >= most

    await wait_until(has_run, 30, what="the job's third run")
    await stop(*tasks)
    assert running.most_at_once == most


async def test_another_worker_takes_the_job_of_one_that_was_killed(postgres_dsn: str) -> None:
    """After kill -9 in the middle of a job its heartbeat stops; soon the next worker runs it."""
    running = Running(postgres_dsn)
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _STUCK, running.dsn), cwd=_SOURCES, stdout=subprocess.PIPE
    )
    assert killed.stdout is not None
    try:
        begun = await killed.stdout.readline()
    finally:
        killed.kill()
        await killed.wait()
    assert begun == b"begun\n"
    died = time.monotonic()
    task = running.start("work", running.step)
    database = await asyncpg.connect(postgres_dsn)
    try:
        status = await database.fetchval("select status::text from pgqueuer_schedules")
        assert (status, running.ended) == ("picked", 0)
        # Some seconds of silence, without waiting for them; the library alone would wait on.
        await database.execute(
            "update pgqueuer_schedules set heartbeat = heartbeat - interval '5 seconds'"
        )

        async def has_run() -> bool:
            return running.ended >= 1

        await wait_until(has_run, 30, what="the job's run by the next worker")
        assert time.monotonic() - died < TAKEN_WITHIN_S
    finally:
        await stop(task)
        await database.close()


async def test_a_step_that_fails_is_taken_again(postgres_dsn: str) -> None:
    """A fault ends one run of a job, neither the job nor its neighbours."""
    running = Running(postgres_dsn)
    faults = [ZeroDivisionError(), OSError()]

    async def step() -> None:
        if faults:
            raise faults.pop()
        await running.step()

    task = running.start("work", step)

    async def has_run() -> bool:
        return running.ended >= 1

    await wait_until(has_run, 30, what="the run after the faults")
    await stop(task)


async def test_jobs_go_on_when_the_database_comes_back(postgres_dsn: str) -> None:
    """All connections of the queue are cut in the middle of a run: the worker opens it again."""
    running = Running(postgres_dsn)
    jobs = Jobs(
        lambda: open_queue_pool(running.dsn), [PeriodicJob("work", EVERY_SECOND, running.step)]
    )
    task = asyncio.create_task(repeat("jobs", 0.1, jobs.run))
    database = await asyncpg.connect(postgres_dsn)
    ended = 0

    async def has_run_again() -> bool:
        return running.ended > ended

    try:
        await wait_until(has_run_again, 30, what="the first run")
        for _ in range(2):
            cut = await database.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where application_name = 'checkout jobs' and datname = current_database()"
            )
            assert cut > 0
            # A run that was cut is one whose job nobody gave back.
            await database.execute(
                "update pgqueuer_schedules set heartbeat = heartbeat - interval '5 seconds'"
            )
            ended = running.ended + 1
            await wait_until(has_run_again, 60, what="a run after the cut")
    finally:
        await stop(task)
        await database.close()


async def test_jobs_end_when_they_are_told_to(postgres_dsn: str) -> None:
    """Also in the middle of a step that would take long: the worker's end does not wait for it."""
    running = Running(postgres_dsn)
    begun = asyncio.Event()

    async def step() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = running.start("work", step)
    await asyncio.wait_for(begun.wait(), 30)
    async with asyncio.timeout(10):
        await stop(task)
