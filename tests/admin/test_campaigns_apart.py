"""One partner's people take a campaign through its life; the other's tills and pages stay as ever.

Both partners have the code: what crossed over would price, show or pause the other's campaign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from admin.permissions import Role
from tests.admin.test_campaign_life import publish
from tests.admin.test_campaigns import Desk
from tests.service import world
from tests.service.office import SOUTH_ADMINISTRATOR, SOUTH_MARKETER, login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from checkout.v1 import outcome_pb2
    from tests.service.office import Browser, Office
    from tests.service.running import Service

#: North has a campaign of this code, South has none yet.
CODE: Final = "bread"
NAME: Final = "Southern loaf"
RULE: Final[dict[str, Any]] = {
    "rewards": [
        {"kind": "percent", "lane": "goods", "rate_bp": 1_000, "goods": {"skus": ["bread"]}}
    ]
}
#: What it takes off bread for 50.00.
OFF_MINOR: Final = 5_00
#: Pages that name campaigns.
PAGES: Final = (
    "/campaign/list",
    f"/campaign/details/{CODE}",
    "/publication/list",
    "/history?record=campaign",
)


class Tills:
    """A till of each partner, before which the same goods lie."""

    def __init__(self, service: Service) -> None:
        self._service = service
        goods = (line("apple"), line("bread", 50_00, position=2), line("soap", position=3))
        self._sale = receipt(*goods, card=world.CARD)

    async def quoted(self, partner: str) -> outcome_pb2.Outcome:
        """All that the till is told."""
        answer = await self._service.till(f"{partner}-s1-t1").quote("look", self._sale)
        return answer.outcome


async def newest(office: Office, partner: str) -> int:
    """The number of a partner's rules in force."""
    query = "select max(seq) from publication where partner_id = $1"
    return int(await office.database.fetchval(query, world.PARTNERS[partner]))


async def roll_back(browser: Browser, service: Service, seq: int) -> None:
    """As the page does; the worker has it."""
    answer = await browser.post(f"/publication/roll-back/{seq}", {"reason": f"as in {seq}"})
    assert answer.status_code == 303, answer.text
    await service.workers[0].follower.step()


async def test_a_campaign_of_one_partner_lives_and_the_other_feels_and_sees_nothing(
    desk: Office, service: Service
) -> None:
    """Drafted, approved by another, published, paused, rolled back to life, and to before it."""
    south = Desk(await desk.signed_in(SOUTH_MARKETER))
    approver = Desk(await desk.signed_in(SOUTH_ADMINISTRATOR))
    north = await desk.signed_in(login_of(Role.OWNER))
    tills = Tills(service)
    first, theirs = await newest(desk, "south"), await newest(desk, "north")
    was = {partner: await tills.quoted(partner) for partner in world.PARTNERS}

    async def south_takes_off(off_minor: int, when: str) -> None:
        now = await tills.quoted("south")
        assert was["south"].payable_minor - now.payable_minor == off_minor, when
        assert (CODE in {one.code for one in now.applied}) is bool(off_minor), when
        assert await tills.quoted("north") == was["north"], when
        assert await newest(desk, "north") == theirs, when

    async def only_south_sees_it() -> None:
        assert NAME in (await south.browser.get("/campaign/list")).text
        for path in PAGES:
            seen = await north.get(path)
            assert (seen.status_code, NAME in seen.text) == (200, False), path

    made = await south.make(CODE, name=NAME)
    assert made.status_code == 303, made.text
    assert (await south.save(CODE, RULE, name=NAME)).status_code == 303
    await south_takes_off(0, "drafted")
    await only_south_sees_it()
    own = await south.step(CODE, "approve")
    assert (own.status_code, "somebody else approves" in own.text) == (400, True)
    assert (await approver.step(CODE, "approve")).status_code == 303
    assert (await south.step(CODE, "release")).status_code == 303
    await south_takes_off(0, "approved, and not published")
    await publish(south, service)
    live = await newest(desk, "south")
    await south_takes_off(OFF_MINOR, "live")
    await only_south_sees_it()
    assert (await south.step(CODE, "pause")).status_code == 303
    await publish(south, service)
    await south_takes_off(0, "paused")
    for seq in (live, first):
        assert (await north.get(f"/publication/details/{seq}")).status_code == 404
        assert (await north.post(f"/publication/roll-back/{seq}")).status_code == 404
    await roll_back(approver.browser, service, live)
    await south_takes_off(OFF_MINOR, "back to when it was live")
    await roll_back(approver.browser, service, first)
    await south_takes_off(0, "back to before it")
    assert await tills.quoted("south") == was["south"]
    changed = await desk.database.fetch(
        "select distinct partner_id, author from admin_history where record like 'campaign%'"
    )
    assert {tuple(row) for row in changed} == {
        (world.SOUTH, login) for login in (SOUTH_MARKETER, SOUTH_ADMINISTRATOR)
    }
