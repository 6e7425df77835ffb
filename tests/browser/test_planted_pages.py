"""No stored text becomes markup in a browser: each page, with a payload in every text column.

What the server sends is looked at by tests/admin/test_scripts.py; here scripts of the pages have
run, too. Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.admin.planted import MARK, SCRIPTS, plant
from tests.admin.test_scripts import BY_THE_SERVICE
from tests.browser.every_page import pages_of
from tests.browser.test_office import CHROMIUM, Watched, chromium
from tests.service import busy_shop
from tests.service.office import INSTALLATION_OWNER, office_beside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.async_api import Browser

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
#: What begins an element where it is taken for markup, and needs no click; with blanks, so that
#: codes do not have it.
ALARM: Final = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
#: Texts that people write and that may have blanks.
_WRITTEN: Final = (
    *("store.name", "product.name", "chain.name", "staff.name", "member_profile.last_name"),
    *("admin_history.reason", "publication.note"),
)
#: Elements and attributes that are none of ours, as the page is when its scripts have run.
_STRANGE: Final = """
(ours) => [...document.querySelectorAll("*")].flatMap((one) => [
  ...(one.tagName === "SCRIPT" && !ours.includes(one.getAttribute("src")) ? ["a script"] : []),
  ...one.getAttributeNames().filter((name) => /^on|['"]/.test(name)),
  ...(one.tagName === "IMG" && one.getAttribute("src") === "x" ? ["a picture"] : []),
])
"""


async def see(watched: Watched, pages: Mapping[str, str]) -> None:
    """Open pages; whatever of them a browser took for markup is a fault."""
    for route, address in pages.items():
        heard = len(watched.faults)
        answer = await watched.page.goto(f"{watched.origin}{address}")
        strange = await watched.page.evaluate(_STRANGE, sorted(SCRIPTS))
        if answer is None or answer.status != 200:
            watched.faults.append(str(answer and answer.status))
        watched.faults += strange
        watched.faults[heard:] = [f"{route}: {fault}" for fault in watched.faults[heard:]]


async def test_no_stored_text_is_markup_in_a_browser(service: Service, chromium: Browser) -> None:
    """No dialog, no script, no attribute of a text; nor in what a field and the editor offer."""
    await busy_shop.make_busy(service, MARK)
    async with office_beside(service) as office:
        await busy_shop.put_records(office.database, MARK)
        context = await chromium.new_context(locale="en-GB")
        watched = Watched(await context.new_page(), office.origin)
        await watched.sign_in(INSTALLATION_OWNER)
        pages = await pages_of(office)
        # The service knows no planted code: what pages ask it for is seen before.
        await see(watched, {route: pages[route] for route in BY_THE_SERVICE})
        planted, _ = await plant(office.database)
        await office.database.execute("set session_replication_role = replica")
        for column in _WRITTEN:
            assert column in planted
            table, _, name = column.partition(".")
            await office.database.execute(f"update {table} set {name} = {name} || $1", ALARM)
        await office.database.execute("reset session_replication_role")
        pages = await pages_of(office)
        await see(watched, {route: pages[route] for route in pages.keys() - set(BY_THE_SERVICE)})
        await watched.page.goto(f"{office.origin}/terminal/create")
        async with watched.page.expect_response("**/store/lookup*"):
            await watched.page.fill("#store_code", "s")
        await watched.page.wait_for_selector("#store_code-list option", state="attached")
        watched.faults += await watched.page.evaluate(_STRANGE, sorted(SCRIPTS))
        await watched.page.goto(f"{office.origin}{pages['/campaign/edit/{id}']}")
        await watched.page.wait_for_load_state("networkidle")
        await watched.page.fill("#rule", '{"when": {"kind": "campaign_applied", "campaigns": [')
        await watched.page.press("#rule", "Control+End")
        await watched.page.press("#rule", "Control+Space")
        await watched.page.wait_for_selector("#suggestions li:has-text('{{7*7}}')")
        watched.faults += await watched.page.evaluate(_STRANGE, sorted(SCRIPTS))
        await context.close()
    assert not watched.faults, "\n".join(watched.faults)


async def test_what_a_browser_takes_for_markup_is_seen(chromium: Browser) -> None:
    """The look finds each kind of element and attribute."""
    page = await chromium.new_page()
    for held, found in (
        (f"<p>{MARK}</script></p>", ["a script"]),
        (f'<p title="{MARK}</script>">x</p>', ["a script"]),
        (ALARM, ["onerror", "a picture", "a script"]),
        ('<p title="a"\'="b">x</p>', ["'"]),
        ('<script src="/assets/office.js"></script><p title="x">x</p>', []),
    ):
        await page.set_content(held)
        assert await page.evaluate(_STRANGE, sorted(SCRIPTS)) == found, held
    await page.close()
