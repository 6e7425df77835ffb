"""What goes out to tills otherwise than the page showed, or not at all: the page says so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from admin.permissions import Role
from checkout.client import OperatorClient
from tests.service import world
from tests.service.office import login_of, running_office

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Office

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
