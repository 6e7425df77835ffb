"""Jobs: thousands of codes in many calls, each made once; the file of codes; codes blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.service import world
from tests.service.coupons import SERIES, publish_coupon_rules
from tests.service.office import login_of, office_beside
from tests.service.running import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.service.office import Office
    from tests.service.running import Service

MARKETER: Final = login_of(Role.MARKETER)
JOB: Final = "018f0000-0000-7000-8000-000000000001"


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    async with office_beside(service) as office:
        yield office


async def ended(office: Office, job_id: str) -> tuple[str, int]:
    """State and count of a job, once it has come to its end."""
    told = "select state, done from admin_job where job_id = $1"

    async def has_ended() -> bool:
        row = await office.database.fetchrow(f"{told} and ended_at is not null", job_id)
        return row is not None

    await wait_until(has_ended, what="the end of the job")
    state, done = await office.database.fetchrow(told, job_id)
    return state, done


async def test_codes_are_issued_once_and_taken_as_a_file(desk: Office, service: Service) -> None:
    """Sent twice it is one job; its file holds every code; a code is blocked from its page."""
    await publish_coupon_rules(service)
    browser = await desk.signed_in(MARKETER)
    form = {"request_id": JOB, "series": "gift", "total": "2100", "reason": "new year"}
    for _ in range(2):
        answer = await browser.post("/certificate/issue", form)
        assert answer.headers["location"] == f"/job/details/{JOB}", answer.text
    assert await ended(desk, JOB) == ("done", 2_100)
    assert await desk.database.fetchval("select count(*) from certificate") == 2_100
    # A process that died before it noted its last call: the call is made again, and issues nothing.
    await desk.database.execute(
        "update admin_job set done = 1000, state = 'running', ended_at = null,"
        " taken_at = now() - interval '1 hour'"
    )
    await browser.post("/certificate/issue", form)
    assert await ended(desk, JOB) == ("done", 2_100)
    assert await desk.database.fetchval("select count(*) from certificate") == 2_100
    batches = await desk.database.fetch("select distinct author, reason from certificate_batch")
    assert [tuple(row) for row in batches] == [(MARKETER, "new year")]
    taken = await browser.post(f"/job/{JOB}/codes")
    codes = taken.text.split()[1:]
    assert len(set(codes)) == len(codes) == 2_100
    assert await desk.database.fetchval("select count(*) from certificate") == 2_100
    assert [entry["action"] for entry in await desk.history("admin_job")] == ["created", "exported"]
    clerk = await desk.signed_in(login_of(Role.CALL_CENTRE))
    row = await desk.database.fetchrow("select bucket, certificate_id from certificate limit 1")
    key = f"{row['bucket']};{row['certificate_id']}"
    done = await clerk.post(f"/certificate/{key}/block", {"request_id": "1" * 32, "reason": "lost"})
    assert done.headers["location"] == f"/certificate/details/{key}"
    assert "lost" in str(await desk.database.fetch("select reason from certificate_entry"))
    coupons = {"request_id": JOB[:-1] + "2", "series": SERIES, "total": "3", "uses_max": "1"}
    await browser.post("/coupon/issue", coupons | {"reason": "spring"})
    assert await ended(desk, coupons["request_id"]) == ("done", 3)
    codes = (await browser.post(f"/job/{coupons['request_id']}/codes")).text.split()[1:]
    block = {"request_id": "2" * 32, "code": codes[0], "reason": "leaked"}
    assert (await clerk.post("/coupon/block", block)).status_code == 303
    assert (
        await desk.database.fetchval("select count(*) from coupon where blocked_at > '-infinity'")
        == 1
    )


async def test_what_cannot_be_issued_says_why(desk: Office) -> None:
    """Too many, no reason, an unknown series; a job of rules that are not published; an old one."""
    browser = await desk.signed_in(MARKETER)
    form = {"request_id": JOB, "series": "gift", "total": "1", "reason": "x"}
    for fields in ({"total": "0"}, {"total": "1000001"}, {"reason": ""}, {"series": "none"}):
        assert (await browser.post("/certificate/issue", form | fields)).status_code == 400
    assert not await desk.database.fetchval("select count(*) from admin_job")
    await desk.database.execute(
        "insert into admin_job (job_id, partner_id, kind, series, total, author, reason, made_at)"
        " values ($1, $2, 'certificates', 'gift', 1, 'x', 'x', now() - interval '3 days'),"
        " ($3, $2, 'certificates', 'unpublished', 1, 'x', 'x', now())",
        JOB,
        world.NORTH,
        JOB[:-1] + "2",
    )
    await browser.post("/certificate/issue", form | {"request_id": JOB[:-1] + "3"})
    assert await ended(desk, JOB) == ("failed", 0)
    assert await ended(desk, JOB[:-1] + "2") == ("failed", 0)
    assert "no such series" in (await browser.get(f"/job/details/{JOB[:-1]}2")).text
    assert "not finished in two days" in (await browser.get(f"/job/details/{JOB}")).text
    assert (await browser.post(f"/job/{JOB}/codes")).status_code == 404
