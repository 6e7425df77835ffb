"""A campaign's life, step by step, as its pages take it and as tills feel it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from admin.campaigns.life import Status, Step
from admin.permissions import Role
from tests.admin.test_campaigns import RULE, Desk
from tests.service import world
from tests.service.office import login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

AUTHOR: Final = login_of(Role.MARKETER)
ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)
#: From each status, with a draft that was written or approved, or without: where each step leads;
#: "-": it is refused.
MOVES: Final = """
from               approve          withdraw         release  discard  pause            resume         end             rework          archive
draft+written      draft+approved   -                -        -        -                -              -               -               archived+written
draft+approved     -                draft+written    live     -        -                -              -               -               archived+approved
live               -                -                -        -        paused           -              ended           draft+written   -
live+written       live+approved    -                -        live     paused+written   -              ended+written   draft+written   -
live+approved      -                live+written     live     live     paused+approved  -              ended+approved  draft+approved  -
paused             -                -                -        -        -                live           ended           draft+written   archived
paused+written     paused+approved  -                -        paused   -                live+written   ended+written   draft+written   archived+written
paused+approved    -                paused+written   live     paused   -                live+approved  ended+approved  draft+approved  archived+approved
ended              -                -                -        -        -                -              -               draft+written   archived
ended+written      ended+approved   -                -        ended    -                -              -               draft+written   archived+written
ended+approved     -                ended+written    live     ended    -                -              -               draft+approved  archived+approved
archived           -                -                -        -        -                -              -               draft+written   -
archived+written   -                -                -        -        -                -              -               draft+written   -
archived+approved  -                -                -        -        -                -              -               draft+approved  -
"""  # noqa: E501
_HEADER, *_ROWS = (row.split() for row in MOVES.strip().splitlines())
#: By what a campaign is in: where the steps lead that it may take.
LEADS: Final[dict[str, dict[str, str]]] = {
    begun: {step: to for step, to in zip(_HEADER[1:], targets, strict=True) if to != "-"}
    for begun, *targets in _ROWS
}
_PUT: Final = """
with made as (
    insert into campaign
        (partner_id, code, status, document, version, draft, draft_version, approved_by)
    select $1, $2, $3, case when $3 <> 'draft' then $4::jsonb end, ($3 <> 'draft')::int,
        case when $5 <> '' then $4 || jsonb_build_object('description', 'draft') end,
        case when $5 <> '' then 2 end, case when $5 = 'approved' then $6 else '' end
)
insert into campaign_version (partner_id, campaign_code, version, document, author)
select $1, $2, n, $4, $7 from generate_series(1, 2) n
"""
_BUTTONS: Final = re.compile(r'name="step" value="(\w+)"')


def test_the_table_has_every_state_and_step() -> None:
    """Only a campaign that is worked on has nothing but its draft: without one it is none."""
    states = {f"{status}{draft}" for status in Status for draft in ("", "+written", "+approved")}
    assert set(LEADS) == states - {"draft"}
    assert _HEADER[1:] == [step.value for step in Step]


async def put(office: Office, code: str, state: str) -> None:
    """A campaign in that state, whose draft the author wrote."""
    status, _, draft = state.partition("+")
    document = {"code": code, "name": code, "program": "main", **RULE}
    text = orjson.dumps(document).decode()
    approver = login_of(Role.OWNER)
    await office.database.execute(_PUT, world.NORTH, code, status, text, draft, approver, AUTHOR)


async def row_of(office: Office, code: str) -> dict[str, Any]:
    """The whole row of a campaign."""
    found = await office.database.fetchval(
        "select to_jsonb(c) from campaign c where code = $1 and partner_id = $2", code, world.NORTH
    )
    row: dict[str, Any] = orjson.loads(found)
    return row


def state_of(row: dict[str, Any]) -> str:
    """What it is in, in the table's words."""
    draft = "" if row["draft"] is None else "+approved" if row["approved_by"] else "+written"
    return f"{row['status']}{draft}"


async def told_of(office: Office, code: str) -> list[dict[str, Any]]:
    """What the history tells of a campaign."""
    return [
        {
            "author": entry["author"],
            "reason": entry["reason"],
            "before": orjson.loads(entry["before"]),
            "after": orjson.loads(entry["after"]),
        }
        for entry in await office.history("campaign")
        if entry["record_key"] == code
    ]


