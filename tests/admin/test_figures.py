"""The first page: its figures are those of the sales that were made, to the kopeck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of, running_office
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service


async def test_the_figures_are_those_of_the_tills(service: Service) -> None:
    """Sales of members and guests, points, budget and publication; one partner's only."""
    north, south = service.till(), service.till("south-s1-t1")
    mine = await north.confirm("m", receipt(line("bread", 100_00), card=world.CARD))
    guest = await north.confirm("g", receipt(line("soap", 33_00)))
    await south.confirm("s", receipt(line("soap", 7_77)))
    paid, earned = mine.outcome.payable_minor, mine.outcome.points_earned_minor
    assert paid > 0 < earned
    async with running_office(service.dsn) as office:
        page = (await (await office.signed_in(login_of(Role.ANALYST))).get("/")).text
        for shown in (
            f"{paid // 100}.{paid % 100:02}",
            f"{guest.outcome.payable_minor // 100}.00",
            "49 of 50 uses left",
            "Live campaigns: 6",
            "<svg",
        ):
            assert shown in page, shown
        assert "7.77" not in page
        assert "style=" not in page
        clerk = (await (await office.signed_in(login_of(Role.CALL_CENTRE))).get("/")).text
        assert "<svg" not in clerk
        rows = await office.database.fetch(
            "select amount from entry e join posting p using (bucket, month, posting_id)"
            " where role = 'member' and partner_id = $1",
            world.NORTH,
        )
        came = sum(row["amount"] for row in rows if row["amount"] > 0)
        assert f"{came // 100}.{came % 100:02}" in page
