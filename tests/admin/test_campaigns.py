"""Campaigns from nothing to live and back, by people of different roles, as tills feel it."""

from __future__ import annotations

import asyncio
import json
import re
import time
import unicodedata
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from admin.campaigns.transfer import campaigns_in
from admin.permissions import Role
from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from tests.admin.page_forms import PageForms
from tests.service import world
from tests.service.office import login_of, office_beside
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from tests.service.office import Browser, Office
    from tests.service.running import Service

MARKETER = login_of(Role.MARKETER)
ADMINISTRATOR = login_of(Role.ADMINISTRATOR)
REWARD: dict[str, Any] = {"kind": "points_percent", "lane": "points", "rate_bp": 50}
RULE: dict[str, Any] = {
    "when": {"kind": "receipt_amount", "compare": "less_than", "amount_minor": 1_000_00},
    "rewards": [REWARD],
}
_SEEN = re.compile(r'name="seen" value="([0-9a-f]*)"')


class Desk:
    """Pages of campaigns, in somebody's browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    async def make(self, code: str, **fields: str) -> httpx.Response:
        begun = {"code": code, "name": code, "program": "main", "beginning": "points_below"}
        return await self.browser.post("/campaign/new", begun | fields)

    async def form(self, code: str, rule: Any = None, **fields: str) -> dict[str, str]:
        """The fields of the editor, and the version that it was opened at."""
        page = (await self.browser.get(f"/campaign/edit/{code}")).text
        written = rule if isinstance(rule, str) else orjson.dumps(rule or RULE).decode()
        return {
            "seen": _SEEN.search(page)[1],  # type: ignore[index]
            "name": code,
            "program": "main",
            "rule": written,
            **fields,
        }

    async def save(self, code: str, rule: Any = None, **fields: str) -> httpx.Response:
        return await self.browser.post(
            f"/campaign/edit/{code}", await self.form(code, rule, **fields)
        )

    async def step(self, code: str, step: str, **fields: str) -> httpx.Response:
        page = (await self.browser.get(f"/campaign/details/{code}")).text
        seen = _SEEN.search(page)
        return await self.browser.post(
            f"/campaign/step/{code}", {"seen": seen[1] if seen else "", "step": step, **fields}
        )

    async def publish(self) -> httpx.Response:
        page = (await self.browser.get("/publication/list")).text
        return await self.browser.post(
            "/publication/publish",
            {"seen": _SEEN.search(page)[1], "note": "autumn"},  # type: ignore[index]
        )


@pytest.fixture
async def shop(two_workers: Service) -> AsyncIterator[tuple[Office, Service]]:
    """An office beside a service of two workers."""
    async with office_beside(two_workers) as office:
        yield office, two_workers


async def earned(service: Service, worker: int = 0) -> int:
    """What Ann earns now on bread for 500.00, of which another campaign takes 10.00."""
    till = service.till(worker=worker)
    quote = await till.quote("look", receipt(line("bread", 500_00), card=world.CARD))
    return quote.outcome.points_earned_minor


async def test_from_nothing_to_live_with_another_persons_approval_and_back(
    shop: tuple[Office, Service],
) -> None:
    """A draft, another's approval, the difference in words, both workers within 2 s; and back."""
    office, service = shop
    marketer = Desk(await office.signed_in(MARKETER))
    administrator = Desk(await office.signed_in(ADMINISTRATOR))
    before = await earned(service)
    made = await marketer.make("small")
    assert made.headers["location"] == "/campaign/edit/small", made.text
    saved = await marketer.save("small", description="small receipts, too", reason="asked")
    assert saved.status_code == 303, saved.text
    page = (await marketer.browser.get("/campaign/details/small")).text
    assert "less than 1000.00 RUB" in page
    own = await marketer.step("small", "approve")
    assert own.status_code == 400
    assert "somebody else approves" in own.text
    assert (await marketer.step("small", "release")).status_code == 400
    assert (await administrator.step("small", "approve")).status_code == 303
    released = await marketer.step("small", "release")
    assert released.headers.get("location") == "/publication/list", released.text
    assert await earned(service) == before
    waiting = (await marketer.browser.get("/publication/list")).text
    assert "<ins>" in waiting
    assert (await marketer.publish()).status_code == 303
    began = time.monotonic()
    for worker in (0, 1):

        async def is_live(worker: int = worker) -> bool:
            return await earned(service, worker) == before + 2_45

        await wait_until(is_live, what=f"the campaign on worker {worker}")
    assert time.monotonic() - began < 2

    async def is_told() -> bool:
        told = (await marketer.browser.get("/publication/workers")).json()
        return bool(told == {"workers": 2, "behind": 0})

    await wait_until(is_told, within_s=2, what="the word of both workers")
    entries = await office.history("campaign")
    assert [entry["author"] for entry in entries] == [MARKETER, MARKETER, ADMINISTRATOR, MARKETER]
    first = await office.database.fetchval(
        "select min(seq) from publication where partner_id = $1", world.NORTH
    )
    preview = (await marketer.browser.get(f"/publication/details/{first}")).text
    assert "<del>" in preview
    back = await marketer.browser.post(f"/publication/roll-back/{first}", {"reason": "too dear"})
    assert back.status_code == 303

    async def is_back() -> bool:
        return await earned(service) == before

    await wait_until(is_back, what="the rules of before")
    status = await office.database.fetchval("select status from campaign where code = 'small'")
    assert status == "paused"
    written = (await office.history("campaign"))[len(entries) :]
    assert [entry["record_key"] for entry in written] == ["small"], "the others stay as they were"


