"""Jobs of the pages that take long: followed on their page, as whoever started them does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.service.running import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.in_bulk import BulkWatch
    from tests.service.office import Browser, Office
    from tests.service.running import Service

#: Steps in which it is told how far a job is.
_STEPS: Final = 20
_PROGRESS: Final = re.compile(r'<progress [^>]*max="(\d+)" value="(\d+)"')


async def follow(
    office: Office, browser: Browser, job_id: str, watch: BulkWatch, *, rows: int | None = None
) -> tuple[str, int]:
    """Wait until a job has ended, or has done so many rows; its state, and how many it has done."""
    told = "select state, done, total, ended_at is not null as has_ended from admin_job"
    at = -1

    async def row() -> Any:
        return await office.database.fetchrow(f"{told} where job_id = $1", job_id)

    async def is_there() -> bool:
        nonlocal at
        job = await row()
        step = job["done"] * _STEPS // job["total"]
        if step > at:
            at = step
            page = await browser.get(f"/job/details/{job_id}")
            found = _PROGRESS.search(page.text)
            assert found is not None, page.text[:500]
            watch.say(f"{int(found[2]):,} of {int(found[1]):,} {watch.what}")
        return job["has_ended"] or (rows is not None and job["done"] >= rows)

    total = (await row())["total"]
    await wait_until(is_there, within_s=60 + total / 50, what="the end of the job")
    job = await row()
    return job["state"], job["done"]


async def leave_to_others(service: Service, job_id: str) -> None:
    """Whoever ran a job is gone: let its lease be over."""
    await service.database.execute(
        "update admin_job set taken_at = taken_at - interval '1 hour' where job_id = $1", job_id
    )


async def take_file(browser: Browser, path: str, output: Path) -> None:
    """Take what a page gives as a file, piece by piece."""
    token = await browser.form_token()
    async with browser.client.stream(
        "POST",
        path,
        data={"form_token": token},
        headers={"origin": browser.origin, "sec-fetch-site": "same-origin"},
    ) as answer:
        assert answer.status_code == 200
        with output.open("wb") as file:
            async for piece in answer.aiter_bytes():
                file.write(piece)
