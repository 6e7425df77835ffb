"""Corrections by file, gifts, overruns and shifts in a real browser; pictures at two widths.

Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from admin.permissions import Role
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import AlreadyPaid, Settlement
from tests.browser.test_office import CHROMIUM, WIDTHS, Watched, chromium
from tests.races.ledger_state import make_members
from tests.service import world
from tests.service.bulks import set_four_eyes
from tests.service.gifts import MUG, give, publish_gift_rules, set_stock
from tests.service.office import login_of, office_beside
from tests.service.returns import bring_back, goods
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    await publish_gift_rules(service)
    async with office_beside(service) as office:
        yield office


async def tell(service: Service) -> None:
    """A day of tills: sold off line, counted, brought back; gifts stocked and given."""
    operator, till = service.operator(), service.till()
    day = dt.datetime.now(dt.UTC).date().isoformat()
    poor, rich = await make_members(service, 2, 5_00)
    for number, (card, points) in enumerate(((poor, 20_00), (poor, 7_00), (rich, 5_00))):
        sale = receipt(line("soap", 200_00), card=card)
        settled = Settlement(business_day=day, receipt_number=f"{number}", shift="7")
        await till.submit(f"off-{number}", sale, AlreadyPaid(points_minor=points), settled)
    back = [goods(12_00, "s" * 60)]
    who, why = "E" * 60, "x" * 150
    await bring_back(till, card=world.CARD, goods=back, cashier=who, reason=why, shift="7")
    for totals in (pb.ShiftTotals(sales=2, sales_minor=31_00), pb.ShiftTotals(sales=3)):
        request = pb.ReconcileShiftRequest(shift="7", business_day=day, till=totals)
        await till.call("ReconcileShift", request)
    await set_stock(operator, 12)
    await give(operator, str(await service.ann()), count=2)
    await operator.issue_certificates("gift", 1, activate=True)


async def test_a_file_of_corrections_goes_from_the_disk_to_the_ledger(
    desk: Office, service: Service, chromium: Browser, tmp_path: Path
) -> None:
    """Chosen, tried, done, taken back; the file of what became of its rows."""
    await set_four_eyes(service, 1_000_00)
    file = tmp_path / "late.csv"
    rows = [f"{world.CARD};12,50", f"{world.CARD};2000", f"{world.CARD};x", "0000;5"]
    file.write_text("card;points\n" + "\n".join(rows), encoding="utf-8-sig")
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.ADMINISTRATOR))
    await page.goto(f"{desk.origin}/correction/list")
    await page.click("text=Corrections from a file")
    await page.set_input_files("#file", file)
    await expect(page.locator("#document")).not_to_have_value("")
    await page.fill("#reason", "a late delivery")
    await page.click("text=See what it would do")
    await page.wait_for_selector("text=Do it: 2 rows")
    async with page.expect_download() as taken:
        await page.click("text=Take the dry run as a file")
    assert "booked" in (await (await taken.value).path()).read_text()
    await watched.shoot("tills-file-tried")
    await page.click("text=Do it: 2 rows")
    await page.wait_for_selector("text=2 / 2")
    assert "late.csv" in await page.inner_text("main")
    async with page.expect_download() as taken:
        await page.click("text=Take the rows as a file")
    assert "proposed" in (await (await taken.value).path()).read_text()
    await page.fill("#reason", "the wrong file")
    await page.click("text=Take back all that is booked")
    await page.wait_for_selector("text=1 / 1")
    assert "Taken back" in await page.inner_text("main")
    assert watched.faults == []
    await context.close()


@pytest.mark.parametrize("width", WIDTHS)
async def test_pages_of_tills_and_files_fit(
    desk: Office, service: Service, chromium: Browser, width: int
) -> None:
    """On a desk and on a phone, empty and with data: no error, nothing sticks out."""
    context = await chromium.new_context(viewport={"width": width, "height": 900}, locale="ru-RU")
    watched = Watched(await context.new_page(), desk.origin)
    page = watched.page
    await watched.sign_in(login_of(Role.OWNER))
    lists = ("overrun", "reconciliation", "return-without-receipt", "gift")
    for name in lists:
        await watched.look(f"/{name}/list", f"tills-{name}-empty")
    await tell(service)
    key = "select bucket || ';' || reconciliation_id from reconciliation order by at limit 1"
    shift = await desk.database.fetchval(key)
    certificate = await desk.database.fetchval(
        "select bucket || ';' || certificate_id from certificate limit 1"
    )
    for name in lists:
        await watched.look(f"/{name}/list", f"tills-{name}")
    await page.goto(f"{desk.origin}/return-without-receipt/list")
    assert not await page.evaluate(
        "[...document.querySelectorAll('.table-responsive')]"
        ".some((one) => one.scrollWidth > one.clientWidth + 1)"
    ), "long words break: the table needs no scrolling"
    for path, name in (
        ("/overrun/list?by=card", "overrun-cards"),
        ("/overrun/list?terminal=t1", "overrun-terminal"),
        (f"/reconciliation/details/{shift}", "shift"),
        (f"/gift/details/{MUG}", "gift"),
        (f"/certificate/details/{certificate}", "certificate"),
        (f"/certificate/{certificate}/move", "certificate-move"),
        ("/correction/members?is_blocked=no", "file-of-a-list"),
        ("/correction/file", "file"),
    ):
        await watched.look(path, f"tills-{name}")
    rows = [f"{world.CARD};{points}" for points in ("12,50", "-3", "x", "1,005", "")]
    await page.fill("#document", "\n".join(("card;points", *rows, "0000000000000;5")))
    await page.fill("#reason", "проверка")
    await page.click("main .form-buttons button")
    await page.wait_for_selector("main button[value=done]")
    await watched.judge("/correction/file, tried")
    await watched.shoot("tills-file-tried")
    await page.click("main button[value=done]")
    await page.wait_for_selector("text=2 / 2")
    await watched.judge("the job of a file")
    await watched.shoot("tills-file-done")
    assert watched.faults == []
    await context.close()
