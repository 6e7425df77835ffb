"""What goes out to tills otherwise than the page showed, or not at all: the page says so."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import orjson

from admin.campaigns.publishing import GOING_WITH, RULES
from admin.permissions import Role
from checkout.client import OperatorClient
from checkout.store.queries import QUERIES
from tests.admin.test_campaigns import Desk
from tests.service import world
from tests.service.office import login_of, running_office
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Browser, Office
    from tests.service.running import Service

MARKETER = login_of(Role.MARKETER)


async def test_without_a_service_roll_back_changes_nothing(office: Office) -> None:
    """It says so before it writes: the rules are not left changed and unpublished."""
    await office.database.execute("update campaign set status = 'paused' where code = 'fruit'")
    marketer = await office.signed_in(MARKETER)
    first = await office.database.fetchval(
        "select min(seq) from publication where partner_id = $1", world.NORTH
    )
    assert (await marketer.post(f"/publication/roll-back/{first}")).status_code == 503
    assert not await office.history("campaign")


async def test_a_roll_back_that_was_not_published_says_so(world_dsn: str) -> None:
    """The service is away: the rules are changed, tills are not, and the page tells both."""
    async with running_office(
        world_dsn, service_target="127.0.0.1:1", service_credential=world.CREDENTIAL
    ) as office:
        await office.database.execute("update campaign set status = 'paused' where code = 'fruit'")
        marketer = await office.signed_in(MARKETER)
        first = await office.database.fetchval(
            "select min(seq) from publication where partner_id = $1", world.NORTH
        )
        page = await marketer.post(f"/publication/roll-back/{first}")
        assert page.status_code == 400
        assert "did not publish them" in page.text
        assert 'action="/publication/publish"' in page.text


async def test_a_roll_back_makes_rules_what_they_were(desk: Office, service: Service) -> None:
    """Campaigns, ended and paused ones, too, and programs, as tills charge; no draft is lost.

    What is archived stays so.
    """
    database = desk.database
    rules = (
        "select code, status, document #>> '{rewards,0,rate_bp}' as said from campaign"
        " where partner_id = $1 and code = any('{fruit,soap}') union all"
        " select code, '', document ->> 'name' from program where partner_id = $1 order by code"
    )
    draft = "select draft from campaign where partner_id = $1 and code = 'fruit'"

    async def price() -> int:
        sale = receipt(line("apple", 100_00), card=world.CARD)
        return (await service.till().quote("look", sale)).outcome.payable_minor

    was, cheap = await database.fetch(rules, world.NORTH), await price()
    first = await database.fetchval(
        "select min(seq) from publication where partner_id = $1", world.NORTH
    )
    for change in (
        (
            "update campaign set document = jsonb_set(document, '{rewards,0,rate_bp}', '100')"
            " where code = 'fruit' and partner_id = $1"
        ),
        "update campaign set status = 'ended' where code = 'soap' and partner_id = $1",
        "update campaign set status = 'archived' where code = 'bread' and partner_id = $1",
        'update program set document = document || \'{"name": "Another"}\' where partner_id = $1',
    ):
        await database.execute(change, world.NORTH)
    marketer = await desk.signed_in(MARKETER)
    rewards = [{"kind": "percent", "lane": "goods", "rate_bp": 50}]
    assert (await Desk(marketer).save("fruit", {"rewards": rewards})).status_code == 303
    kept = await database.fetchval(draft, world.NORTH)
    assert await publish(marketer) == 303

    async def is_dear() -> bool:
        return await price() > cheap

    await wait_until(is_dear, what="the changed rules")
    # The page shows what it will do: what is archived stays so.
    preview = (await marketer.get(f"/publication/details/{first}")).text
    shown = {code for code in ("fruit", "soap", "bread") if f">{code}<" in preview}
    assert shown == {"fruit", "soap"}
    rolled = await marketer.post(f"/publication/roll-back/{first}")
    assert (rolled.status_code, rolled.headers["location"]) == (
        303,
        "/publication/list?told=published",
    )

    async def is_cheap() -> bool:
        return await price() == cheap

    await wait_until(is_cheap, what="the rules of before")
    assert await database.fetch(rules, world.NORTH) == was
    assert await database.fetchval(draft, world.NORTH) == kept is not None
    archived = "select status from campaign where partner_id = $1 and code = 'bread'"
    assert await database.fetchval(archived, world.NORTH) == "archived"


def test_whatever_goes_with_a_publication_is_told() -> None:
    """Of all records that the service reads for it; rules are told one by one."""
    read = {
        table
        for name, query in QUERIES.items()
        if name.startswith("read_rules_")
        for table in re.findall(r"\bfrom (\w+)", query)
    }
    assert read - RULES - {"parts", "unnest", "publication"} == {*GOING_WITH}


async def test_what_slips_into_a_publication_is_told(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed after the look and before the service reads: it goes out, and the page says so."""
    await desk.database.execute("update campaign set status = 'paused' where code = 'fruit'")
    marketer = await desk.signed_in(MARKETER)
    publish = OperatorClient.publish_snapshot

    async def changed_first(client: OperatorClient, note: str = "", **how: Any) -> object:
        await desk.database.execute("update campaign set status = 'paused' where code = 'soap'")
        return await publish(client, note, **how)

    page = (await marketer.get("/publication/list")).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    monkeypatch.setattr(OperatorClient, "publish_snapshot", changed_first)
    sent = await marketer.post("/publication/publish", {"seen": seen[1]})
    assert sent.headers["location"] == "/publication/list?told=differs"
    assert "not only what the page showed" in (await marketer.get(sent.headers["location"])).text


