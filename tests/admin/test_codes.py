"""Codes on pages: series of coupons, what certificates hold and what moved it, single coupons."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from admin.members.place import member_key
from admin.permissions import Role
from checkout.v1 import outcome_pb2
from tests.service import world
from tests.service.coupons import SERIES, issue, publish_coupon_rules
from tests.service.office import login_of
from tests.service.till import line, receipt, shown

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
    file = (await browser.post("/certificate/export/csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert {(row["face"], row["unit"]) for row in rows} == {("100.00", "RUB"), ("5", "units")}


async def test_a_member_is_given_a_coupon_that_is_blocked_from_its_page(
    desk: Office, service: Service
) -> None:
    """Shown once; used by a sale that its page leads to; blocked and released without the code."""
    await publish_coupon_rules(service)
    clerk = await desk.signed_in(login_of(Role.CALL_CENTRE))
    member = member_key(await service.ann())
    fields = {"request_id": KEY, "series": SERIES, "uses_max": "2", "valid_until": "2199-12-31"}
    given = await clerk.post(f"/member/{member}/coupon", fields | {"reason": "late delivery"})
    code = given.text.partition('id="secret">')[2].partition("<")[0]
    assert code, given.text
    page = (await clerk.get(f"/member/details/{member}")).text
    (details,) = set(re.findall(r"/coupon/details/[^\"]+", page))
    sale = receipt(line("towel"), card=world.CARD, coupons=[code])
    await service.till().confirm("with coupon", sale)
    page = (await clerk.get(details)).text
    assert re.search(r"<time[^>]*>2200-01-01 00:00</time>", page), "as people read moments"
    assert 'href="/coupon-series/list?search=autumn"' in page
    for said in ("late delivery", login_of(Role.CALL_CENTRE), "/receipt/list?purchase_id=with%20"):
        assert said in page, said
    assert f"/member/details/{member}" in page
    block = details.replace("details/", "") + "/block"
    assert block in page
    form = {"request_id": "1" * 32, "reason": "leaked"}
    assert (await clerk.post(block, form | {"reason": ""})).status_code == 400
    assert (await clerk.post(block, form)).headers["location"] == details
    blocked = await service.till().quote("again", sale)
    assert blocked.outcome.coupons[0].status == outcome_pb2.COUPON_STATUS_BLOCKED
    page = (await clerk.get(block)).text
    assert re.search(r"<input[^>]*checked[^>]*name=\"lift\"", page), page
    lift = {"request_id": "2" * 32, "reason": "found", "lift": "y"}
    assert (await clerk.post(block, lift)).headers["location"] == details
    assert await desk.database.fetchval("select blocked_at from coupon") is None
    await desk.database.execute("update coupon set campaign_code = 'soap'")
    campaign = re.search(r"/campaign/details/[^\"]+", (await clerk.get(details)).text)
    assert campaign is not None
    assert (await clerk.get(campaign[0])).status_code == 200
    assert (await clerk.get("/coupon/details/1;x")).status_code == 404


async def test_what_moved_a_certificate_is_on_its_page(desk: Office, service: Service) -> None:
    """Who activated it, and the purchases that it paid for and that gave it back."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    sale = receipt(line("apple"), certificates=shown(code))
    await service.till().confirm("paid with it", sale)
    await service.till().take_back("paid with it", {1: 1_000})
    clerk = await desk.signed_in(login_of(Role.CALL_CENTRE))
    key = await desk.database.fetchval("select bucket || ';' || certificate_id from certificate")
    page = (await clerk.get(f"/certificate/details/{key}")).text
    assert "Sale or issue" in page
    assert page.count('href="/receipt/list?purchase_id=paid%20with%20it"') == 2
    assert page.count('<span class="badge bg-secondary-lt">return</span>') == 1
    taken = await desk.database.fetchval("select min(amount) from certificate_entry")
    assert taken < 0
    assert f"-{-taken // 100}.{-taken % 100:02}\u00a0₽" in page
