"""A marketer's walk with a campaign, in a real browser: from nothing to live, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
import pytest

from admin.campaigns.columns import CAMPAIGN_COLUMNS
from admin.permissions import Role
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.service import world
from tests.service.office import login_of, office_beside
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def shop(two_workers: Service) -> AsyncIterator[tuple[Office, Service]]:
    async with office_beside(two_workers) as office:
        yield office, two_workers


class People:
    """A browser of each of those who work on the campaign."""

    def __init__(self, office: Office, chromium: Browser) -> None:
        self._office = office
        self._chromium = chromium

    async def of(self, role: Role, language: str = "en-GB", width: int = 1440) -> Watched:
        context = await self._chromium.new_context(
            viewport={"width": width, "height": 900}, locale=language
        )
        watched = Watched(await context.new_page(), self._office.origin)
        await watched.sign_in(login_of(role))
        return watched


async def earned(service: Service) -> int:
    """What Ann earns now on a receipt under a thousand."""
    sale = receipt(line("towel2", 500_00), card=world.CARD)
    return (await service.till().quote("look", sale)).outcome.points_earned_minor


class Writer:
    """Hands on the keys of the editor: types, and takes what completion offers."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        for key in keys:
            await self._page.keyboard.press(key)

    async def take(self, label: str, typed: str = "") -> None:
        """What is offered for what is typed, or without it when it is asked for."""
        if typed:
            await self._page.keyboard.type(typed)
        else:
            await self.press("Control+Space")
        await self._page.click(f"#suggestions li:has(strong:text-is('{label}'))")

    async def write_the_condition(self) -> None:
        """Before the rewards: the receipt comes to less than a thousand."""
        await self._page.focus("#rule")
        await self.press("Control+Home", "End", "Enter")
        await self.take("when", '"wh')
        await self.take("receipt_amount")
        await self.take("less_than", "less")
        await self.press("End", "ArrowLeft")
        await self._page.keyboard.type("100000")
        await self.press("End")
        await self._page.keyboard.type(",")

    async def write_the_reward(self) -> None:
        """Into the empty list of rewards: half a percent, as far as its number."""
        await self.press("ArrowDown", "End", "ArrowLeft")
        await self.take("points_percent")
        await self.take("points", "po")
        await self.press("End", "ArrowLeft", "ArrowLeft")
        await self.take("rate_bp", ', "rate')


async def write_the_campaign(marketer: Watched) -> None:
    """From an empty rule to one that is said in words; half way it has a fault."""
    page = marketer.page
    await page.goto(f"{marketer.origin}/campaign/new")
    await page.fill("#name", "More for small receipts")
    await page.fill("#code", "small")
    await page.select_option("#beginning", "empty")
    await page.click("button:text-is('Begin')")
    await page.wait_for_url("**/campaign/edit/small")
    await page.wait_for_load_state("networkidle")
    assert orjson.loads(await page.input_value("#rule")) == {"rewards": []}
    writer = Writer(page)
    await writer.write_the_condition()
    await writer.write_the_reward()
    await page.keyboard.type("0")
    await page.wait_for_selector("[data-field=rule] .invalid-feedback:has-text('rate_bp')")
    assert await page.locator("#words h3").count() == 0
    await marketer.judge("a faulty rule")
    await marketer.shoot("campaign-faulty")
    await writer.press("Backspace")
    await page.keyboard.type("50")
    await page.wait_for_selector("#words h3")
    assert await page.locator(".invalid-feedback").count() == 0
    said = await page.inner_text("#words")
    assert "is less than 1000.00 RUB" in said
    assert "Earns 0.5 % of the value" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert orjson.loads(await page.input_value("#rule")) == {
        "when": {"kind": "receipt_amount", "compare": "less_than", "amount_minor": 1_000_00},
        "rewards": [{"kind": "points_percent", "lane": "points", "rate_bp": 50}],
    }
    await marketer.shoot("campaign-written")


