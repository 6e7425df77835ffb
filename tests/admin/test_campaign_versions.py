"""Versions of a campaign: any of them is worked on again, and is approved as any other draft."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

import orjson
import pytest

from admin.permissions import Role
from tests.admin.test_campaigns import REWARD, RULE, Desk
from tests.service import world
from tests.service.office import SOUTH_ADMINISTRATOR, login_of

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Office

MARKETER: Final = login_of(Role.MARKETER)
ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)
CHEAPER, DEARER = ({**RULE, "rewards": [{**REWARD, "rate_bp": rate}]} for rate in (25, 75))


async def take(desk: Desk, code: str, version: int | str, seen: int | str) -> httpx.Response:
    """Press "work on with this" beside a version."""
    sent = {"version": str(version), "seen": str(seen), "reason": f"as in {version}"}
    return await desk.browser.post(f"/campaign/version/{code}", sent)


async def row_of(office: Office, code: str) -> dict[str, Any]:
    """The whole row of a campaign of North."""
    found = await office.database.fetchval(
        "select to_jsonb(c) from campaign c where code = $1 and partner_id = $2", code, world.NORTH
    )
    row: dict[str, Any] = orjson.loads(found)
    return row


async def test_an_earlier_version_is_worked_on_again(office: Office) -> None:
    """It becomes a new version, with author and reason; what was approved was something else."""
    desk = Desk(await office.signed_in(MARKETER))
    administrator = Desk(await office.signed_in(ADMINISTRATOR))
    await desk.make("small")
    await desk.save("small", CHEAPER)
    await desk.save("small", DEARER, reason="dearer")
    assert (await administrator.step("small", "approve")).status_code == 303
    page = (await desk.browser.get("/campaign/details/small")).text
    offered = [n for n in (1, 2, 3) if f'name="version" value="{n}"' in page]
    assert offered == [1, 2], "the latest is the draft"
    taken = await take(administrator, "small", 2, seen=3)
    assert (taken.status_code, taken.headers["location"]) == (303, "/campaign/details/small")
    row = await row_of(office, "small")
    versions = await office.database.fetch(
        "select version, document, author, note from campaign_version order by version"
    )
    assert [one["version"] for one in versions] == [1, 2, 3, 4]
    assert versions[3]["document"] == versions[1]["document"] != versions[2]["document"]
    assert row["draft"] == orjson.loads(versions[1]["document"])
    assert (versions[3]["author"], versions[3]["note"]) == (ADMINISTRATOR, "as in 2")
    assert (row["status"], row["draft_version"], row["approved_by"]) == ("draft", 4, "")
    told = (await office.history("campaign"))[-1]
    assert (told["author"], told["reason"]) == (ADMINISTRATOR, "as in 2")
    assert orjson.loads(told["before"])["draft_version"] == 3
    assert (await administrator.step("small", "approve")).status_code == 400, "it is their draft"


async def test_the_rules_go_back_to_a_version_once_it_is_approved(office: Office) -> None:
    """Of a campaign that is live the rules stay until the old version is released."""
    desk = Desk(await office.signed_in(MARKETER))
    administrator = Desk(await office.signed_in(ADMINISTRATOR))
    first = (await row_of(office, "fruit"))["document"]
    rule = {"rewards": [{"kind": "percent", "lane": "goods", "rate_bp": 100}]}
    assert (await desk.save("fruit", rule)).status_code == 303
    assert (await administrator.step("fruit", "approve")).status_code == 303
    assert (await desk.step("fruit", "release")).status_code == 303
    changed = await row_of(office, "fruit")
    assert (changed["version"], changed["document"] != first) == (2, True)
    assert (await take(desk, "fruit", 1, seen=2)).status_code == 303
    assert (await row_of(office, "fruit"))["document"] == changed["document"]
    assert (await administrator.step("fruit", "approve")).status_code == 303
    assert (await desk.step("fruit", "release")).status_code == 303
    back = await row_of(office, "fruit")
    assert (back["status"], back["version"], back["draft"]) == ("live", 3, None)
    assert back["document"] == first


async def test_what_is_not_there_or_was_not_seen_is_not_taken(office: Office) -> None:
    """Unknown versions and campaigns, somebody else's save meanwhile, the archive: all stays."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("small")
    await desk.save("small", CHEAPER)
    await desk.save("small", DEARER)
    was = await row_of(office, "small")
    for version in ("4", "0", "", "-1", "x"):
        assert (await take(desk, "small", version, seen=3)).status_code == 404
    assert (await take(desk, "none", 1, seen=3)).status_code == 404
    south = Desk(await office.signed_in(SOUTH_ADMINISTRATOR))
    assert (await take(south, "small", 1, seen=3)).status_code == 404
    for seen in (2, 4, ""):
        stale = await take(desk, "small", 1, seen=seen)
        said = "changed this record" if seen == 4 else "the campaign changed"
        assert (stale.status_code, said in stale.text) == (400, True), seen
    assert await row_of(office, "small") == was
    assert (await take(desk, "small", 3, seen=3)).status_code == 303, "which it is already"
    assert await row_of(office, "small") == was
    assert (await desk.step("small", "archive")).status_code == 303
    archived = await row_of(office, "small")
    refused = await take(desk, "small", 1, seen=3)
    assert (refused.status_code, "the campaign is archived" in refused.text) == (400, True)
    assert await row_of(office, "small") == archived


