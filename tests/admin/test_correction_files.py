"""Corrections from a file: tried out, done once, decided by another person, taken back."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.admin.test_jobs import ended
from tests.service import world
from tests.service.bulks import set_four_eyes
from tests.service.office import login_of

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Office
    from tests.service.running import Service

JOB: Final = "018f0000-0000-7000-8000-000000000001"
AUTHOR: Final = login_of(Role.ADMINISTRATOR)
FORM: Final = {"request_id": JOB, "currency": world.CURRENCY, "reason": "a late delivery"}
#: As a spreadsheet of a Russian office has it.
FILE: Final = "\r\n".join(
    (
        "Card;Points;Days;Reason",
        f"{world.CARD};12,50;30;",
        f"{world.CARD};-2.5;;counted twice",
        f"{world.CARD};2000;;",
        f"{world.CARD};1,005;;",
        "0000000000000;5;;",
        f"{world.CARD};5;x;",
        f"{world.CARD};5;;;=more",
        ";5;;",
        f"{world.CARD};-900000;;",
    )
)


def told_rows(answer: httpx.Response) -> dict[int, dict[str, str]]:
    """Rows of a file that was taken, by line."""
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {int(row["line"]): row for row in rows}


async def balance(service: Service) -> int:
    """What the member of the card can spend."""
    (held,) = (await service.till().identify(card=world.CARD)).balances
    return held.active_minor


async def test_a_file_is_tried_then_done_once_then_taken_back(
    desk: Office, service: Service
) -> None:
    """Nothing moves before somebody has seen what would; nothing moves twice, whoever dies."""
    await set_four_eyes(service, 1000_00)
    before = await balance(service)
    browser = await desk.signed_in(AUTHOR)
    form = FORM | {"document": FILE, "file_name": "late.csv"}
    seen = await browser.post("/correction/file", form)
    assert seen.status_code == 200
    for said in (
        *("<code>1,005</code>", "at most 2 decimals", "<code>0000000000000</code>"),
        *("Nobody has this number", "<code>=more</code>", "at most 4 cells", "from 1 to 36500"),
        *("One cell that says whose points", "fewer points that can be spent", "Do it: 3 rows"),
    ):
        assert said in seen.text, said
    assert not await desk.database.fetchval(
        "select count(*) from correction where bulk_id is not null"
    )
    tried = told_rows(await browser.post("/correction/file", form | {"wanted": "file"}))
    assert [tried[line]["state"] for line in range(2, 11)] == [
        *("booked", "booked", "proposed"),
        *["refused"] * 6,
    ]
    assert tried[8]["value"] == "'=more", "no formula for a spreadsheet"
    for _ in range(2):
        done = await browser.post("/correction/file", form | {"wanted": "done"})
        assert done.headers["location"] == f"/job/details/{JOB}", done.text
    assert await ended(desk, JOB) == ("done", 3)
    # A process that died: before it noted what it had told, and before it told anything.
    for died in (
        "update admin_job_row set told = told",
        "update admin_job_row set told = null where number <= 3",
    ):
        await desk.database.execute(died)
        await desk.database.execute(
            "update admin_job set done = 0, state = 'running', ended_at = null,"
            " taken_at = now() - interval '1 hour'"
        )
        await browser.post("/correction/file", form | {"wanted": "done"})
        assert await ended(desk, JOB) == ("done", 3)
    kept = await desk.database.fetch(
        "select line, author, reason from correction where bulk_id is not null order by line"
    )
    assert [tuple(row) for row in kept] == [
        (2, AUTHOR, "a late delivery"),
        (3, AUTHOR, "counted twice"),
        (4, AUTHOR, "a late delivery"),
    ]
    assert await balance(service) == before + 10_00
    page = (await browser.get(f"/job/details/{JOB}")).text
    assert "Waits for somebody else" in page
    assert "late.csv" in page
    assert "Approve all that wait" not in page, "that is for another person"
    own = await browser.post(
        f"/job/{JOB}/end", {"how": "approvals", "reason": "x", "request_id": JOB}
    )
    assert own.status_code == 400
    more = form | {"request_id": JOB[:-1] + "9", "wanted": "done"}
    again = await browser.post("/correction/file", more)
    assert again.status_code == 400
    assert "all were done before" in again.text
    other = await desk.signed_in(login_of(Role.OWNER))
    assert f"/job/details/{JOB}" in (await other.get("/correction/list")).text
    for number, how in enumerate(("approvals", "undoings"), 2):
        key = f"{JOB[:-1]}{number}"
        end = {"how": how, "request_id": key}
        assert (await other.post(f"/job/{JOB}/end", end)).status_code == 400, "no reason"
        for _ in range(2):
            sent = await other.post(f"/job/{JOB}/end", end | {"reason": "looked at it"})
            assert sent.headers["location"] == f"/job/details/{key}"
        assert await ended(desk, key) == ("done", 3 if how == "undoings" else 1)
        moved = 2010_00 if how == "approvals" else 0
        assert await balance(service) == before + moved
    rows = told_rows(await other.post(f"/job/{JOB}/rows"))
    assert [rows[line]["state"] for line in (2, 3, 4, 5)] == ["undone"] * 3 + ["refused"]
    assert "at most 2 decimals" in rows[5]["fault"]
    kept_texts = str(await desk.database.fetch("select asked, told from admin_job_row"))
    assert world.CARD not in kept_texts, "cards are digests, here too"
    (made, *_) = await desk.history("admin_job")
    assert re.search(r'"file_sha256": "[0-9a-f]{64}"', made["after"])
    assert [row["action"] for row in await desk.history("admin_job")] == [
        *["created"] * 3,
        "exported",
    ]


async def test_a_file_that_cannot_be_read_says_why(office: Office) -> None:
    """Strange, empty and huge ones: nothing is asked of the service, nothing is done."""
    browser = await office.signed_in(AUTHOR)
    for document, said in (
        ("", "This field is required"),
        ("card,points", "no rows below"),
        ("card,points\n\n , \n", "no rows below"),
        ("card\n1", "It names: card"),
        ("card,points,colour\n1,2,red", "It names: card, points, colour"),
        ("card,points,points\n1,2,3", "each once"),
        (f"{world.CARD},100", "The first line names the columns"),
        ("card,points\n\ufffd\ufffd,1", "no UTF-8 text"),
        ('card,points\n"1,2\n3,4', "Line 3 is no CSV"),
        ("card,points\n" + "x" * 140_000, "Line 2 is no CSV"),
        ("card,points\n" + "1,1\n" * 10_001, "at most 10000 rows"),
        ("x" * 2_000_000, "at most 2 MB"),
    ):
        fields = FORM | {"document": document, "wanted": "done"}
        answer = await browser.post("/correction/file", fields)
        assert answer.status_code == (413 if said == "at most 2 MB" else 400), answer.text
        assert said in answer.text
    assert not await office.database.fetchval("select count(*) from admin_job")


async def test_a_name_is_of_one_file_for_ever(desk: Office) -> None:
    """Another file under it is told at the field; the same file under another is warned of."""
    browser = await desk.signed_in(AUTHOR)
    named = FORM | {"name": "summer", "document": f"card,points\n{world.CARD},1"}
    await browser.post("/correction/file", named | {"wanted": "done"})
    assert await ended(desk, JOB) == ("done", 1)
    other = named | {"document": f"card,points\n{world.CARD},2"}
    assert "choose another one" in (await browser.post("/correction/file", other)).text
    twice = await browser.post("/correction/file", named | {"name": "autumn"})
    assert "done before as “summer”" in twice.text
    for strange in ("two words", "x" * 65):
        assert (
            await browser.post("/correction/file", named | {"name": strange})
        ).status_code == 400