async def test_half_a_percent_more_under_a_thousand_and_back(
    shop: tuple[Office, Service], chromium: Browser
) -> None:
    """The documents' own example, written into an empty rule and approved by another person.

    What is wrong is told at the field while one types, what is right is said in words beside it;
    a till's next quote tells that it is live.
    """
    office, service = shop
    people = People(office, chromium)
    before = await earned(service)
    marketer = await people.of(Role.MARKETER)
    page = marketer.page
    await write_the_campaign(marketer)
    await page.click("button:text-is('Save draft')")
    await page.wait_for_url("**/campaign/details/small")
    administrator = await people.of(Role.ADMINISTRATOR)
    await administrator.page.goto(f"{office.origin}/campaign/details/small")
    await administrator.page.click("button:text-is('Approve')")
    await page.reload()
    await page.click("button:text-is('Put into the rules')")
    await page.wait_for_url("**/publication/list")
    await marketer.shoot("publication-waiting")
    assert await earned(service) == before
    await page.fill("#note", "asked by the shops")
    await page.click("button:has-text('Publish')")

    async def is_live() -> bool:
        return await earned(service) == before + 2_50

    await wait_until(is_live, within_s=2, what="the campaign at the till")
    await page.wait_for_selector("text=in force on all 2 workers")
    await marketer.shoot("publication")
    await page.click("text=Look, or go back to it")
    await marketer.shoot("publication-back")
    page.once("dialog", lambda dialog: dialog.accept())
    page.remove_listener("dialog", marketer._alarmed)
    await page.click("button:has-text('Roll back')")

    async def is_back() -> bool:
        return await earned(service) == before

    await wait_until(is_back, within_s=5, what="the rules of before")
    assert marketer.faults == administrator.faults == []


async def test_two_managers_of_one_campaign_lose_nothing(
    shop: tuple[Office, Service], chromium: Browser
) -> None:
    """Both have it open; who saves second sees what the first has changed, and both stand."""
    office, _ = shop
    people = People(office, chromium)
    first, second = await people.of(Role.MARKETER), await people.of(Role.ADMINISTRATOR)
    page = second.page
    for one in (first, second):
        await one.page.goto(f"{office.origin}/campaign/edit/fruit")
        await one.page.wait_for_selector("#words h3")
    await first.page.fill("#name", "Fruit week")
    await first.page.fill("#priority", "7")
    await first.page.click("button:text-is('Save draft')")
    await first.page.wait_for_url("**/campaign/details/fruit")
    await page.fill("#name", "Fruit days")
    await page.fill("#description", "Asked by the shops")
    await page.click("button:text-is('Save draft')")
    told = await page.inner_text("main .alert-warning")
    assert f"{login_of(Role.MARKETER)} saved version" in told
    assert "Taken over from the other version: priority" in told
    assert {"Fruit days", "Fruit week"} <= set(re.findall(r"Fruit \w+", told))
    assert await page.input_value("#name") == "Fruit days"
    assert await page.input_value("#priority") == "7"
    assert await page.input_value("#description") == "Asked by the shops"
    await second.judge("two managers")
    await second.shoot("campaign-two-managers")
    await page.click("button:text-is('Save draft')")
    await page.wait_for_url("**/campaign/details/fruit")
    held = await office.database.fetchval(
        "select draft from campaign where partner_id = $1 and code = 'fruit'", world.NORTH
    )
    draft = orjson.loads(held)
    assert (draft["name"], draft["priority"]) == ("Fruit days", 7)
    assert draft["description"] == "Asked by the shops"
    # The browser itself says what status the page had that told of the other change.
    assert [fault for fault in second.faults if "409" not in fault] == first.faults == []


async def test_a_program_is_completed_and_worded_as_it_is_typed(
    shop: tuple[Office, Service], chromium: Browser
) -> None:
    """A new one is whole, and said in words at once; categories are found as they begin."""
    office, _ = shop
    marketer = await People(office, chromium).of(Role.MARKETER)
    page = marketer.page
    await page.goto(f"{office.origin}/program/create")
    await page.wait_for_selector("#words h3")
    await page.fill("#document", '{"accrual": {"goods": {"categories": [\n')
    await page.focus("#document")
    await page.keyboard.press("Control+End")
    await page.keyboard.type('"fr')
    await page.click("#suggestions li:has(strong:text-is('fruit'))")
    assert (await page.input_value("#document")).endswith('"fruit"')
    await page.wait_for_selector(".field-faults .invalid-feedback")
    await page.wait_for_selector("#words h3", state="detached")
    # Between what is written already: it stays, though the new text has no second quote yet.
    await page.fill("#document", '{"accrual": {"goods": {"categories": ["home"]}}}')
    await page.evaluate("(at) => document.querySelector('#document').setSelectionRange(at, at)", 38)
    await page.keyboard.type('"fr')
    await page.click("#suggestions li:has(strong:text-is('fruit'))")
    await page.keyboard.type(", ")
    assert '{"categories": ["fruit", "home"]}' in await page.input_value("#document")
    assert marketer.faults == []


