"""A call centre's and a marketer's walk in a real browser, beside a service that sells.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from checkout.v1.receipt_pb2 import Settlement, Tender
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.service import world
from tests.service.coupons import issue, publish_coupon_rules
from tests.service.office import login_of, office_beside
from tests.service.till import line, receipt, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
CERTIFICATES: Final = 10_000


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    await publish_coupon_rules(service)
    for number in range(12):
        sale = receipt(line("apple"), line("bread", position=2), card=world.CARD)
        tenders = [Tender(kind="card", amount_minor=180_00, bin="220000")]
        settled = Settlement(receipt_number=f"47{number:02}", tenders=tenders)
        await service.till().confirm(f"basket-{number}", sale, settlement=settled)
    await service.till().confirm("guest", receipt(line("soap")))
    await service.till().take_back("basket-11", {1: 1_000})
    await service.database.execute(
        "update member_profile set last_name = 'Karenina', first_name = 'Anna', phone = $1"
        " where member_id = $2",
        world.PHONE,
        await service.ann(),
    )
    async with office_beside(service) as office:
        yield office


async def test_a_member_is_found_a_receipt_explained_a_balance_corrected(
    desk: Office, chromium: Browser
) -> None:
    """By phone; the receipt tells why; the correction stands in the statement at once."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.CALL_CENTRE))
    await page.goto(f"{desk.origin}/member/list")
    await page.fill("#search", world.PHONE)
    await page.press("#search", "Enter")
    await page.click("tbody a")
    await page.wait_for_url("**/member/details/*")
    assert "Karenina" in await page.inner_text("main")
    await page.click("text=4711")
    await page.wait_for_url("**/receipt/details/*")
    assert "Name of fruit" in await page.inner_text("main")
    await page.go_back()
    await page.click("text=Correct points")
    await page.fill("#points", "-12,50")
    await page.fill("#reason", "counted twice")
    await page.click("main button")
    await page.wait_for_url("**said=correct")
    assert "-12.50" in await page.inner_text("main")
    assert watched.faults == []
    await context.close()


async def test_ten_thousand_certificates_are_issued(desk: Office, chromium: Browser) -> None:
    """A form, a bar that fills, a file with every code."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.MARKETER))
    await page.goto(f"{desk.origin}/certificate/issue")
    await page.select_option("#series", "gift")
    await page.fill("#total", str(CERTIFICATES))
    await page.fill("#reason", "new year")
    await page.click("main button")
    await page.wait_for_selector("text=10000 / 10000", timeout=60_000)
    async with page.expect_download() as taken:
        await page.click("text=Take the file of codes")
    lines = (await (await taken.value).path()).read_text().split()
    assert len(set(lines[1:])) == CERTIFICATES
    assert watched.faults == []
    await context.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_pages_of_the_desk_fit(
    desk: Office, service: Service, chromium: Browser, width: int
) -> None:
    """On a desk and on a phone, with data: no error, nothing sticks out."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), desk.origin)
    await watched.sign_in(login_of(Role.OWNER))
    member = await desk.database.fetchrow(
        "select bucket, member_id from member_profile where last_name = 'Karenina'"
    )
    key = f"{member['bucket']};{member['member_id']}"
    sold = await desk.database.fetchrow(
        "select bucket, month, receipt_id from receipt where purchase_id = 'basket-11'"
    )
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    (coupon,) = await issue(service.operator(), member_id=str(member["member_id"]), uses_max=2)
    sale = receipt(line("towel"), card=world.CARD, coupons=[coupon.code], certificates=shown(code))
    await service.till().confirm("with codes", sale)
    certificate = await desk.database.fetchval(
        "select bucket || ';' || certificate_id from certificate"
    )
    given = await desk.database.fetchval(
        "select bucket || ';' || encode(digest, 'hex')::uuid from coupon where uses_max = 2"
    )
    await desk.database.execute(
        "insert into coupon_series (partner_id, code, name) values ($1, 'sorry', 'Apology')",
        world.NORTH,
    )
    for path, name in (
        ("/", "first"),
        (f"/member/details/{key}", "member"),
        (f"/member/{key}/correct", "member-correct"),
        (f"/member/{key}/purchase", "member-purchase"),
        (f"/member/{key}/profile", "member-profile"),
        ("/receipt/list", "receipt-list"),
        ("/receipt/list?number=none", "receipt-none"),
        (f"/receipt/details/{sold['bucket']};{sold['month']};{sold['receipt_id']}", "receipt"),
        ("/correction/list", "corrections"),
        ("/certificate/issue", "certificate-issue"),
        ("/certificate/list", "certificate-list"),
        ("/coupon/issue", "coupon-issue"),
        ("/coupon/list", "coupon-list"),
        (f"/certificate/details/{certificate}", "certificate"),
        (f"/coupon/details/{given}", "coupon"),
        (f"/coupon/{given}/block", "coupon-block"),
        (f"/member/{key}/coupon", "member-coupon"),
        ("/coupon-series/list", "coupon-series-list"),
        ("/coupon-series/create", "coupon-series-form"),
        (f"/coupon-series/details/{world.NORTH};sorry", "coupon-series"),
        ("/job/list", "jobs"),
    ):
        await watched.look(path, f"desk-{name}")
    assert watched.faults == []
    await context.close()
