"""Cards in a real browser: a type, a box of numbers, a lost card replaced; pictures at two widths.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from admin.permissions import Role
from tests.browser.test_desk import desk
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.service import world
from tests.service.cards import add_card_type, issue_cards, replace_card
from tests.service.office import login_of
from tests.service.till import refusal_of

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium", "desk"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
CARDS = 3_000


async def test_a_lost_card_is_replaced_by_one_of_a_new_box(
    desk: Office, service: Service, chromium: Browser
) -> None:
    """From nothing: the type, the box with its file, and the member whose card is lost."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.OWNER))
    await page.goto(f"{desk.origin}/card-type/create")
    await page.fill("#code", "plastic")
    await page.fill("#name", "Plastic")
    await page.fill("#prefix", "9643")
    await page.click("main .form-buttons button")
    await page.wait_for_url("**/card-type/details/*")
    await service.workers[0].follower.step()
    await page.goto(f"{desk.origin}/identifier/list")
    await page.click("text=Issue cards")
    await page.fill("#total", str(CARDS))
    await page.fill("#reason", "for the racks")
    await page.click("main button")
    await page.wait_for_selector(f"text={CARDS} / {CARDS}", timeout=60_000)
    async with page.expect_download() as taken:
        await page.click("text=Take the file")
    numbers = (await (await taken.value).path()).read_text().split()[1:]
    assert len(set(numbers)) == CARDS
    await page.goto(f"{desk.origin}/member/list")
    await page.fill("#search", world.PHONE)
    await page.press("#search", "Enter")
    await page.click("tbody a")
    await page.click("main a.btn-sm >> text=Replace")
    await page.fill("#new_card", numbers[0])
    await page.fill("#reason", "lost in a bus")
    await page.click("main button")
    await page.wait_for_url("**said=replace-card")
    assert "Replaced: lost" in await page.inner_text("main")
    await service.workers[0].invalidator.step()
    till = service.till()
    assert (await refusal_of(till.identify(card=world.CARD))).reason == "CARD_REPLACED"
    assert (await till.identify(card=numbers[0])).member_id in page.url
    await page.click("main a.btn-sm >> text=Replace")
    await page.select_option("#new_type", "plastic")
    await page.fill("#reason", "wants a number only")
    await page.click("main button")
    number = await page.inner_text("#secret")
    assert re.fullmatch(r"9643\d{9}", number)
    await watched.shoot("cards-shown-once")
    assert (await till.identify(card=number)).member_id == await _member_of(desk)
    assert watched.faults == []
    await context.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_pages_of_cards_fit(
    desk: Office, service: Service, chromium: Browser, width: int
) -> None:
    """On a desk and on a phone, empty and with cards in every state: nothing sticks out."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), desk.origin)
    await watched.sign_in(login_of(Role.OWNER))
    await watched.look("/card-type/list", "cards-no-types")
    await watched.look("/card/issue", "cards-issue-without-types")
    await add_card_type(service)
    await add_card_type(service, "app", prefix="9644", digits=16, issued_at_enrolment=True)
    operator = service.operator()
    first, second, *_ = await issue_cards(operator, 40)
    await replace_card(operator, world.CARD, new_card=first)
    await service.till().bind(second, shown=first)
    await operator.block_card(second)
    member = await _member_of(desk)
    bucket = await desk.database.fetchval("select bucket from member where member_id = $1", member)
    card = await desk.database.fetchval(
        "select encode(digest, 'hex')::uuid from identifier"
        " where member_id = $1 and blocked_at is null and kind = 'card'",
        member,
    )
    key = f"{bucket};{member}"
    for path, name in (
        ("/card-type/list", "types"),
        ("/card-type/create", "type-new"),
        (f"/card-type/details/{world.NORTH};plastic", "type"),
        (f"/card-type/edit/{world.NORTH};plastic", "type-edit"),
        ("/identifier/list", "list"),
        ("/identifier/list?card_state=replaced", "list-replaced"),
        ("/card/issue", "issue"),
        (f"/member/details/{key}", "member"),
        (f"/member/{key}/replace-card?card_id={card}", "replace"),
        (f"/member/{key}/block-this-card?card_id={card}", "block"),
    ):
        await watched.look(path, f"cards-{name}")
    assert watched.faults == []
    await context.close()


async def _member_of(desk: Office) -> str:
    return str(
        await desk.database.fetchval(
            "select member_id from member_profile where last_name = 'Karenina'"
        )
    )
