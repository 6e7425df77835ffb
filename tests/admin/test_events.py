"""Events that the webhook took at no attempt: seen on their page, and tried again from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of
from tests.service.put_aside import put_aside

if TYPE_CHECKING:
    from tests.service.office import Office

ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)


async def states(office: Office) -> dict[int, str]:
    """Of all jobs of the queue."""
    found = await office.database.fetch("select id, status::text, attempts from pgqueuer")
    assert all(row["attempts"] == 0 for row in found if row["status"] == "queued")
    return {row["id"]: row["status"] for row in found}


async def test_what_was_put_aside_is_shown_with_its_last_answer(office: Office) -> None:
    """The partner's own, on the first page and on their page; whoever looks only has no button."""
    _, shown = await put_aside(office.database, kind="sale_cancelled", fault="answered 418")
    _, other = await put_aside(office.database, "south", "member_enrolled")
    auditor = await office.signed_in(login_of(Role.AUDITOR))
    assert 'href="/event/list">1</a>' in (await auditor.get("/")).text
    page = (await auditor.get("/event/list")).text
    for text in (shown, "sale_cancelled", "answered 418"):
        assert text in page
    assert other not in page
    assert 'action="/event/retry"' in page
    assert 'name="job"' not in page
    assert (await auditor.post("/event/retry")).status_code == 403
    marketer = await office.signed_in(login_of(Role.MARKETER))
    assert (await marketer.get("/event/list")).status_code == 403
    assert 'href="/event/list"' not in (await marketer.get("/")).text


async def test_one_is_tried_again_once_and_who_said_so_is_noted(office: Office) -> None:
    """Sent twice it is one; that of another partner stays where it is, whoever names it."""
    (mine, event_id), (left, _), (theirs, _) = [
        await put_aside(office.database, partner) for partner in ("north", "north", "south")
    ]
    browser = await office.signed_in(ADMINISTRATOR)
    asked: dict[str, str | list[str]] = {"job": str(mine), "reason": "it is mended"}
    asked["shown"] = [str(mine), str(left)]
    answer = await browser.post("/event/retry", asked)
    assert answer.headers["location"] == "/event/list?said=event_retried"
    assert "within seconds" in (await browser.get(answer.headers["location"])).text
    for odd in ({"job": str(mine)}, {"job": str(theirs)}, {"job": "x"}, {"job": "9" * 18}, {}):
        answer = await browser.post("/event/retry", odd)
        assert answer.headers["location"] == "/event/list?said=event_gone", odd
    assert await states(office) == {mine: "queued", left: "failed", theirs: "failed"}
    (entry,) = await office.history("event")
    assert (entry["author"], entry["record_key"]) == (ADMINISTRATOR, event_id)
    assert (entry["action"], entry["reason"]) == ("retried", "it is mended")
    assert entry["partner_id"] == world.NORTH
    assert "Tried again" in (await browser.get("/history?record=event")).text


async def test_all_of_a_page_are_tried_again_at_once(office: Office) -> None:
    """Those that it showed: what is put aside meanwhile waits for the next look."""
    shown = [(await put_aside(office.database))[0] for _ in range(3)]
    later, _ = await put_aside(office.database)
    browser = await office.signed_in(ADMINISTRATOR)
    await browser.post("/event/retry", {"shown": [str(job) for job in shown]})
    assert await states(office) == dict.fromkeys(shown, "queued") | {later: "failed"}
    assert len(await office.history("event")) == 3
