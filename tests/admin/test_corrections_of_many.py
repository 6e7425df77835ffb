"""Corrections of all whom a long list shows: tried out, done, taken back, whoever dies."""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, Final

from tests.admin.test_member_corrections import AUTHOR, PATH
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.customers import make_customers
from tests.service.in_bulk import BulkWatch
from tests.service.long_jobs import follow, leave_to_others, take_file
from tests.service.office import office_beside

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.office import Browser
    from tests.service.running import Service

#: With a hundred thousand it is `make million`.
COUNT: Final = int(os.environ.get("MEMBERS_IN_BULK", "2000"))
TRIAL: Final = "018f0000-0000-7000-8000-00000000000b"
UNDO: Final = f"{TRIAL[:-1]}c"
#: Everybody gets so much.
POINTS: Final = 3
FORM: Final = {"currency": world.CURRENCY, "points": str(POINTS), "reason": "the queue of May"}
_HERE: Final = "with the pages and a service"


async def balances(service: Service) -> int:
    """What all members of all partners have."""
    found: int = await service.database.fetchval("select sum(balance)::bigint from account")
    return found


async def start(browser: Browser, what: str, path: str, form: dict[str, str] | None = None) -> str:
    """Send what starts a job; its id."""
    watch = BulkWatch(what, COUNT)
    sent = await browser.post(path, form)
    page, _, job_id = sent.headers["location"].rpartition("/")
    assert page == "/job/details", sent.text
    watch.done("by one statement")
    return job_id


async def start_and_die(
    service: Service, what: str, path: str, form: dict[str, str] | None = None
) -> str:
    """Start a job in a process of the pages that dies when half of it is done; its id."""
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        job_id = await start(browser, f"{what}: rows of the job", path, form)
        total = await office.database.fetchval(
            "select total from admin_job where job_id = $1", job_id
        )
        assert total >= COUNT
        watch = BulkWatch(f"{what}, by a process that dies", total)
        _, done = await follow(office, browser, job_id, watch, rows=total // 2)
        watch.done(_HERE, done)
    assert done < total
    await leave_to_others(service, job_id)
    return job_id


async def go_on(service: Service, what: str, job_id: str) -> int:
    """Another process of the pages does the rest; the rows of the whole job."""
    job = await service.database.fetchrow(
        "select done, total from admin_job where job_id = $1", job_id
    )
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch(f"{what}, by another one", job["total"])
        assert await follow(office, browser, job_id, watch) == ("done", job["total"])
        watch.done(_HERE, job["total"] - job["done"])
    return int(job["total"])


async def test_a_long_list_is_corrected_once_and_taken_back(
    service: Service, tmp_path: Path
) -> None:
    """Whoever runs a job dies half-way through it: another one does the rest, nothing twice."""
    await make_customers(service, COUNT)
    before = await balances(service)
    await start_and_die(service, "tried out", PATH, FORM | {"request_id": TRIAL})
    total = await go_on(service, "tried out", TRIAL)
    assert await balances(service) == before

    run = await start_and_die(service, "booked", f"/job/{TRIAL}/do")
    assert await go_on(service, "booked", run) == total
    assert await balances(service) == before + total * POINTS * 100
    booked = await service.database.fetchrow(
        "select count(*), count(distinct member_id) from correction where bulk_id is not null"
    )
    assert tuple(booked) == (total, total)
    assert await violations(service) == []
    assert await rows_taken(service, run, tmp_path / "rows.csv") == (total, {"booked"})

    end = {"how": "undoings", "request_id": UNDO, "reason": "it was right"}
    await start_and_die(service, "taken back", f"/job/{run}/end", end)
    assert await go_on(service, "taken back", UNDO) == total
    undone = "select count(*) from correction where state = 'undone'"
    assert await service.database.fetchval(undone) == total
    assert await balances(service) == before
    assert await violations(service) == []


async def rows_taken(service: Service, job_id: str, output: Path) -> tuple[int, set[str]]:
    """Members in the file of a job, each once, and the states that they are in."""
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch("the page of the job", 1)
        assert "Booked" in (await browser.get(f"/job/details/{job_id}")).text
        watch.done("opened")
        watch = BulkWatch("rows taken as a file", COUNT)
        await take_file(browser, f"/job/{job_id}/rows", output)
        watch.done("piece by piece")
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["member_id"], row["state"]) for row in csv.DictReader(file)]
    members = {member_id for member_id, _ in rows}
    assert len(members) == len(rows)
    return len(members), {state for _, state in rows}
