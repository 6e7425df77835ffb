"""What tills told, as pages show it; the stock of gifts; a certificate under a new code."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import pytest

from admin.members.place import member_key
from admin.permissions import Role
from admin.tills import shifts
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import AlreadyPaid, Settlement
from tests.races.ledger_state import make_members
from tests.service import world
from tests.service.gifts import MUG, MUG_FOR, give, publish_gift_rules
from tests.service.office import login_of
from tests.service.returns import bring_back
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

KEY: Final = "1" * 32


async def test_overruns_lead_to_their_receipts(desk: Office, service: Service) -> None:
    """Sums by terminal, member and card, of days; each leads to the receipts behind it."""
    day = dt.datetime.now(dt.UTC).date().isoformat()
    (poor,) = await make_members(service, 1, 5_00)
    till = service.till()
    for number, sale in enumerate((receipt(line("soap", 200_00), card=poor), receipt())):
        paid = AlreadyPaid(points_minor=20_00) if not number else AlreadyPaid()
        settled = Settlement(business_day=day, receipt_number=f"off-{number}")
        await till.submit(f"off-{number}", sale, paid, settled)
    browser = await desk.signed_in(login_of(Role.ANALYST))
    member = (await till.identify(card=poor)).member_id
    for asked, is_found in (
        ("", True),
        ("by=member", True),
        (f"by=card&member={member}", True),
        ("store=s1&terminal=t1", True),
        ("terminal=t2", False),
        (f"member={KEY}", False),
        ("member=strange", False),
        ("card=…9", False),
        ("since=2026-01-01&until=2026-01-02", False),
        ("since=x&until=9999-99-99&by=strange&before=x;y&sums=x", True),
    ):
        page = (await browser.get(f"/overrun/list?{asked}")).text
        assert ("off-0" in page) == is_found, asked
        assert "off-1" not in page, "what fits is no overrun"
        assert page.count("Points owed: 15.00") == (2 if asked in {"", "by=member"} else is_found)
    page = (await browser.get("/overrun/list")).text
    assert "store=s1&amp;terminal=t1" in page
    key = await desk.database.fetchrow(
        "select bucket, month, receipt_id from receipt where purchase_id = 'off-0'"
    )
    address = f"/receipt/details/{';'.join(map(str, key))}"
    assert address in page
    assert (await browser.get(address)).status_code == 200
    # Members are linked, also for those who see no more of them than that they are one.
    supervisor = await desk.signed_in(login_of(Role.CASHIER_SUPERVISOR))
    link = f'href="/member/details/{member_key(member)}"'
    for place in (address, "/receipt/list", "/overrun/list", "/overrun/list?by=member"):
        for who in (browser, supervisor):
            assert link in (await who.get(place)).text, place


async def test_a_shift_that_differs_is_told_with_both_sides(
    desk: Office, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the till counted beside what the service has; sales and returns a click away."""
    till = service.till()
    day = dt.datetime.now(dt.UTC).date().isoformat()
    settled = Settlement(shift="7", business_day=day, receipt_number="4711")
    await till.confirm("sold", receipt(line("towel", 30_00)), settlement=settled)
    await bring_back(
        till, 12_00, card=world.CARD, cashier="Eve", reason="no paper", shift="7", business_day=day
    )
    for totals in (
        pb.ShiftTotals(sales=2, sales_minor=31_00),
        pb.ShiftTotals(
            sales=1,
            sales_minor=30_00,
            returns=1,
            returns_minor=12_00,
            returns_without_receipt=1,
            returns_without_receipt_minor=12_00,
        ),
    ):
        request = pb.ReconcileShiftRequest(shift="7", business_day=day, till=totals)
        await till.call("ReconcileShift", request)
    browser = await desk.signed_in(login_of(Role.CASHIER_SUPERVISOR))
    ids = [
        f"/reconciliation/details/{row['bucket']};{row['reconciliation_id']}"
        for row in await desk.database.fetch("select * from reconciliation order by at")
    ]
    for asked, found in (
        ("", ids),
        ("state=differs", ids[:1]),
        ("state=agrees", ids[1:]),
        ("terminal=t2", []),
        ("until=2026-01-01", []),
    ):
        page = (await browser.get(f"/reconciliation/list?{asked}")).text
        assert [one for one in ids if one in page] == found, asked
        assert ("ti-scale" in page.partition("<main")[2]) == (not found)
    page = (await browser.get(ids[0])).text
    assert "31.00" in page
    assert "30.00" in page
    assert "4711" in page
    assert "differ" in page
    assert "Till and service agree" in (await browser.get(ids[1])).text
    monkeypatch.setattr(shifts, "RECEIPTS_MAX", 1)
    assert "The first" not in (await browser.get(ids[0])).text, "there are no more"
    settled.receipt_number = "4712"
    await till.confirm("sold-too", receipt(line("towel", 30_00)), settlement=settled)
    page = (await browser.get(ids[0])).text
    assert ("4712" in page, "The first 1." in page) == (False, True)
    for asked, is_found in (("", True), ("cashier=Eve", True), ("cashier=Adam", False)):
        page = (await browser.get(f"/return-without-receipt/list?{asked}")).text
        assert ("no paper" in page and "12.00" in page) == is_found, asked


