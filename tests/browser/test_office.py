"""A manager's walk in a real browser, at two widths; pictures of pages in build/screens.

Every page that is looked at is judged by axe, too: what it finds wrong for people who hear pages,
or use them without a mouse, fails.

Needs Chromium (`apt install chromium`, or CHECKOUT_TEST_CHROMIUM names it): else it is skipped.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from axe_playwright_python.async_playwright import Axe

from admin.staff.tokens import hash_of
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, PASSWORD, running_office, store_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, ConsoleMessage, Page

    from tests.service.office import Office

CHROMIUM: Final = os.environ.get("CHECKOUT_TEST_CHROMIUM") or shutil.which("chromium")
SCREENS: Final = Path(__file__).resolve().parents[2] / "build" / "screens"
WIDTHS: Final = (1440, 390)
#: Placeholders that are wider than their fields, and moments that go on in another line.
_CUT: Final = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  const isCut = (field) => {
    const style = getComputedStyle(field);
    pen.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return field.offsetParent && pen.measureText(field.placeholder).width > room;
  };
  return [
    ...[...document.querySelectorAll('input[placeholder]')].filter(isCut)
      .map((one) => one.placeholder),
    ...[...document.querySelectorAll('time')].filter((one) => one.getClientRects().length > 1)
      .map((one) => one.textContent),
  ];
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def office(world_dsn: str) -> AsyncIterator[Office]:
    async with running_office(world_dsn) as office:
        yield office


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    playwright = pytest.importorskip("playwright.async_api")
    async with playwright.async_playwright() as started:
        # Sandboxes want rights that containers lack; the pages are our own.
        browser = await started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        await browser.close()


class Watched:
    """A page that remembers what went wrong: alerts, script errors, refused content."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.faults: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", self._alarmed)

    async def sign_in(self, login: str) -> None:
        """Through the entrance, as people do."""
        await self.page.goto(f"{self.origin}/sign-in")
        await self.page.fill("#login", login)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("form button")
        await self.page.wait_for_url(f"{self.origin}/")

    async def look(self, path: str, name: str) -> None:
        """Open a page, see that nothing sticks out and axe is content, and take its picture."""
        await self.page.goto(f"{self.origin}{path}")
        await self.judge(path)
        await self.shoot(name)

    async def see_that_it_fits(self, path: str) -> None:
        """Nothing of the page sticks out of the window."""
        too_wide = await self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        if too_wide:
            self.faults.append(f"{path} is wider than the window")
        # On a phone tables become lists of cards: nothing of one lies beyond its edge.
        if await self.page.evaluate(
            "innerWidth < 800 && [...document.querySelectorAll('.table-responsive')]"
            ".some((one) => one.scrollWidth > one.clientWidth + 1"
            " && one.querySelector('.card-table'))"
        ):
            self.faults.append(f"{path} has a table that sticks out of its card")
        for cut in await self.page.evaluate(_CUT):
            self.faults.append(f"{path}: {cut} is cut, or broken in two")

    async def judge(self, path: str) -> None:
        """See that nothing of the page sticks out, and that axe is content."""
        await self.see_that_it_fits(path)
        for violation in (await Axe().run(self.page)).response["violations"]:
            where = violation["nodes"][0]["html"]
            self.faults.append(f"{path}: {violation['id']}, {violation['help']}: {where}")

    async def shoot(self, name: str) -> None:
        """Take a picture of the page as it is."""
        size = self.page.viewport_size
        assert size is not None
        SCREENS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SCREENS / f"{name}-{size['width']}.png", full_page=True)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    async def _alarmed(self, dialog: object) -> None:
        self.faults.append(f"dialog: {dialog.message}")  # type: ignore[attr-defined]
        await dialog.dismiss()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", WIDTHS)
async def test_usual_and_empty_pages_fit_and_keep_the_policy(
    office: Office, chromium: Browser, width: int
) -> None:
    """On a desk and on a phone: no error, nothing refused by the policy, nothing sticks out.

    Pages of each kind with little in them; test_every_page.py has all of them with much.
    """
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), office.origin)
    await watched.look("/sign-in", "sign-in")
    await watched.sign_in(INSTALLATION_OWNER)
    member = await office.database.fetchrow(
        "select bucket, member_id from member where partner_id = $1 order by 2", world.NORTH
    )
    # A setting that nobody can follow, and one that waits for another person.
    await office.database.execute(
        'update partner set settings = settings || \'{"offline": {"late_days": "7"}, "awaiting":'
        ' {"four_eyes_above_minor": {"value": 5000, "author": "north-owner"}}}\''
    )
    for path, name in (
        ("/", "start"),
        ("/member/list", "member"),
        (f"/partner/details/{world.NORTH}", "partner-details"),
        ("/store/list", "store"),
        ("/store/list?search=zzz", "nothing-found"),
        (f"/store/details/{store_path('s1')}", "store-details"),
        (f"/member/details/{member['bucket']};{member['member_id']}", "member-details"),
    ):
        await watched.look(path, name)
    assert watched.faults == []
    await context.close()


async def test_a_manager_makes_a_store_and_a_token(office: Office, chromium: Browser) -> None:
    """Typing offers chains, saving leads to the record; a terminal gets a token, then the next."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), office.origin)
    page = watched.page
    await watched.sign_in(INSTALLATION_OWNER)
    await page.goto(f"{office.origin}/store/create")
    await page.fill("#code", "s9")
    await page.fill("#name", "Shop nine")
    async with page.expect_response("**/chain/lookup*"):
        await page.fill("#chain_code", "cha")
    await page.wait_for_selector("#chain_code-list option", state="attached")
    await page.fill("#chain_code", "chain")
    await page.fill("#program_code", "main")
    await page.fill("#time_zone", "Europe/Moscow")
    await page.fill("#reason", "opens tomorrow")
    await page.click("text=Save")
    await page.wait_for_url("**/store/details/*")
    assert await page.inner_text("h1") == "Shop nine (s9)"
    await page.goto(f"{office.origin}/terminal/create")
    await page.fill("#store_code", "s9")
    await page.fill("#code", "till-1")
    await page.click("text=Save")
    await page.click("text=Make a token")
    first = await page.inner_text("#secret")
    assert first.startswith("till-")
    await watched.shoot("token")
    await page.click("text=I have copied it")
    assert await page.locator("button", has_text="Revoke").count() == 1
    await page.fill("#token-reason", "the first was seen by somebody")
    await page.click("text=Make the next token")
    second = await page.inner_text("#secret")
    await page.click("text=I have copied it")
    assert await page.locator("button", has_text="Revoke").count() == 2
    assert "Two tokens live" in await page.inner_text("main")
    await watched.shoot("token-rotated")
    assert await live_tokens(office, first, second) == {first, second}
    # The till has the second: the first is revoked, by its row.
    page.remove_listener("dialog", watched._alarmed)
    page.once("dialog", lambda dialog: dialog.accept())
    row = page.locator(".row-line", has_text=hash_of(first).hex()[:12])
    await row.locator("button").click()
    await page.wait_for_selector("text=Make the next token")
    assert await page.locator("button", has_text="Revoke").count() == 1
    assert await live_tokens(office, first, second) == {second}
    await page.click("text=Sign out")
    await page.wait_for_url("**/sign-in")
    assert watched.faults == []
    await context.close()


async def live_tokens(office: Office, *tokens: str) -> set[str]:
    """Those with which a till is let in."""
    live = await office.database.fetch(
        "select token_hash from terminal_token where revoked_at is null"
    )
    hashes = {row["token_hash"] for row in live}
    return {token for token in tokens if hash_of(token) in hashes}
