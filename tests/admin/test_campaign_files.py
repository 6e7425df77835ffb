"""Files of campaigns upon campaigns that are there: drafts of them, whatever was approved."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson
import pytest

from admin.permissions import Role
from tests.admin.test_campaign_versions import row_of
from tests.admin.test_campaigns import REWARD, RULE, Desk
from tests.service import world
from tests.service.office import SOUTH_ADMINISTRATOR, login_of
from tests.service.running import wait_until

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Browser, Office

MARKETER: Final = login_of(Role.MARKETER)
ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)
PAGE: Final = "/campaign/import"
_SEEN: Final = re.compile(r'name="seen" value="([^"]*)"')
_TAKEN: Final = re.compile(r"Taken in as drafts: (\d+)\.")
_MEANWHILE: Final = "the campaign changed after you opened this page"


def campaign(code: str, **more: Any) -> dict[str, Any]:
    """A campaign without faults."""
    return {"code": code, "program": "main", "name": code, **RULE, **more}


def file_of(*documents: Any) -> str:
    """The text of a file."""
    return orjson.dumps(documents).decode()


async def sent(browser: Browser, text: str, **fields: str) -> httpx.Response:
    """A file as browsers send it."""
    parts = {"form_token": await browser.form_token(), "document": text, **fields}
    return await browser.client.post(
        PAGE,
        files={name: (None, part) for name, part in parts.items()},
        headers={"origin": browser.origin},
    )


async def taken(browser: Browser, text: str, how: str = "yes") -> httpx.Response:
    """Look at a file, then take it in as it was shown."""
    shown = await sent(browser, text)
    seen = _SEEN.search(shown.text)
    assert seen is not None, shown.text
    return await sent(browser, text, confirmed=how, seen=seen[1], reason="by file")


async def test_what_is_live_or_approved_is_changed_by_an_approval_only(office: Office) -> None:
    """A file makes drafts of a draft, an approved one, a live and a paused one; rules stay."""
    marketer = Desk(await office.signed_in(MARKETER))
    administrator = Desk(await office.signed_in(ADMINISTRATOR))
    for code in ("begun", "agreed"):
        await marketer.make(code)
    assert (await administrator.step("agreed", "approve")).status_code == 303
    assert (await marketer.step("bread", "pause")).status_code == 303
    codes = ("begun", "agreed", "fruit", "bread")
    was = {code: await row_of(office, code) for code in codes}
    latest = {code: row["draft"] or row["document"] for code, row in was.items()}
    changed = {code: {**latest[code], "description": "by file"} for code in codes}
    text = file_of(*changed.values())
    shown = await sent(marketer.browser, text)
    assert shown.text.count(">Changed<") == len(codes)
    assert f"{ADMINISTRATOR} approved the draft that this replaces" in shown.text
    answer = await taken(marketer.browser, text)
    assert _TAKEN.search(answer.text)[1] == "4"  # type: ignore[index]
    for code, before in was.items():
        row = await row_of(office, code)
        assert [row[name] for name in ("document", "status", "approved_by")] == [
            *(before[name] for name in ("document", "status")),
            "",
        ], code
        assert row["draft"] == changed[code]
        assert row["draft_version"] == max(before["draft_version"] or before["version"], 1) + 1
    refused = await marketer.step("fruit", "approve")
    assert (refused.status_code, "somebody else approves" in refused.text) == (400, True)
    assert (await marketer.step("fruit", "release")).status_code == 400
    assert (await administrator.step("fruit", "approve")).status_code == 303
    assert (await marketer.step("fruit", "release")).status_code == 303
    assert (await row_of(office, "fruit"))["document"] == changed["fruit"]


@pytest.mark.parametrize(
    ("change", "status", "held"),
    [
        ("approved_by = 'x'", 200, {"approved_by": ""}),
        ("draft_version = 2", 400, {"draft_version": 2}),
        ("status = 'archived'", 400, {"status": "archived"}),
    ],
)
async def test_what_comes_while_a_file_is_taken_in_is_waited_for(
    office: Office, change: str, status: int, held: dict[str, Any]
) -> None:
    """An approval ends, as it was of something else; what was saved or archived stays."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("small")
    text = file_of(campaign("small", description="by file"))
    other = await asyncpg.connect(office.dsn)
    try:
        async with other.transaction():
            await other.execute(f"update campaign set {change} where code = 'small'")
            answer = asyncio.create_task(taken(desk.browser, text))

            async def is_waited_for() -> bool:
                return bool(
                    await office.database.fetchval(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                        " and datname = current_database()"
                    )
                )

            await wait_until(is_waited_for, what="the lock of the row")
    finally:
        await other.close()
    assert (await answer).status_code == status
    row = await row_of(office, "small")
    assert {name: row[name] for name in held} == held
    assert ("description" in row["draft"]) == (status == 200)


async def test_what_somebody_saved_after_the_file_was_shown_is_not_overwritten(
    office: Office,
) -> None:
    """It is named as a fault; whoever asks for those without faults gets the others."""
    desk, other = [Desk(await office.signed_in(login)) for login in (MARKETER, ADMINISTRATOR)]
    await desk.make("small")
    text = file_of(campaign("small", description="by file"), campaign("fresh"))
    shown = await sent(desk.browser, text)
    seen = _SEEN.search(shown.text)[1]  # type: ignore[index]
    assert seen == "small;1 fresh;0"
    assert (await other.save("small", description="theirs")).status_code == 303
    whole = await sent(desk.browser, text, confirmed="yes", seen=seen)
    assert (whole.status_code, _MEANWHILE in whole.text) == (400, True)
    answer = await sent(desk.browser, text, confirmed="faultless", seen=seen)
    assert (answer.status_code, _MEANWHILE in answer.text) == (200, True)
    assert (await row_of(office, "small"))["draft"]["description"] == "theirs"
    assert _TAKEN.search(answer.text)[1] == "1"  # type: ignore[index]
    assert (await row_of(office, "fresh"))["status"] == "draft"
    unseen = await sent(desk.browser, file_of(campaign("small")), confirmed="yes", seen="small;x")
    assert (unseen.status_code, _MEANWHILE in unseen.text) == (400, True)


