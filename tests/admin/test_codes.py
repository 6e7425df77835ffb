"""Codes on pages: series of coupons, what certificates hold and what moved it, single coupons."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.service import world
from tests.service.coupons import issue
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

KEY: Final = "c" * 32
PARTNER: Final = str(world.NORTH)


async def test_a_series_of_coupons_is_made_published_and_issued(
    desk: Office, service: Service
) -> None:
    """Made in the pages, with its history; issued of after a publication; archived, no more."""
    marketer = await desk.signed_in(login_of(Role.MARKETER))
    assert "no series of coupons yet" in (await marketer.get("/coupon/issue")).text
    made = {"code": "sorry", "name": "Apology", "reason": "delays"}
    answer = await marketer.post("/coupon-series/create", made)
    details = f"/coupon-series/details/{PARTNER};sorry"
    assert answer.headers["location"].endswith(details), answer.text
    page = (await marketer.get(details)).text
    assert "after the next publication" in page
    assert 'href="/coupon/issue?series=sorry"' in page
    form = (await marketer.get("/coupon/issue?series=sorry")).text
    assert '<option selected value="sorry">Apology (sorry)</option>' in form
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()
    assert len(await issue(service.operator(), series="sorry", count=2)) == 2
    listed = (await marketer.get("/coupon/list?series_code=sorry")).text
    assert listed.count('<td data-label="Series">') == 2
    assert '<option value="sorry" selected>Apology</option>' in listed
    edit = f"/coupon-series/edit/{PARTNER};sorry"
    done = await marketer.edit(edit, {"code": "sorry", "name": "Sorry", "is_archived": "y"})
    assert done.status_code in {302, 303}, done.text
    assert "no series of coupons yet" in (await marketer.get("/coupon/issue")).text
    told = [(row["action"], row["reason"]) for row in await desk.history("coupon_series")]
    assert told == [("created", "delays"), ("changed", "")]


async def test_what_is_on_a_certificate_is_shown_in_its_unit(office: Office) -> None:
    """Money as money, visits as visits: in the list, on the page, and as numbers in the file."""
    await office.database.execute(
        "insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked,"
        " unit, face, issued_at) select crc32(digest) % 64, id, $1, unit, digest, unit, unit, face,"
        " now() from (select uuidv7() as id, decode(md5(unit), 'hex') as digest, * from"
        " (values ('RUB', 10000), ('units', 5)) kind (unit, face)) made",
        world.NORTH,
    )
    browser = await office.signed_in(login_of(Role.ADMINISTRATOR))
    page = (await browser.get("/certificate/list")).text
    assert "100.00\u00a0₽" in page
    assert "5 units" in page
    assert "10000" not in page
    key = await office.database.fetchval(
        "select bucket || ';' || certificate_id from certificate where unit = 'RUB'"
    )
    page = (await browser.get(f"/certificate/details/{key}")).text
    assert "100.00\u00a0₽" in page
    assert "10000" not in page
    file = (await browser.get("/certificate/export/csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {row["face"] for row in rows} == {"100.00", "5"}