@pytest.mark.parametrize("setting", ["", "another", "anybody"])
async def test_ones_own_draft_is_approved_where_anybody_approves(
    office: Office, setting: str
) -> None:
    """By the partner's setting; without it, and by default, somebody else does."""
    if setting:
        await office.database.execute(
            "update partner set settings = settings || jsonb_build_object('campaign_approval',"
            " $2::text) where partner_id = $1",
            world.NORTH,
            setting,
        )
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("own")
    answer = await desk.step("own", "approve")
    row = await row_of(office, "own")
    if setting == "anybody":
        assert answer.status_code == 303, answer.text
        assert row["approved_by"] == MARKETER
        assert (await desk.step("own", "release")).status_code == 303
        return
    assert answer.status_code == 400
    assert "somebody else approves what one wrote oneself" in answer.text
    assert (row["approved_by"], len(await office.history("campaign"))) == ("", 1)


async def test_all_versions_are_reached_and_taken(office: Office) -> None:
    """Page after page, the newest first; also from a page that says what was refused."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("small")
    await office.database.execute(
        "insert into campaign_version (partner_id, campaign_code, version, document, author)"
        """ select partner_id, campaign_code, n, document || jsonb_build_object('name', n::text),"""
        " author from campaign_version, generate_series(2, 130) n"
    )
    await office.database.execute("update campaign set draft_version = 130 where code = 'small'")
    refused = await take(desk, "small", 1, seen=129)
    assert refused.status_code == 400
    numbers, page = [], refused.text
    while True:
        versions = page.partition('id="versions"')[2]
        numbers += [
            int(number) for number in re.findall(r"<strong>№&nbsp;(\d+)</strong>", versions)
        ]
        further = re.search(r'rel="next" href="([^"]*)"', versions)
        if further is None:
            break
        page = (await desk.browser.get(html.unescape(further[1]))).text
    assert numbers == [*range(130, 0, -1)]
    assert (await take(desk, "small", 7, seen=130)).status_code == 303
    taken = await row_of(office, "small")
    assert (taken["draft_version"], taken["draft"]["name"]) == (131, "7")
    for odd in ("0", "-1", "x", "9" * 30):
        page = (await desk.browser.get(f"/campaign/details/small?before={odd}")).text
        shown = "№&nbsp;131" in page.partition('id="versions"')[2]
        assert shown == (odd != "0"), odd
