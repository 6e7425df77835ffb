"""Jobs: thousands of codes in many calls, each made once; the file of codes; codes blocked."""

from __future__ import annotations

import asyncio
import html
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast

from structlog.testing import capture_logs

from admin.database import make_engine, make_sessions
from admin.jobs import pages
from admin.jobs.runner import JobRunner
from admin.permissions import Role
from checkout.client import messages
from checkout.flows.operation import request_key_number
from tests.service import world
from tests.service.coupons import SERIES, publish_coupon_rules
from tests.service.office import login_of
from tests.service.running import as_role, wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import asyncpg
    import pytest

    from admin.service.operators import Operators
    from tests.service.office import Office
    from tests.service.running import Service

MARKETER: Final = login_of(Role.MARKETER)
JOB: Final = "018f0000-0000-7000-8000-000000000001"


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
    token = await browser.form_token()
    twice = [browser.post("/certificate/issue", form, token=token) for _ in range(2)]
    for answer in await asyncio.gather(*twice):
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
    # Whoever may issue takes them, not only who did.
    other = await desk.signed_in(login_of(Role.ADMINISTRATOR))
    assert (await other.post(f"/job/{JOB}/codes")).text == taken.text
    assert await desk.database.fetchval("select count(*) from certificate") == 2_100
    told = [(entry["action"], entry["author"]) for entry in await desk.history("admin_job")]
    assert told == [
        ("created", MARKETER),
        ("exported", MARKETER),
        ("exported", login_of(Role.ADMINISTRATOR)),
    ]
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


async def test_codes_are_taken_whole_though_the_service_is_away_for_a_moment(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds what the second call needs: it is refused, and asked for again."""
    monkeypatch.setattr(pages, "REPEAT_AFTER_S", 0.1)
    browser = await desk.signed_in(MARKETER)
    form = {"request_id": JOB, "series": "gift", "total": "2100", "reason": "new year"}
    await browser.post("/certificate/issue", form)
    assert await ended(desk, JOB) == ("done", 2_100)
    whole = (await browser.post(f"/job/{JOB}/codes")).text
    request_id = f"job-{JOB.replace('-', '')}-1000"
    key = request_key_number(world.NORTH, "IssueCertificates", request_id)
    with capture_logs() as lines:

        async def is_refused() -> bool:
            return any(line["event"] == "admin.codes_wait" for line in lines)

        async with desk.database.transaction():
            await desk.database.execute("select pg_advisory_xact_lock($1)", key)
            taking = asyncio.create_task(browser.post(f"/job/{JOB}/codes"))
            await wait_until(is_refused, what="a call that is refused")
    taken = await taking
    assert len(taken.text.split()) == 2_101
    assert taken.text == whole


async def test_what_cannot_be_issued_says_why(desk: Office) -> None:
    """Too many, no reason, an unknown series; a job of rules that are not published; an old one."""
    browser = await desk.signed_in(MARKETER)
    form = {"request_id": JOB, "series": "gift", "total": "1", "reason": "x"}
    for fields in (
        *({"total": "0"}, {"total": "1000001"}, {"reason": ""}, {"series": "none"}),
        *({"face": "-5"}, {"face": "0"}, {"face": "9" * 15}),
    ):
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


async def test_what_is_on_a_pass_is_counted_in_units(desk: Office) -> None:
    """Five visits are five; of a series of money five are five hundred kopecks."""
    series = [
        {"code": "gift", "name": "Gift"},
        {"code": "visits", "name": "Visits", "kind": "pass"},
    ]
    await world.put_program(desk.database, world.NORTH, world.program(certificates=series))
    browser = await desk.signed_in(MARKETER)
    form = {"total": "1", "reason": "x", "face": "5"}
    for number, code in enumerate(("gift", "visits")):
        fields = form | {"series": code, "request_id": f"{JOB[:-1]}{number}"}
        assert (await browser.post("/certificate/issue", fields)).status_code == 303
    faces = "select settings ->> 'face' from admin_job order by job_id"
    assert [row[0] for row in await desk.database.fetch(faces)] == ["500", "5"]
    half = form | {"series": "visits", "request_id": f"{JOB[:-1]}2", "face": "0.5"}
    assert "at most 0 decimals" in (await browser.post("/certificate/issue", half)).text


class SleepyService:
    """During each of its calls the lease of the job ends, and another process takes it."""

    def __init__(self, database: asyncpg.Connection[Any]) -> None:
        self.database = database
        self.calls = 0

    @asynccontextmanager
    async def calling(self, partner: str, author: str) -> AsyncIterator[SleepyService]:
        assert (partner, author) == ("north", "x")
        yield self

    async def issue_coupons(
        self, request: messages.IssueCouponsRequest
    ) -> messages.IssueCouponsResponse:
        assert request.count == 1_000
        self.calls += 1
        await self.database.execute("update admin_job set taken_at = now(), done = 7000")
        return messages.IssueCouponsResponse()


async def test_a_process_that_slept_leaves_its_job_to_who_took_it(office: Office) -> None:
    """It notes nothing and calls no more: keys of calls may be forgotten by then.

    Without the lease in the note it would set the other's progress back, and go on beside it.
    """
    await office.database.execute(
        "insert into admin_job (job_id, partner_id, kind, series, total, author, reason)"
        " values ($1, $2, 'coupons', 'x', 9000, 'x', 'x')",
        JOB,
        world.NORTH,
    )
    engine = make_engine(as_role(office.dsn, "checkout_admin"), 1)
    sleepy = SleepyService(office.database)
    runner = JobRunner(make_sessions(engine), cast("Operators", sleepy))
    assert await runner._step()
    assert not await runner._step()
    await engine.dispose()
    assert sleepy.calls == 1
    row = await office.database.fetchrow("select state, done, ended_at from admin_job")
    assert tuple(row) == ("running", 7_000, None)


async def test_every_job_is_reached_the_latest_first(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By when they were made: a form names its job long before it is sent, or by a random id."""
    monkeypatch.setattr(pages, "PAGE_ROWS", 3)
    await desk.database.execute(
        "insert into admin_job (job_id, partner_id, kind, series, total, author, reason, made_at)"
        " select gen_random_uuid(), (select partner_id from partner where code = $1), 'coupons',"
        " 's' || n, 5, 'ann', 'a test', timestamptz '2026-01-01 00:00+00'"
        " + interval '1 day' * (n / 2) from generate_series(1, 8) as n",
        "north",
    )
    await desk.database.execute("update admin_job set state = 'done', done = 5, ended_at = now()")
    browser = await desk.signed_in(MARKETER)
    seen: list[int] = []
    address = "/job/list"
    while address:
        page = (await browser.get(address)).text
        shown = [int(number) for number in re.findall(r">s(\d)<", page)]
        assert len(shown) <= 3
        seen += shown
        found = re.search(r'rel="next" href="([^"#]+)#jobs"', page)
        address = html.unescape(found[1]) if found else ""
    assert sorted(seen) == list(range(1, 9))
    assert [number // 2 for number in seen] == [4, 3, 3, 2, 2, 1, 1, 0]
    assert (
        "Nothing found"
        in (await browser.get("/job/list?before=2020-01-01T00:00:00%2B00:00;" + JOB)).text
    )
    for odd in ("x", ";", "9" * 400, "2020-01-01;" + JOB):
        assert (await browser.get(f"/job/list?before={odd}")).status_code == 200