@pytest.mark.parametrize("width", WIDTHS)
async def test_every_page_of_campaigns_fits(
    shop: tuple[Office, Service], chromium: Browser, width: int
) -> None:
    """On a desk and on a phone, in Russian: usual, empty, faulty, refused, brought together."""
    office, service = shop
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    await office.database.execute(
        "insert into campaign_version (partner_id, campaign_code, version, document, author)"
        " select partner_id, code, 1, document, 'north-owner' from campaign where code = 'fruit'"
    )
    await office.database.execute(
        "update campaign set version = 1, draft_version = 1,"
        """ draft = document || '{"name": "Fruit of the week, a fifth off", "priority": 5}'"""
        " where code = 'fruit'"
    )
    watched = await People(office, chromium).of(Role.OWNER, "ru-RU", width)
    ann = await service.ann()
    for path, name in (
        ("/campaign/list", "campaign"),
        ("/campaign/list?search=zzz", "campaign-nothing"),
        ("/campaign/new", "campaign-new"),
        ("/campaign/details/fruit", "campaign-details"),
        ("/campaign/details/spring", "campaign-untouched"),
        ("/campaign/edit/fruit", "campaign-edit"),
        (f"/campaign/try/earn?member={ann}&purchase=sold", "campaign-trial"),
        ("/campaign/try/earn", "campaign-trial-empty"),
        ("/campaign/import", "campaign-import"),
        ("/publication/list", "publication-usual"),
        ("/limit/list", "limit"),
        ("/limit/list?search=zzz", "limit-nothing"),
        ("/program/create", "program-new"),
        (f"/program/edit/{world.NORTH};main", "program-edit"),
    ):
        await watched.look(path, name)
    assert not watched.faults, "\n".join(watched.faults)


@pytest.mark.parametrize("language", ["en-GB", "ru-RU"])
async def test_from_and_until_of_a_campaign_stand_on_one_line(
    shop: tuple[Office, Service], chromium: Browser, language: str
) -> None:
    """With all columns and long texts beside them, on a desk: what is long wraps, dates do not."""
    office, _ = shop
    reward = {"kind": "percent", "lane": "goods", "rate_bp": 100}
    dates = {"starts_at": "2026-11-21T10:00:00", "ends_at": "2026-12-31T22:30:15"}
    document = world.campaign(
        "towels-and-what-goes-with-them",
        reward,
        name="Towels, bathrobes and all that goes with them, a third off",
        description="Agreed with the supplier: half of it is theirs, and the rest is ours",
        schedule=dates,
        budget={"discount_minor": 1_000_000_00, "uses": 10_000},
    )
    await world.put_campaign(office.database, world.NORTH, document)
    marketer = await People(office, chromium).of(Role.MARKETER, language)
    await office.database.execute(
        "insert into staff_list (staff_id, of_list, columns) select staff_id, 'campaign', $1"
        " from staff where login = $2",
        list(CAMPAIGN_COLUMNS.offered),
        login_of(Role.MARKETER),
    )
    await marketer.look("/campaign/list?search=towels", f"campaign-dates-{language}")
    # Lines of text in each cell of the row: as many as heights at which some of it stands.
    lines = await marketer.page.evaluate(
        "[...document.querySelectorAll('tbody tr:first-child td')].map((cell) => {"
        " const text = document.createRange(); text.selectNodeContents(cell);"
        " return new Set([...text.getClientRects()].filter((one) => one.width)"
        ".map((one) => Math.round(one.top))).size })"
    )
    of_column = dict(zip(CAMPAIGN_COLUMNS.offered, lines, strict=True))
    assert of_column["description"] > 1, "the table is as full as that"
    assert [of_column[name] for name in ("starts_at", "ends_at", "updated_at")] == [1, 1, 1]
    assert not marketer.faults, "\n".join(marketer.faults)