async def test_the_stock_of_a_gift_is_set_and_its_entries_told(
    desk: Office, service: Service
) -> None:
    """Counted, more, fewer; never fewer than holds keep; once however often it is sent."""
    await publish_gift_rules(service)
    browser = await desk.signed_in(login_of(Role.MARKETER))
    page = f"/gift/details/{MUG}"
    assert "never stocked" in (await browser.get("/gift/list")).text
    form = {"request_id": KEY, "way": "counted", "number": "12", "reason": "stock-taking"}
    for _ in range(2):
        assert (await browser.post(page, form)).headers["location"] == f"{page}?said=stocked"
    more = form | {"request_id": "2" * 32, "way": "difference", "number": "-2", "reason": "broken"}
    assert (await browser.post(page, more)).status_code == 303
    await give(service.operator(), str(await service.ann()))
    held = await desk.database.fetchrow("select stock, held from gift_stock")
    assert tuple(held) == (9, 0)
    shown = (await browser.get(page)).text
    for said in ("+12", "-2", "-1", "stock-taking", "broken", "Given"):
        assert said in shown, said
    new = {"request_id": "3" * 32}
    for fields, said in (
        ({"number": "-1"}, "Nobody counts fewer than 0"),
        ({"number": "-10", "way": "difference"}, "there are 9 now"),
        ({"number": "many"}, "Not a valid integer"),
        ({"number": "1000000001"}, "between"),
        ({"way": "stolen"}, "Not a valid choice"),
        ({"reason": ""}, "required"),
    ):
        answer = await browser.post(page, form | new | fields)
        assert answer.status_code == 400
        assert said in answer.text, fields
    await service.till().confirm("with a mug", receipt(line(MUG_FOR), card=world.CARD))
    campaign = re.search(r"/campaign/details/[^\"]+", (await browser.get(page)).text)
    assert campaign is not None
    assert (await browser.get(campaign[0])).status_code == 200
    assert (await browser.get("/gift/details/none")).status_code == 404
    assert (await browser.post("/gift/details/none", form | new)).status_code in {400, 404}


async def test_what_is_left_on_a_certificate_moves_to_a_new_code(
    desk: Office, service: Service
) -> None:
    """The code is shown once, the same if it is sent again; the old one is blocked."""
    (code,) = await service.operator().issue_certificates("gift", 1, activate=True)
    key = "select bucket || ';' || certificate_id from certificate where blocked_at is null"
    old = await desk.database.fetchval(key)
    clerk = await desk.signed_in(login_of(Role.CALL_CENTRE))
    assert f"/certificate/{old}/move" in (await clerk.get(f"/certificate/details/{old}")).text
    form = {"request_id": KEY, "reason": "lost"}
    assert (await clerk.post(f"/certificate/{old}/move", form | {"reason": ""})).status_code == 400
    shown = [(await clerk.post(f"/certificate/{old}/move", form)).text for _ in range(2)]
    codes = {page.partition('id="secret">')[2].partition("<")[0] for page in shown}
    assert len(codes) == 1
    assert code not in codes
    rows = await desk.database.fetch(
        "select remaining, blocked_at is not null as is_blocked from certificate order by issued_at"
    )
    assert [tuple(row) for row in rows] == [(0, True), (100_00, False)]
    assert f"/certificate/{old}/move" not in (await clerk.get(f"/certificate/details/{old}")).text
    again = await clerk.post(f"/certificate/{old}/move", form | {"request_id": "2" * 32})
    assert again.status_code == 400
    assert "nothing on this certificate" in again.text
