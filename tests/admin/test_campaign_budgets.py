"""What is left of a campaign's budget, as its pages tell it of real sales."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service

_CELL: Final = re.compile(
    r'/campaign/details/([\w-]+)">.*?data-label="Budget left">([^<]*)<', re.DOTALL
)


async def left_in_list(browser: Browser) -> dict[str, str]:
    """What the list says in the column, by code."""
    return dict(_CELL.findall((await browser.get("/campaign/list")).text))


async def test_the_list_tells_what_sales_left_of_a_budget(desk: Office, service: Service) -> None:
    """Money and receipts: spent by a sale, set aside by a hold, given back by a return."""
    reward = {"kind": "amount", "lane": "goods", "amount_minor": 7_50, "goods": {"skus": ["towel"]}}
    document = world.campaign("towels", reward, budget={"discount_minor": 1_000_00, "uses": 20})
    await world.put_campaign(desk.database, world.NORTH, document)
    await service.operator().publish()
    await service.workers[0].follower.step()
    analyst = await desk.signed_in(login_of(Role.ANALYST))
    before = await left_in_list(analyst)
    assert before["towels"] == "1,000.00\u00a0₽, 20 receipts"
    assert before["bread"] == "50 receipts"
    assert before["fruit"] == "", "it has none"
    till = service.till()
    await till.confirm("sold", receipt(line("towel"), line("bread", position=2)))
    sold = {**before, "towels": "992.50\u00a0₽, 19 receipts", "bread": "49 receipts"}
    assert await left_in_list(analyst) == sold
    await till.quote("held", receipt(line("towel")), hold=True)
    assert (await left_in_list(analyst))["towels"] == "985.00\u00a0₽, 18 receipts"
    page = (await analyst.get("/campaign/details/towels")).text
    assert "<dd>985.00\u00a0₽, 18 receipts</dd>" in page
    await till.cancel("held")
    await till.take_back("sold")
    assert await left_in_list(analyst) == before
