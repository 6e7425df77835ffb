"""A file as large as a page promises, chosen in a real browser.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import expect

from admin.permissions import Role
from tests.admin.test_large_forms import PATH, text_of
from tests.browser.test_office import CHROMIUM, Watched, chromium
from tests.service import world
from tests.service.office import login_of, office_beside

if TYPE_CHECKING:
    from playwright.async_api import Browser, FilePayload

    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
PROMISED: Final = 1_500_000


def file_of(text: str) -> FilePayload:
    """What somebody chooses."""
    return {"name": "guests.txt", "mimeType": "text/plain", "buffer": text.encode()}


async def test_a_list_is_filled_from_the_largest_file(service: Service, chromium: Browser) -> None:
    """In Russian letters; one byte more is refused before anything is sent."""
    await service.database.execute(
        "insert into member_list (partner_id, code) values ($1, 'guests')", world.NORTH
    )
    async with office_beside(service) as office:
        context = await chromium.new_context(locale="en-GB")
        watched = Watched(await context.new_page(), office.origin)
        page = watched.page
        await watched.sign_in(login_of(Role.OWNER))
        await page.goto(f"{office.origin}{PATH}")
        text = text_of(PROMISED, world.CARD)
        await page.set_input_files("#file", file_of(f"{text}1"))
        said = await page.eval_on_selector("#file", "one => one.validationMessage")
        assert said == "At most 1.5 MB."
        await page.set_input_files("#file", file_of(text))
        await expect(page.locator("#document")).not_to_have_value("")
        await page.click("text=Look at it")
        lines = len(text.splitlines())
        await page.wait_for_selector(f"text=Lines: {lines}. Members: 1.")
        await page.fill("#reason", "opening")
        await page.click("text=Add to the list: 1")
        await page.wait_for_url("**/member-list/details/*")
        assert watched.faults == []
        await context.close()
    assert await service.database.fetchval("select count(*) from member_list_entry") == 1
