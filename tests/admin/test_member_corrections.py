"""Corrections of all whom the list of members shows: fixed, tried out, done once, taken back."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import Engine, event

from admin.corrections import member_pages
from admin.corrections.tried import count_tried
from admin.permissions import Role
from tests.admin.test_correction_files import told_rows
from tests.admin.test_jobs import ended
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from tests.service.office import Browser, Office
    from tests.service.running import Service

JOB: Final = "018f0000-0000-7000-8000-000000000007"
AUTHOR: Final = login_of(Role.ADMINISTRATOR)
PATH: Final = "/correction/members"
FORM: Final = {
    "request_id": JOB,
    "currency": world.CURRENCY,
    "points": "-15",
    "reason": "a wrong campaign",
}
_MEMBERS: Final = (
    "select member_id::text from member where partner_id = $1 and household_size is null"
    " and merged_into is null"
)


async def balance(office: Office, member_id: str) -> int:
    """What lies in a member's account, blocked or not."""
    found: int = await office.database.fetchval(
        "select balance from account where member_id = $1", member_id
    )
    return found


async def settings_of_jobs(office: Office) -> list[dict[str, Any]]:
    """What the history tells of each job that was made."""
    rows = await office.history("admin_job")
    return [orjson.loads(row["after"]) for row in rows if row["action"] == "created"]


async def test_a_list_is_fixed_then_tried_then_done_once_then_taken_back(
    desk: Office, service: Service
) -> None:
    """Who leaves the list afterwards is corrected all the same; who cannot be is told why."""
    ann = await service.ann()
    before = await balance(desk, ann)
    meant = await desk.database.fetch(f"{_MEMBERS} and blocked_at is null", world.NORTH)
    browser = await desk.signed_in(AUTHOR)
    asked = f"{PATH}?is_blocked=no"
    listed = (await browser.get("/member/list?is_blocked=no")).text
    assert f'href="{asked}"' in listed
    assert f"all {len(meant)} who are found" in listed
    assert "Blocked: no" in (await browser.get(asked)).text
    for _ in range(2):
        sent = await browser.post(asked, FORM)
        assert sent.headers["location"] == f"/job/details/{JOB}", sent.text
    assert await ended(desk, JOB) == ("done", len(meant))
    page = (await browser.get(f"/job/details/{JOB}")).text
    assert "Do it: 1 rows" in page
    assert "Cannot be done: The member has fewer points that can be spent" in page
    tried = told_rows(await browser.post(f"/job/{JOB}/rows"))
    states = {row["member_id"]: row["state"] for row in tried.values()}
    assert states == {row[0]: "booked" if row[0] == ann else "refused" for row in meant}
    assert not await desk.database.fetchval(
        "select count(*) from correction where bulk_id is not null"
    )
    await desk.database.execute("update member set blocked_at = now() where member_id = $1", ann)
    first, second = [await browser.post(f"/job/{JOB}/do") for _ in range(2)]
    place = first.headers["location"]
    assert second.headers["location"] == place
    run_id = place.rpartition("/")[2]
    assert await ended(desk, run_id) == ("done", 1)
    assert await balance(desk, ann) == before - 15_00
    assert "Do it" not in (await browser.get(f"/job/details/{JOB}")).text
    rows = told_rows(await browser.post(f"/job/{run_id}/rows"))
    assert sorted(row["state"] for row in rows.values()) == [
        "booked",
        *["refused"] * (len(meant) - 1),
    ]
    trial, run = await settings_of_jobs(desk)
    for job, count in ((trial, len(meant)), (run, 1)):
        assert job["total"] == count
        assert job["settings"]["members"] == {"is_blocked": "no"}
        assert job["settings"]["sums"] == {world.CURRENCY: f"-{15 * count}.00"}
    end = {"how": "undoings", "request_id": f"{JOB[:-1]}8", "reason": "it was right"}
    sent = await browser.post(f"/job/{run_id}/end", end)
    assert await ended(desk, end["request_id"]) == ("done", 1), sent.text
    assert await balance(desk, ann) == before
    # One that failed is gone on with by another, which does nothing twice.
    await desk.database.execute("update admin_job set state = 'failed' where job_id = $1", run_id)
    again = await browser.post(f"/job/{JOB}/do")
    assert again.headers["location"] != place
    again_id = again.headers["location"].rpartition("/")[2]
    assert await ended(desk, again_id) == ("done", 1)
    assert await balance(desk, ann) == before