@pytest.mark.parametrize("status", Status)
async def test_each_step_leads_where_the_table_says_or_changes_nothing(
    office: Office, status: Status
) -> None:
    """Taken: the new state, and who, why, from what to what. Refused: said, and all as it was."""
    browser = await office.signed_in(ADMINISTRATOR)
    token = await browser.form_token()
    for begun in (state for state in LEADS if state.partition("+")[0] == status):
        for step in Step:
            code = f"{begun}-{step}".replace("+", "-")
            await put(office, code, begun)
            was = await row_of(office, code)
            seen = was["draft_version"] or was["version"]
            sent = {"seen": str(seen), "step": step.value, "reason": f"because of {code}"}
            answer = await browser.post(f"/campaign/step/{code}", sent, token=token)
            row, told = await row_of(office, code), await told_of(office, code)
            target = LEADS[begun].get(step)
            if target is None:
                assert answer.status_code == 400, code
                assert "Not done: the campaign changed" in answer.text
                assert {*_BUTTONS.findall(answer.text)} == {*LEADS[begun]}, begun
                assert (row, told) == (was, []), code
                assert status != "archived" or "draft is approved" not in answer.text
                continue
            assert answer.status_code == 303, (code, answer.text)
            assert state_of(row) == target, code
            changed = {name for name in row if row[name] != was[name]}
            assert told == [
                {
                    "author": ADMINISTRATOR,
                    "reason": f"because of {code}",
                    "before": {name: was[name] for name in changed},
                    "after": {name: row[name] for name in changed},
                }
            ], code
            assert ("status" in changed) == (state_of(was).split("+")[0] != row["status"])


async def test_a_stale_page_takes_no_step(office: Office) -> None:
    """What one saw is part of a step: a draft that was saved meanwhile is not released unseen."""
    await put(office, "stale", "live+approved")
    browser = await office.signed_in(ADMINISTRATOR)
    for seen in ("1", "3", ""):
        sent = {"seen": seen, "step": "release"}
        answer = await browser.post("/campaign/step/stale", sent)
        assert (answer.status_code, "the campaign changed" in answer.text) == (400, True)
    assert state_of(await row_of(office, "stale")) == "live+approved"


async def applied(service: Service, later: dt.timedelta = dt.timedelta()) -> set[str]:
    """Codes of the campaigns that Ann's bread and apple get; by a till's clock that much later."""
    sale = receipt(
        line("bread"), line(position=2), card=world.CARD, local_time=world.local_now(later)
    )
    answer = await service.till().quote("look", sale)
    return {one.code for one in answer.outcome.applied}


async def publish(desk: Desk, service: Service) -> None:
    """As the page does; the worker has it."""
    answer = await desk.publish()
    assert answer.status_code == 303, answer.text
    await service.workers[0].follower.step()


async def test_the_calendar_opens_and_closes_what_is_live(desk: Office, service: Service) -> None:
    """Published once: it begins and ends by itself at its dates, and the pages say so."""
    some = dt.timedelta(minutes=10)
    soon, just = world.local_now(some), world.local_now(-some)
    reward = {"kind": "points_amount", "lane": "points", "points_minor": 1_00}
    for code, schedule in (
        ("later", {"starts_at": soon}),
        ("running", {"starts_at": just, "ends_at": soon}),
        ("over", {"ends_at": just}),
    ):
        document = world.campaign(code, reward, schedule=schedule)
        await world.put_campaign(desk.database, world.NORTH, document)
    pages = Desk(await desk.signed_in(ADMINISTRATOR))
    await publish(pages, service)
    for code, state in (("later", "Scheduled"), ("running", "Live"), ("over", "Ended")):
        page = (await pages.browser.get("/campaign/list", params={"state": state.lower()})).text
        shown = {one for one in ("later", "running", "over") if f"/campaign/details/{one}" in page}
        assert shown == {code}
        assert f">{state}</span>" in (await pages.browser.get(f"/campaign/details/{code}")).text
    usual = {"bread", "fruit", "earn"}
    assert await applied(service) == usual | {"running"}
    assert await applied(service, some + dt.timedelta(minutes=1)) == usual | {"later"}


async def test_an_archived_campaign_is_never_evaluated_and_comes_back(
    desk: Office, service: Service
) -> None:
    """Not archived before tills have left it; back it comes by approval, release, publication."""
    pages = Desk(await desk.signed_in(ADMINISTRATOR))
    other = Desk(await desk.signed_in(AUTHOR))
    assert "fruit" in await applied(service)
    assert (await pages.step("fruit", "end")).status_code == 303
    early = await pages.step("fruit", "archive")
    assert early.status_code == 400
    assert "tills follow it until the next publication" in early.text
    assert "archive" not in _BUTTONS.findall(early.text)
    assert "fruit" in await applied(service), "which is why"
    await publish(pages, service)
    assert "fruit" not in await applied(service)
    assert (await pages.step("fruit", "archive")).status_code == 303
    await publish(pages, service)
    assert "fruit" not in await applied(service)
    for state, is_there in (("", False), ("archived", True)):
        page = (await pages.browser.get("/campaign/list", params={"state": state})).text
        assert ("/campaign/details/fruit" in page) is is_there
    for who, step in ((pages, "rework"), (other, "approve"), (pages, "release")):
        answer = await who.step("fruit", step)
        assert answer.status_code == 303, (step, answer.text)
    await publish(pages, service)
    assert "fruit" in await applied(service)
    statuses = [one["after"].get("status") for one in await told_of(desk, "fruit")]
    assert [one for one in statuses if one] == ["ended", "archived", "draft", "live"]
