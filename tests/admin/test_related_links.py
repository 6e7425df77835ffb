"""What belongs to a record is one click away from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.admin.test_access import put_receipt
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Browser, Office

PROGRAM: Final = f"/program/details/{world.NORTH};main"


async def opened(browser: Browser, address: str, *, behind: str) -> str:
    """A page that another page links to."""
    page = (await browser.get(behind)).text
    assert f'href="{address}"' in page, f"{behind} leads nowhere near {address}"
    answer = await browser.get(address)
    assert answer.status_code == 200
    return answer.text


async def test_campaigns_and_their_program_lead_to_each_other(office: Office) -> None:
    """From the page of a campaign, and from that of the program to all of its campaigns."""
    marketer = await office.signed_in(login_of(Role.MARKETER))
    assert "Main" in await opened(marketer, PROGRAM, behind="/campaign/details/fruit")
    campaigns = await opened(marketer, "/campaign/list?program=main", behind=PROGRAM)
    assert "/campaign/details/fruit" in campaigns
    await office.database.execute(
        """update campaign set document = jsonb_set(document, '{program}', '"gone"')"""
        " where code = 'fruit' and partner_id = $1",
        world.NORTH,
    )
    page = (await marketer.get("/campaign/details/fruit")).text
    assert "gone" in page
    assert "/program/details/" not in page


async def test_a_receipt_leads_to_its_till_and_its_program(office: Office) -> None:
    """The till for those who may see tills, as far as there is one of that code any more."""
    receipt = f"/receipt/details/{await put_receipt(office.database, world.NORTH)}"
    owner = await office.signed_in(login_of(Role.OWNER))
    await opened(owner, PROGRAM, behind=receipt)
    terminal_id = await office.database.fetchval(
        "select terminal_id from terminal"
        " where partner_id = $1 and store_code = 's1' and code = 't1'",
        world.NORTH,
    )
    till = f"/terminal/details/{terminal_id}"
    assert "s1 / t1" in await opened(owner, till, behind=receipt)
    marketer = await office.signed_in(login_of(Role.MARKETER))
    page = (await marketer.get(receipt)).text
    assert PROGRAM in page
    assert "/terminal/details/" not in page
    # What is sold is not altered; here it is.
    await office.database.execute("set session_replication_role = replica")
    await office.database.execute("update receipt set terminal_code = 'gone'")
    page = (await owner.get(receipt)).text
    assert "<dd>gone</dd>" in page