@contextmanager
def statements_told() -> Iterator[list[str]]:
    """Statements about jobs and members that are made meanwhile."""
    told: list[str] = []

    def tell(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "admin_job" in statement or "member.member_id" in statement:
            told.append(statement)

    event.listen(Engine, "before_cursor_execute", tell)
    yield told
    event.remove(Engine, "before_cursor_execute", tell)


async def ask_all(browser: Browser, job_id: str) -> list[str]:
    """Ask for corrections of everybody; the statements that it took."""
    with statements_told() as told:
        sent = await browser.post(PATH, FORM | {"request_id": job_id})
    assert sent.headers["location"] == f"/job/details/{job_id}", sent.text
    return told


async def test_twenty_thousand_are_fixed_by_the_statements_of_four(office: Office) -> None:
    """None of them is read: one statement finds, counts and writes them. Others are nobody's."""
    browser = await office.signed_in(AUTHOR)
    few = await ask_all(browser, JOB)
    assert len([one for one in few if "admin_put_job_of_rows" in one]) == 1
    await office.database.execute(
        "insert into member (bucket, member_id, partner_id) select crc32(uuid_send(i)) % 64, i, $1"
        " from (select uuidv7() as i from generate_series(1, 20000)) made",
        world.NORTH,
    )
    await office.database.execute(
        "with own as (select member_id from member where partner_id = $1 order by member_id)"
        " update member set merged_into = (select member_id from own limit 1)"
        " where member_id = (select member_id from own offset 1 limit 1)",
        world.NORTH,
    )
    many_id = f"{JOB[:-1]}8"
    assert await ask_all(browser, many_id) == few
    fixed = await office.database.fetch(
        "select asked ->> 'member_id' from admin_job_row where job_id = $1 order by number", many_id
    )
    meant = await office.database.fetch(f"{_MEMBERS} order by bucket, member_id", world.NORTH)
    assert [row[0] for row in fixed] == [row[0] for row in meant]
    assert len(fixed) > 20_000


async def test_who_cannot_be_meant_is_said_at_the_form(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody, too many, points that are none: no job. What was searched for is not kept."""
    browser = await office.signed_in(AUTHOR)
    token = await browser.form_token()
    for more, query, said in (
        ({}, "?joined_from=2999-01-01", "The list shows nobody"),
        ({}, "?tag=no-such-tag", "cannot be understood. Tag: Not a valid choice"),
        ({"points": "0"}, "", "0 corrects nothing"),
        ({"points": "1.005"}, "", "at most 2 decimals"),
        ({"points": "10000000001"}, "", "at most 10,000,000,000"),
        ({"days": "5"}, "", "points that are taken have no days"),
        ({"reason": ""}, "", "This field is required"),
        # Digits may be a card's, and nobody answers whose.
        ({}, "?search=12345", "may not be all"),
    ):
        answer = await browser.post(PATH + query, FORM | more, token=token)
        assert answer.status_code == 400, query
        assert said in answer.text, said
    monkeypatch.setattr(member_pages, "FOUND_ROWS_MAX", 3)
    assert "At most 3 members" in (await browser.post(PATH, FORM)).text
    assert not await office.database.fetchval("select count(*) from admin_job")
    member_id = await office.database.fetchval(_MEMBERS, world.NORTH)
    await browser.post(f"{PATH}?search={member_id}&is_blocked=yes", FORM)
    (job,) = await settings_of_jobs(office)
    assert (job["settings"]["members"], job["total"]) == ({"search": "…"}, 1)
    early = await browser.post(f"/job/{JOB}/do")
    assert (early.status_code, "Not everybody" in early.text) == (400, True)
    clerk = await office.signed_in(login_of(Role.CALL_CENTRE))
    assert PATH not in (await clerk.get("/member/list")).text
    assert (await clerk.post(PATH, FORM)).status_code == 403


def test_what_one_author_may_correct_is_counted_over_all_pages() -> None:
    """A page is tried out as if it were the only one: five of each would be booked, of all two."""
    rows: list[Any] = [
        SimpleNamespace(state="booked", reason=None, message=None, rows=200),
        SimpleNamespace(state="proposed", reason=None, message=None, rows=50),
        SimpleNamespace(state="refused", reason="MEMBER_UNKNOWN", message="x", rows=3),
    ]
    wanted = {"currency": "pts", "points": "-5.00"}
    for alone_max, booked in ((12_00, 2), (10_000_00, 200), (None, 200), (0, 0)):
        tried = count_tried(rows, wanted, alone_max)
        assert (tried.booked, tried.proposed) == (booked, 250 - booked)
        assert (tried.to_do, [count for _, count in tried.refused]) == (250, [3])
        assert (tried.given(2), tried.taken(2)) == (0, 10_00)
