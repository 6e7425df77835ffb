"""What is known of a member and done for them, sent from their page in a real browser.

Each form is opened where it stands on the page; then what came of it is seen there, and in the
history what was and what is. Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.admin.test_members import ann_of
from tests.browser.test_office import CHROMIUM, Watched, chromium
from tests.service import gifts, world
from tests.service.office import login_of, office_beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
NEW_PHONE: Final = "+79005550012"


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 5)
    await service.database.execute(
        "insert into member_attribute (partner_id, code, name, kind)"
        " values ($1, 'children', 'Number of children', 'number')",
        world.NORTH,
    )
    await service.database.execute(
        "update member_profile set last_name = 'Karenina', phone = $1 where member_id = $2",
        world.PHONE,
        await service.ann(),
    )
    async with office_beside(service) as office:
        yield office


class OfMember:
    """A member's page and its forms, in the browser of somebody who may send all of them."""

    def __init__(self, watched: Watched, key: str) -> None:
        self._page = watched.page
        self._origin = watched.origin
        self._key = key

    async def send(self, action: str, asked: str = "", **fields: str) -> str:
        """Open a form from the page, fill it in and send it; what the page says then."""
        page = self._page
        address = f"/member/{self._key}/{action}"
        await page.goto(f"{self._origin}/member/details/{self._key}")
        await page.click(f'main a[href="{address}{asked}"]')
        await page.wait_for_url(f"**{address}*")
        for name, value in fields.items():
            field = page.locator(f"#{name}")
            if await field.evaluate("(one) => one.tagName") == "SELECT":
                await field.select_option(value)
            else:
                await field.fill(value)
        await page.click("main .form-buttons button")
        await page.wait_for_url(f"**said={action}")
        return await page.inner_text("main")

    async def told(self, why: str, record: str = "member", about: str = "") -> str:
        """The latest row of the history about it, which says why: columns, before and after."""
        page = self._page
        member_id = self._key.partition(";")[2]
        await page.goto(f"{self._origin}/history?record={record}&key={member_id}")
        latest = page.locator("article.entry").filter(has_text=about).first
        closed = latest.locator("details:not([open]) > summary")
        if await closed.count():
            await closed.click()
        said = await latest.inner_text()
        assert why in said
        assert login_of(Role.OWNER) in said
        return " | ".join(said.split("\t"))


async def test_what_a_member_is_is_changed_and_told(desk: Office, chromium: Browser) -> None:
    """Names, a phone, an attribute, a consent: on the page, and in the history before and after."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    await watched.sign_in(login_of(Role.OWNER))
    ann = OfMember(watched, await ann_of(desk))
    said = await ann.send("profile", last_name="Vronskaya", reason="she married")
    assert "Ann Vronskaya" in said
    assert "Last name: Karenina → Vronskaya" in said
    told = await ann.told("she married", "member_profile")
    assert "Last name | Karenina | Vronskaya" in told

    contact = {"kind": "phone", "number": NEW_PHONE, "instead_of": world.PHONE}
    said = await ann.send("contact", **contact, reason="a new number")
    assert f"Phone: {world.PHONE} → {NEW_PHONE}" in said
    assert said.count(world.PHONE) == 1, "it was theirs"
    assert said.count(NEW_PHONE) > 1
    told = await ann.told("a new number", "member_profile")
    assert f"Phone | {world.PHONE} | {NEW_PHONE}" in told
    told = await ann.told("a new number", about="Blocked")
    assert "Blocked | No | Yes" in told, "the old one brings nobody"

    for was, number in (("—", "2"), ("2", "3")):
        why = f"{number}, she said"
        said = await ann.send("attribute", "?attribute=children", value=number, reason=why)
        assert f"Number of children\n{number}\n" in said
        assert f"Attribute: Number of children | {was} | {number}" in await ann.told(why)

    for asked, was, now in (("yes", "—", "Yes"), ("no", "Yes", "—")):
        why = f"she said {asked}"
        said = await ann.send("consent", f"?channel=sms&consents={asked}", reason=why)
        consents = "consents" if asked == "yes" else "does not consent"
        assert f"SMS\n{consents}\n{why}" in said
        assert f"Consent: SMS | {was} | {now}" in await ann.told(why)
    await watched.shoot("member-forms-history")
    assert watched.faults == []
    await context.close()


async def test_a_gift_and_a_purchase_by_hand_are_added_and_told(
    desk: Office, chromium: Browser
) -> None:
    """Points go and come in the statement, and the history says who gave and added what."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    await watched.sign_in(login_of(Role.OWNER))
    ann = OfMember(watched, await ann_of(desk))
    said = await ann.send("gift", gift=gifts.MUG, count="2", reason="birthday")
    assert "Mug × 2" in said
    assert "Gift\t-0.20\t499.80\tbirthday" in said
    told = await ann.told("birthday")
    assert "Gift given" in told
    assert "How many | — | 2" in told
    assert "Points | — | 0.20" in told

    bought = dt.datetime.now(dt.UTC) - dt.timedelta(hours=20)
    purchase = {"store": "s1", "made_at": f"{bought:%Y-%m-%dT%H:%M}", "amount": "99.50"}
    said = await ann.send("purchase", **purchase, receipt_number="77", reason="the till was down")
    assert "Purchase\t+0.99\t500.79" in said
    assert "77 sale, by hand" in said
    assert "Purchase by hand" in await ann.told("the till was down")
    await watched.shoot("member-forms-purchase-history")
    assert watched.faults == []
    await context.close()