async def test_of_a_faulty_file_the_rest_is_done_and_each_fault_is_told(office: Office) -> None:
    """What names one that stays out stays out with it; the whole of it is refused as before."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("old")
    assert (await desk.step("old", "archive")).status_code == 303
    faulty = {
        "lame": campaign("lame", rewards=[{**REWARD, "lane": "nowhere"}]),
        "beside": campaign("beside", not_with=["lame"]),
        "old": campaign("old", description="again"),
        "unseen": campaign("unseen", description="a\0b"),
        "said": campaign("said", messages=[{"place": "slip", "text": "a\0b"}]),
        "strange": {"code": "strange", "spell": 1},
    }
    same = (await row_of(office, "fruit"))["document"]
    text = file_of(campaign("fresh"), *faulty.values(), campaign("also"), same)
    whole = await sent(desk.browser, text, confirmed="yes")
    assert whole.status_code == 400
    assert "lame: rewards[0].lane" in whole.text
    answer = await taken(desk.browser, text, "faultless")
    assert _TAKEN.search(answer.text)[1] == "2"  # type: ignore[index]
    left = answer.text.partition("Left out")[2]
    assert [code for code in (*faulty, "fresh", "also") if f"<code>{code}</code>" in left] == [
        *faulty
    ]
    assert "the campaign is archived" in left
    made = await office.database.fetch(
        "select code from campaign where draft->>'name' = code and code <> 'old' order by 1"
    )
    assert [row["code"] for row in made] == ["also", "fresh"]


async def test_wrong_and_huge_files_are_told_in_our_words(office: Office) -> None:
    """Too deep, too many, signs that nobody sees; a file of the size that the page names fits."""
    browser = await office.signed_in(MARKETER)
    deep: dict[str, Any] = {"kind": "identified"}
    for _ in range(100):
        deep = {"kind": "not", "condition": deep}
    wrong = {
        "not JSON": "[" * 400 + "]" * 400,
        "more": '{"code": "x", "a": ' * 400 + "1" + "}" * 400,
        "at all": "[" * 100_000,
        "Faulty": file_of(campaign("deep", when=deep)),
        "At most 500 campaigns": file_of(*(campaign(f"c{place}") for place in range(501))),
        "twice": file_of(campaign("one"), campaign("one")),
        "Campaign 2 of the file": file_of(campaign("one"), {"code": "a\0b"}),
        "nothing": '{"snapshot": {"campaigns": {}}}',
    }
    for name, text in wrong.items():
        answer = await sent(browser, text)
        is_shown = name == "Faulty"
        assert answer.status_code == (200 if is_shown else 400), (name, answer.text[:2_000])
        assert "went wrong here" not in answer.text
        if name[0].isupper():
            assert name in answer.text
    large = orjson.dumps({"campaigns": [campaign("large")], "note": "я" * 740_000}).decode()
    answer = await taken(browser, large)
    assert "Taken in as drafts: 1." in answer.text, answer.text[:2_000]
    assert (await sent(browser, "x" * 2_000_001)).status_code == 413


async def test_a_file_of_another_partner_is_read_by_ones_own_rules(office: Office) -> None:
    """Its campaigns become one's own drafts; the other's stay, and its places are not known."""
    south = await office.signed_in(SOUTH_ADMINISTRATOR)
    file = orjson.loads((await south.post("/campaign/export")).content)
    theirs = "select to_jsonb(c)::text from campaign c where partner_id = $1 order by code"
    was = await office.database.fetch(theirs, world.SOUTH)
    first = await row_of(office, "fruit")
    file["campaigns"].append(campaign("theirs", when={"kind": "place", "stores": ["south-only"]}))
    browser = await office.signed_in(MARKETER)
    answer = await taken(browser, orjson.dumps(file).decode(), "faultless")
    assert _TAKEN.search(answer.text)[1] == "3"  # type: ignore[index]
    assert "<code>theirs</code>" in answer.text.partition("Left out")[2]
    assert await office.database.fetch(theirs, world.SOUTH) == was
    row = await row_of(office, "fruit")
    assert (row["document"], row["status"]) == (first["document"], first["status"])
    assert row["draft"]["rewards"][0]["rate_bp"] == 4_000


async def test_what_nothing_can_hold_is_told_where_it_is_typed(office: Office) -> None:
    """A sign that no text of the database has, and what lies too deep inside itself."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("small")
    deep = '{"when": ' + "[" * 300 + "]" * 300 + "}"
    for rule in ('{"when": {"kind": "coupon", "code": "a\\u0000"}}', '{"\\u0000": 1}', deep):
        fields = await desk.form("small", rule)
        checked = await desk.browser.post("/campaign/check?code=small", fields)
        assert checked.json()["faults"], rule
        assert (await desk.save("small", rule)).status_code == 400
        program = {"code": "main", "document": rule}
        assert (await desk.browser.post("/program/check", program)).json()["faults"], rule
