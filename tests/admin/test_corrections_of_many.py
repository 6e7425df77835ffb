"""Corrections of all whom a long list shows: tried out, done, taken back, whoever dies meanwhile."""

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

    from tests.service.running import Service

#: With a hundred thousand it is `make million`.
COUNT: Final = int(os.environ.get("MEMBERS_IN_BULK", "2000"))
TRIAL: Final = "018f0000-0000-7000-8000-00000000000b"
UNDO: Final = f"{TRIAL[:-1]}c"
#: Everybody gets so much.
POINTS: Final = 3
FORM: Final = {"currency": world.CURRENCY, "points": str(POINTS), "reason": "the queue of May"}


async def balances(service: Service) -> int:
    """What all members of all partners have."""
    found: int = await service.database.fetchval("select sum(balance)::bigint from account")
    return found


async def test_a_long_list_is_corrected_once_and_taken_back(
    service: Service, tmp_path: Path
) -> None:
    """A process of the pages dies half-way through each job, and another one goes on with it."""
    await make_customers(service, COUNT)
    before = await balances(service)
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch("members who are fixed", COUNT)
        sent = await browser.post(PATH, FORM | {"request_id": TRIAL})
        assert sent.headers["location"] == f"/job/details/{TRIAL}", sent.text
        total = await office.database.fetchval("select total from admin_job")
        assert total >= COUNT
        watch.done("by one statement")
        watch = BulkWatch("members tried out by a process that dies", total)
        _, done = await follow(office, browser, TRIAL, watch, rows=total // 2)
        watch.done("with the pages and a service", done)
    assert done < total
    assert await balances(service) == before
    await leave_to_others(service, TRIAL)
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch("members tried out by another one", total)
        assert await follow(office, browser, TRIAL, watch) == ("done", total)
        watch.done("with the pages and a service", total - done)
        assert f"Do it: {total:,} rows" in (await browser.get(f"/job/details/{TRIAL}")).text
        assert await balances(service) == before
        watch = BulkWatch("rows given to the job", total)
        sent = await browser.post(f"/job/{TRIAL}/do")
        watch.done("by one statement")
        run = sent.headers["location"].rpartition("/")[2]
        watch = BulkWatch("rows booked by a process that dies", total)
        _, done = await follow(office, browser, run, watch, rows=total // 2)
        watch.done("with the pages and a service", done)
    assert done < total
    await leave_to_others(service, run)
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch("rows booked by another one", total)
        assert await follow(office, browser, run, watch) == ("done", total)
        watch.done("with the pages and a service", total - done)
        assert await balances(service) == before + total * POINTS * 100
        booked = await service.database.fetchrow(
            "select count(*), count(distinct member_id) from correction where bulk_id is not null"
        )
        assert tuple(booked) == (total, total)
        assert await violations(service) == []
        watch = BulkWatch("rows taken as a file", total)
        await take_file(browser, f"/job/{run}/rows", tmp_path / "rows.csv")
        watch.done("piece by piece")
        with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [(row["member_id"], row["state"]) for row in csv.DictReader(file)]
        assert len({member_id for member_id, _ in rows}) == len(rows) == total
        assert {state for _, state in rows} == {"booked"}
        end = {"how": "undoings", "request_id": UNDO, "reason": "it was right"}
        watch = BulkWatch("corrections to take back", total)
        sent = await browser.post(f"/job/{run}/end", end)
        assert sent.headers["location"] == f"/job/details/{UNDO}", sent.text
        watch.done("found by one statement")
        watch = BulkWatch("rows taken back by a process that dies", total)
        _, done = await follow(office, browser, UNDO, watch, rows=total // 2)
        watch.done("with the pages and a service", done)
    assert done < total
    await leave_to_others(service, UNDO)
    async with office_beside(service) as office:
        browser = await office.signed_in(AUTHOR)
        watch = BulkWatch("rows taken back by another one", total)
        assert await follow(office, browser, UNDO, watch) == ("done", total)
        watch.done("with the pages and a service", total - done)
        watch = BulkWatch("rows on the page of the job", total)
        page = (await browser.get(f"/job/details/{run}")).text
        watch.done("once opened")
    assert "Taken back" in page
    undone = "select count(*) from correction where state = 'undone'"
    assert await service.database.fetchval(undone) == total
    assert await balances(service) == before
    assert await violations(service) == []