async def publish(browser: Browser) -> int:
    """Publish what the page shows."""
    page = (await browser.get("/publication/list")).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    return (await browser.post("/publication/publish", {"seen": seen[1]})).status_code


async def test_who_changed_a_program_does_not_publish_it(desk: Office) -> None:
    """Somebody else does, as with campaigns; what was published before waits for nobody."""
    marketer = await desk.signed_in(MARKETER)
    administrator = await desk.signed_in(login_of(Role.ADMINISTRATOR))

    async def save(browser: Browser, name: str) -> None:
        document = world.program(name=name)
        fields = {"code": "main", "document": orjson.dumps(document).decode()}
        saved = await browser.edit(f"/program/edit/{world.NORTH};main", fields)
        assert saved.status_code == 302, saved.text

    before = await desk.database.fetchval(
        "select document ->> 'name' from program where partner_id = $1 and code = 'main'",
        world.NORTH,
    )
    await save(marketer, "Richer")
    assert await publish(marketer) == 400
    # Whoever touched it since has a part in it.
    await save(administrator, "Richer still")
    assert await publish(administrator) == 400
    assert await publish(marketer) == 400
    owner = await desk.signed_in(login_of(Role.OWNER))
    assert await publish(owner) == 303
    await save(marketer, "Richest")
    assert await publish(administrator) == 303
    await save(marketer, before)
    assert await publish(marketer) == 303
    await desk.database.execute(
        'update partner set settings = settings || \'{"campaign_approval": "anybody"}\''
    )
    await save(marketer, "Mine")
    assert await publish(marketer) == 303


async def test_all_publications_are_reached(office: Office) -> None:
    """Page after page, the latest first, each of which can be looked at; of one partner only."""
    await office.database.execute(
        "insert into publication (partner_id, snapshot_id, author)"
        " select partner_id, snapshot_id, 'somebody' from publication, generate_series(1, 50)"
    )
    marketer = await office.signed_in(MARKETER)
    expected = [
        row[0]
        for row in await office.database.fetch(
            "select seq from publication where partner_id = $1 order by seq desc", world.NORTH
        )
    ]
    # Nothing is published without a service: the page that says so leads on, too.
    page = await marketer.post("/publication/publish", {"seen": "what was not"})
    assert page.status_code == 400
    found: list[int] = []
    earlier = page.text
    while True:
        earlier = earlier.partition('id="earlier"')[2]
        found += [int(number) for number in re.findall(r"<strong>№&nbsp;(\d+)</strong>", earlier)]
        further = re.search(r'rel="next" href="([^"]*)"', earlier)
        if further is None:
            break
        earlier = (await marketer.get(html.unescape(further[1]))).text
    assert len(expected) > 50
    assert found == expected
    assert f'href="/publication/details/{expected[-1]}"' in earlier
    assert 'href="/publication/list#earlier"' in earlier, "the way back"
    for odd in ("-1", "x", "9" * 30):
        page = await marketer.get(f"/publication/list?before={odd}")
        assert f"№&nbsp;{expected[0]}</strong>" in page.text, odd
