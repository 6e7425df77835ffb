"""Pages about who belongs with whom, in a real browser: they fit, and axe is content.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from admin.permissions import Role
from tests.admin.test_kin import gold_of, key_of
from tests.admin.test_members import ann_of
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.service import world
from tests.service.office import login_of, office_beside
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    async with office_beside(service) as office:
        yield office


@pytest.mark.parametrize("width", WIDTHS)
async def test_members_are_merged_pooled_and_linked(
    desk: Office, service: Service, chromium: Browser, width: int
) -> None:
    """The other one found, both looked at, one made of them, and taken apart; then a household."""
    ann, gold = await ann_of(desk), await gold_of(desk, service)
    ann_id, gold_id = (one.partition(";")[2] for one in (ann, gold))
    await service.till().confirm("before", receipt(line("apple"), card=world.GOLD_CARD))
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.OWNER))

    async def press(said: str, why: str) -> None:
        await page.fill("#reason", why)
        await page.click("main button.btn-primary >> nth=-1")
        await page.wait_for_url(f"**said={said}")

    await watched.look("/household/list", "kin-households-empty")
    await watched.look(f"/member/{ann}/merge?search={world.GOLD_CARD}", "kin-merge-found")
    await watched.look(f"/member/{ann}/merge?search=nobody", "kin-merge-nobody")
    await watched.look(f"/member/{ann}/merge?other={ann_id}", "kin-merge-refused")
    await watched.look(f"/member/{ann}/merge?other={gold_id}", "kin-merge")
    await press("merge", "одна и та же Анна, две карты")
    await watched.look(f"/member/details/{ann}", "kin-survivor")
    await watched.look(f"/member/details/{gold}", "kin-absorbed")
    await page.click("main .alert a.btn")
    await watched.shoot("kin-unmerge")
    await press("unmerge", "это сёстры")
    await watched.look(f"/member/{ann}/household?household=new", "kin-household-new")
    await press("household", "семья")
    household = await desk.database.fetchval(
        "select member_id from member where household_size > 0"
    )
    await watched.look(f"/household/{key_of(household)}/add?search=gold", "kin-household-found")
    await watched.look(f"/member/{gold}/household?household={household}", "kin-household-join")
    await press("household", "сестра")
    await watched.look(f"/household/details/{key_of(household)}", "kin-household")
    await watched.look("/household/list", "kin-households")
    await watched.look(f"/member/{gold}/leave-household", "kin-household-leave")
    await watched.look(f"/member/{ann}/link-person", "kin-person")
    await press("link-person", "анкета двух партнёров")
    for action in ("leave", "join"):
        path = f"/member/{ann}/{action}-program?program=main"
        await watched.look(path, f"kin-program-{action}")
        await press(f"{action}-program", "попросила")
    await watched.look(f"/member/details/{ann}", "kin-member")
    await watched.look(f"/member/{ann}/tiers", "kin-tiers")
    assert watched.faults == []
    await context.close()
