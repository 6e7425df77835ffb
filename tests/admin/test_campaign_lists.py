"""What a campaign is for stands where campaigns are listed, and columns are as one chose them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

MARKETER: Final = login_of(Role.MARKETER)
LONG: Final = "Agreed with the supplier of towels: <b>half</b> is theirs, and " + "so on " * 20
REWARD: Final = {"kind": "percent", "lane": "goods", "rate_bp": 100}


def heads_of(page: str) -> list[str]:
    """What the columns of the list are called."""
    return re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page)


async def put_described(office: Office) -> None:
    """Two campaigns with a budget: one with a long description, one with a short one."""
    for code, description in (("long", LONG), ("short", "For the spring")):
        document = world.campaign(code, REWARD, budget={"uses": 9}, description=description)
        await world.put_campaign(office.database, world.NORTH, document)


async def test_a_description_stands_in_the_list_and_on_the_first_page(office: Office) -> None:
    """In short, with the whole of it as title; nobody's markup."""
    await put_described(office)
    marketer = await office.signed_in(MARKETER)
    for address in ("/campaign/list", "/"):
        page = (await marketer.get(address)).text
        assert "For the spring" in page, address
        (whole, shown) = re.search(r'<span title="([^"]*)">([^<]*)</span>', page).groups()  # type: ignore[union-attr]
        assert whole == LONG.replace("<", "&lt;").replace(">", "&gt;")
        assert shown.startswith("Agreed with the supplier of towels: &lt;b&gt;half")
        assert shown.endswith("…")
        assert len(shown.replace("&lt;", "<").replace("&gt;", ">")) <= 90


async def test_columns_of_campaigns_are_chosen_and_kept(office: Office) -> None:
    """With one's login; a campaign leads to its program, if there is one of that code."""
    await put_described(office)
    marketer = await office.signed_in(MARKETER)
    page = (await marketer.get("/campaign/list")).text
    usual = ["Campaign", "For colleagues", "State", "From", "Until", "Budget left", "Changed"]
    assert heads_of(page) == usual
    assert f"/program/details/{world.NORTH};main" not in page
    await marketer.post("/account/columns/campaign", {"column": ["program_code", "state"]})
    page = (await marketer.get("/campaign/list")).text
    assert heads_of(page) == ["Campaign", "State", "Program"]
    assert f'<a href="/program/details/{world.NORTH};main">main</a>' in page
    assert "For the spring" not in page
    analyst = await office.signed_in(login_of(Role.ANALYST))
    assert heads_of((await analyst.get("/campaign/list")).text) == usual