async def test_of_two_managers_the_second_sees_the_firsts_change_and_loses_nothing(
    office: Office,
) -> None:
    """What both did stands together in the second's form, and is saved; a clash names both."""
    first, second = [Desk(await office.signed_in(login)) for login in (MARKETER, ADMINISTRATOR)]
    await first.make("both")
    mine = await second.form("both", description="for the autumn")
    dearer = {**RULE, "rewards": [{**REWARD, "rate_bp": 75}]}
    assert (await first.save("both", dearer, name="Both")).status_code == 303
    told = await second.browser.post("/campaign/edit/both", {**mine, "name": "Both of us"})
    assert told.status_code == 409
    assert f"{MARKETER} saved version 2" in told.text
    assert "<code>rewards[0].rate_bp</code>" in told.text
    assert "&#34;Both of us&#34;" in told.text, "what clashes is told, mine and theirs"
    assert "&#34;Both&#34;" in told.text
    form = max(PageForms("/", told.text).found, key=lambda one: len(one.fields))
    assert form.fields["name"] == ["Both of us"], "mine is kept nowhere else, theirs is a version"
    assert '"rate_bp": 75' in told.text.replace("&#34;", '"')
    assert _SEEN.search(told.text)[1] == "2"  # type: ignore[index]
    merged = {**mine, "seen": "2", "name": "Both of us", "rule": orjson.dumps(dearer).decode()}
    assert (await second.browser.post("/campaign/edit/both", merged)).status_code == 303
    draft = orjson.loads(
        await office.database.fetchval("select draft from campaign where code = 'both'")
    )
    assert draft["description"] == "for the autumn"
    assert draft["rewards"][0]["rate_bp"] == 75
    versions = await office.database.fetch("select author from campaign_version order by version")
    assert [row["author"] for row in versions] == [MARKETER, MARKETER, ADMINISTRATOR]
    tokens = [await desk.browser.form_token() for desk in (first, second)]
    same = {**mine, "seen": "3", "name": "Third"}
    answers = await asyncio.gather(
        *(
            desk.browser.post("/campaign/edit/both", {**same, "name": name}, token=token)
            for desk, token, name in zip((first, second), tokens, "AB", strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]


async def test_what_is_wrong_is_said_at_its_line(office: Office) -> None:
    """Faults of the schema, of what is not there, and of JSON itself; a faulty draft is no rule."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("wrong")
    reward = '"rewards": [\n {"kind": "percent", "lane": "%s",\n "rate_bp": %s}\n]'
    for rule, said in (
        ("{" + reward % ("goods", "-1") + "}", "Line 3, rewards[0].rate_bp:"),
        ("{" + reward % ("nowhere", "100") + "}", "Line 2, rewards[0].lane:"),
        ("{" + reward % ("goods", "100") + ',\n "spell": 1}', "Line 5, spell: there is no such"),
        ("{\n\n", "Line 3: this is not JSON"),
        ('{"code": "other"}', "code: the form has a field"),
        ('{"when": {"kind": "contains_goods", "goods": {"skus": ["none"]}}}', "none"),
        ("[]", "not a JSON object"),
    ):
        fields = await desk.form("wrong", rule)
        checked = await desk.browser.post("/campaign/check?code=wrong", fields)
        assert any(said in fault["message"] for fault in checked.json()["faults"]), checked.text
    right = await desk.browser.post("/campaign/check?code=wrong", await desk.form("wrong"))
    assert right.json()["faults"] == []
    assert right.json()["sections"][0]["heading"] == "When"
    assert (await desk.save("wrong", "{")).status_code == 400
    faulty = await desk.save("wrong", "{" + reward % ("nowhere", "100") + "}")
    assert "Saved as a draft" in faulty.text
    other = Desk(await office.signed_in(ADMINISTRATOR))
    refused = await other.step("wrong", "approve")
    assert refused.status_code == 400
    assert "rewards[0].lane" in refused.text
    state = await office.database.fetchrow("select * from campaign where code = 'wrong'")
    assert (state["approved_by"], state["status"]) == ("", "draft")


async def test_goods_are_known_by_whatever_names_them(office: Office) -> None:
    """An article, a brand, a supplier, a tag or an attribute of any article; others are told."""
    await office.database.execute(
        "update product set brand = 'Alpha', supplier = 'Farm', tags = '{ripe,new}',"
        """ attributes = '{"colour": "red"}' where sku = 'apple' and partner_id = $1""",
        world.NORTH,
    )
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("goods")
    for goods in (
        {"skus": ["apple"]},
        {"brands": ["Alpha"]},
        {"suppliers": ["Farm"]},
        {"tags": ["ripe"]},
        {"attributes": [{"name": "colour", "values": ["red"]}]},
    ):
        for spoiled in (False, True):
            text = orjson.dumps({"rewards": [{**REWARD, "goods": goods}]}).decode()
            if spoiled:
                for known in ("apple", "Alpha", "Farm", "ripe", "red"):
                    text = text.replace(f'"{known}"', '"none"')
            checked = await desk.browser.post(
                "/campaign/check?code=goods", await desk.form("goods", text)
            )
            assert bool(checked.json()["faults"]) is spoiled, (goods, checked.text)


async def test_completion_knows_what_rules_may_name(office: Office) -> None:
    """Codes of programs, words and lists of members, under the names that the editor knows."""
    await office.database.execute(
        "insert into member_list (partner_id, code) values ($1, 'friends')", world.NORTH
    )
    await office.database.execute(
        """update partner set words = '{"segments": ["students"]}' where partner_id = $1""",
        world.NORTH,
    )
    marketer = await office.signed_in(MARKETER)
    told = (await marketer.get("/campaign/schema")).json()
    known = told["known"]
    assert known["lanes"] == ["goods", "points", "receipt"]
    assert "categories" not in known
    assert told["asked"]["categories"] == "/category/lookup"
    assert (known["segments"], known["member_lists"]) == (["students"], ["friends"])


async def test_a_draft_is_tried_on_a_receipt_that_was_sold(shop: tuple[Office, Service]) -> None:
    """Found by the member's phone; before and after, with the reason; at another time, another."""
    office, service = shop
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    ann = await service.ann()
    await office.database.execute(
        "update member_profile set phone = $2 where member_id = $1::uuid", ann, world.PHONE
    )
    marketer = Desk(await office.signed_in(MARKETER))
    owner = await office.signed_in(ADMINISTRATOR)
    await marketer.make("small")
    for browser, asked in ((marketer.browser, ann), (owner, world.PHONE)):
        page = (await browser.get("/campaign/try/small", params={"member": asked})).text
        assert 'value="sold"' in page
    unseen = await marketer.browser.get("/campaign/try/small", params={"member": world.PHONE})
    assert unseen.status_code == 400, "whoever may not see phones finds nobody by them"
    page = (await marketer.browser.get("/campaign/try/small?purchase=sold")).text
    assert "It applies." in page
    assert '<td>4.90</td><td class="differs">7.35</td>' in page
    page = (await marketer.browser.get("/campaign/try/fruit?purchase=sold&who=guest")).text
    assert "there is nothing for it on this receipt" in page
    missing = await marketer.browser.get("/campaign/try/small?purchase=none")
    assert (missing.status_code, "There is no such purchase" in missing.text) == (400, True)


async def test_stopped_at_once_cloned_paused_and_taken_back(shop: tuple[Office, Service]) -> None:
    """The stop is felt without a publication; a clone is a draft; a pause waits for one."""
    office, service = shop
    marketer = Desk(await office.signed_in(MARKETER))
    sale = receipt(line("apple"), card=world.CARD)
    assert (await service.till().quote("look", sale)).outcome.discount_minor == 20_00
    without = await marketer.browser.post("/campaign/stop/fruit")
    assert without.status_code == 400
    stopped = await marketer.browser.post("/campaign/stop/fruit", {"reason": "wrong price tags"})
    assert stopped.status_code == 303, stopped.text

    async def is_stopped() -> bool:
        return not (await service.till().quote("look", sale)).outcome.discount_minor

    await wait_until(is_stopped, within_s=2)
    assert "Emergency stop" in (await marketer.browser.get("/campaign/list")).text
    lifted = await marketer.browser.post(
        "/campaign/stop/fruit", {"reason": "mended", "lift": "yes"}
    )
    assert lifted.status_code == 303
    cloned = await marketer.browser.post("/campaign/clone/fruit", {"code": "fruit-2"})
    assert cloned.headers["location"] == "/campaign/edit/fruit-2"
    taken = await marketer.browser.post("/campaign/clone/fruit", {"code": "spring"})
    assert "There is a campaign with this code." in taken.text
    assert (await marketer.step("fruit", "pause")).status_code == 303
    assert (await marketer.step("fruit", "pause")).status_code == 400
    waiting = (await marketer.browser.get("/publication/list")).text
    assert "Taken out" in waiting
    stale = await marketer.browser.post("/publication/publish", {"seen": "0" * 64})
    assert "Not published: the rules changed" in stale.text
    assert (await marketer.step("fruit", "resume")).status_code == 303
    assert (
        "Campaigns and programs are those in force."
        in (await marketer.browser.get("/publication/list")).text
    )


async def test_whoever_wrote_any_of_a_draft_does_not_approve_it_after_a_roll_back(
    office: Office,
) -> None:
    """The draft stays, and the rules that came back have a later version than it."""
    marketer, administrator = [
        Desk(await office.signed_in(login)) for login in (MARKETER, ADMINISTRATOR)
    ]
    await marketer.make("both")
    await administrator.save("both", description="for the autumn")
    await office.database.execute(
        "insert into campaign_version (partner_id, campaign_code, version, document, author)"
        " select partner_id, code, 3, draft, 'north-owner' from campaign where code = 'both'"
    )
    await office.database.execute(
        "update campaign set document = draft, version = 3, status = 'live' where code = 'both'"
    )
    for desk in (marketer, administrator):
        refused = await desk.step("both", "approve")
        assert (refused.status_code, "somebody else approves" in refused.text) == (400, True)
    owner = Desk(await office.signed_in(login_of(Role.OWNER)))
    assert (await owner.step("both", "approve")).status_code == 303


async def test_an_archived_campaign_is_taken_back_before_it_is_changed(office: Office) -> None:
    """Nor is the draft discarded that is all there is of it."""
    desk = Desk(await office.signed_in(MARKETER))
    await desk.make("old")
    form = await desk.form("old", description="later")
    assert (await desk.step("old", "archive")).status_code == 303
    refused = await desk.browser.post("/campaign/edit/old", form)
    assert (refused.status_code, "the campaign is archived" in refused.text) == (400, True)
    assert (await desk.step("old", "discard")).status_code == 400
    assert (await desk.step("old", "rework")).status_code == 303
    assert (await desk.browser.post("/campaign/edit/old", form)).status_code == 303


async def test_a_file_goes_out_and_comes_in_whole_or_not_at_all(office: Office) -> None:
    """What is exported is what `describe` reads; what comes in is shown first, then all or none."""
    desk = Desk(await office.signed_in(MARKETER))
    exported = await desk.browser.post("/campaign/export")
    file = orjson.loads(exported.content)
    assert describe(file) == []
    codes = {one["code"] for one in file["campaigns"]}
    assert {"fruit", "spring", "earn"} <= codes
    same = await desk.browser.post("/campaign/import", {"document": exported.text})
    assert same.text.count(">Same<") == len(codes)
    for one in file["campaigns"]:
        one["code"] += "-2"
    one["priority"] = 7
    file["campaigns"][0]["rewards"][0]["lane"] = "nowhere"
    text = orjson.dumps(file["campaigns"]).decode()
    faulty = await desk.browser.post("/campaign/import", {"document": text, "confirmed": "yes"})
    assert faulty.status_code == 400
    count = "select count(*) from campaign where code like '%-2'"
    assert await office.database.fetchval(count) == 0
    file["campaigns"][0]["rewards"][0]["lane"] = "goods"
    text = orjson.dumps({"snapshot": file}).decode()
    shown = await desk.browser.post("/campaign/import", {"document": text})
    assert shown.text.count(">New<") == len(codes)
    assert await office.database.fetchval(count) == 0
    taken = await desk.browser.post("/campaign/import", {"document": text, "confirmed": "yes"})
    assert f"Taken in as drafts: {len(codes)}." in taken.text
    assert await office.database.fetchval(count) == len(codes)
    for bad in ("", "{", "[]", "3", '{"campaigns": [{"code": "a b"}]}', "[1]", '{"code": "x"}'):
        refused = await desk.browser.post("/campaign/import", {"document": bad, "confirmed": "yes"})
        assert refused.status_code == 400, bad
    huge = await desk.browser.post("/campaign/import", {"document": "x" * 2_000_001})
    assert huge.status_code == 413


async def test_a_file_holds_all_that_the_list_finds_or_there_is_none(office: Office) -> None:
    """More than a file holds are refused, not cut; fewer of them are taken."""
    await office.database.execute(
        "insert into campaign (partner_id, code, document, status)"
        " select partner_id, code || n, jsonb_set(document, '{code}', to_jsonb(code || n)),"
        " 'paused'"
        " from campaign, generate_series(1, 500) n where partner_id = $1 and code = 'fruit'",
        world.NORTH,
    )
    browser = await office.signed_in(MARKETER)
    refused = await browser.post("/campaign/export")
    assert (refused.status_code, "narrow the list down" in refused.text) == (400, True)
    assert not await office.history("campaign")
    taken = await browser.post("/campaign/export?state=paused")
    assert len(orjson.loads(taken.content)["campaigns"]) == 500


def describe(document: object) -> list[str]:
    """What `python -m checkout describe` would refuse a file for."""
    return [f"{one.field}: {one.message}" for one in check_snapshot(parse_snapshot(document))]


@pytest.mark.parametrize("escapes", [False, True])
def test_what_a_file_names_is_in_one_form(escapes: bool) -> None:
    """Letters of two signs, also named by numbers: a till's keyboard may make one of them."""
    other = unicodedata.normalize("NFD", "ЛЕТНИЙ")
    text = json.dumps({"code": "summer", "when": {"code": other}}, ensure_ascii=escapes)
    assert campaigns_in(text) == [{"code": "summer", "when": {"code": "ЛЕТНИЙ"}}]
