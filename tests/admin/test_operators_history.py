"""The history of records has what operators change through the service, in the same chain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest

from admin.permissions import Role
from checkout.v1 import coupon_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.admin.test_members import CLERK, ann_of, press
from tests.admin.test_partners_apart import as_admin
from tests.integration.test_people import add, attribute, change, tag
from tests.service import coupons, world
from tests.service.cards import add_card_type, issue_cards, replace_card
from tests.service.office import login_of
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)
TESTER: Final = "tester"


async def told(office: Office | Service, record: str, author: str = TESTER) -> list[dict[str, Any]]:
    """What somebody did to records of a kind, in short."""
    rows = await office.database.fetch(
        "select * from admin_history where record = $1 and author = $2 order by seq", record, author
    )
    return [
        {
            "key": row["record_key"],
            "why": row["reason"],
            "from": row["before"] and json.loads(row["before"]),
            "to": json.loads(row["after"]),
        }
        for row in rows
    ]


async def test_what_is_done_for_a_member_is_in_the_history(desk: Office) -> None:
    """Blocked and let go, corrected: by whom, why, from what to what."""
    browser, key = await desk.signed_in(CLERK), await ann_of(desk)
    ann = key.partition(";")[2]
    await press(browser, f"/member/{key}/block", reason="a stolen phone")
    await press(browser, f"/member/{key}/unblock", reason="it was found")
    await press(browser, f"/member/{key}/correct", currency="pts", points="1.50", reason="late bus")
    free, blocked = {"is_blocked": False}, {"is_blocked": True}
    assert await told(desk, "member", CLERK) == [
        {"key": ann, "why": "a stolen phone", "from": free, "to": blocked},
        {"key": ann, "why": "it was found", "from": blocked, "to": free},
    ]
    (corrected,) = await told(desk, "correction", CLERK)
    assert (corrected["why"], corrected["from"]) == ("late bus", None)
    moved = {"member_id": ann, "currency": "pts", "amount_minor": 1_50}
    assert corrected["to"] == {**moved, "state": "booked"}


async def test_a_member_is_what_the_history_says(service: Service) -> None:
    """Whatever operators do to members: the last that was told of a column is what it is now."""
    operator = service.operator()
    ann, eve = await service.ann(), (await add(service, card="2900000000994")).member.member_id
    await tag(service, ann, "vip")
    await tag(service, ann, "vip", take=True)
    await tag(service, ann, "guest")
    await attribute(service, ann, "pet", text="cat")
    await change(service, ann, phone="8 900 555 00 12")
    await operator.set_tier(ann, "gold", until="2099-01-01")
    await operator.restore((await operator.freeze(ann, 1_00)).freeze_id)
    await operator.freeze(ann, 2_00)
    await operator.freeze_account(ann)
    await operator.link(ann)
    await operator.leave(eve)
    household = await operator.household(eve)
    await operator.leave_household(eve)
    eve2 = (await add(service, card="2900000000987")).member.member_id
    merged = await operator.merge(eve, eve2)
    await operator.unmerge(merged.merge_id)
    await operator.merge(eve, eve2)
    await operator.block_member(eve2)
    assert (await told(service, "household"))[0]["key"] == household
    for member in (ann, eve, eve2):
        entries = [one for one in await told(service, "member") if one["key"] == member]
        assert all(one["why"] for one in entries)
        last: dict[str, Any] = {}
        for one in entries:
            was = {column: last[column] for column in one["from"] or {} if column in last}
            assert was == {column: one["from"][column] for column in was}, "as it was left"
            last |= one["to"]
        async with as_admin(service.dsn) as admin:
            now = json.loads(await admin.fetchval("select operated_now('member', $1)", member))
        assert {column: now.get(column) for column in last} == last
    lists = [await told(service, record) for record in ("member", "household", "identifier")]
    done = await service.database.fetchval("select count(*) from intervention")
    # The other one of a merge is told of it, too; a tier is no intervention.
    assert sum(map(len, lists)) == done + 3 + 1


async def test_cards_codes_and_campaigns_are_told_too(service: Service) -> None:
    """By what people know them by, whose they are beside; and what is issued, together."""
    operator = service.operator()
    ann = await service.ann()
    await coupons.publish_coupon_rules(service)
    (coupon,) = await coupons.issue(operator, member_id=ann)
    await coupons.block(operator, coupon.code)
    (code,) = await operator.issue_certificates("gift", 1, activate=True)
    for lift in (False, True):
        await operator.call(
            "BlockCertificate",
            op.BlockCertificateRequest(
                request_id=fresh("block"), code=code, reason="found", lift=lift
            ),
        )
    moving = op.MoveCertificateRequest(request_id=fresh("move"), code=code, reason="torn")
    await operator.call("MoveCertificate", moving)
    await operator.stop("soap", reason="it gives too much")
    await add_card_type(service)
    await issue_cards(operator, 3)
    await operator.block_card(world.CARD)
    await replace_card(operator, world.CARD, new_type="plastic")
    (stopped,) = await told(service, "campaign")
    assert stopped == {
        "key": "soap",
        "why": "it gives too much",
        "from": {"is_stopped": False},
        "to": {"is_stopped": True},
    }
    (blocked,) = await told(service, "coupon")
    assert blocked["to"] == {"is_blocked": True, "masked": coupon.masked, "member_id": ann}
    assert [one["to"].get("is_blocked") for one in await told(service, "certificate")] == [
        *(True, False),
        # Moved: the old one is blocked, and has nothing; the new one has it.
        *(True, None, None),
    ]
    assert [one["to"]["count"] for one in await told(service, "certificate_batch")] == [1]
    assert [one["to"]["count"] for one in await told(service, "coupon_issue")] == [1]
    assert [one["to"]["count"] for one in await told(service, "card_issue")] == [3]
    lost, new, replaced = await told(service, "identifier")
    assert lost["to"]["is_blocked"]
    assert (new["from"]["member_id"], new["to"]["member_id"]) == (None, ann)
    assert (replaced["key"], replaced["to"]["replaced_by"]) == (lost["key"], new["key"])
    assert (replaced["from"]["is_blocked"], replaced["to"]["replaced_for"]) == (True, "lost")
    async with as_admin(service.dsn) as admin:
        certificate, *_ = await told(service, "certificate")
        for record, one in (("identifier", replaced), ("certificate", certificate)):
            held = await admin.fetchval("select operated_now($1, $2)", record, one["key"])
            assert json.loads(held)["is_blocked"]


async def test_sales_and_tills_do_not_queue_for_the_history(service: Service) -> None:
    """Somebody is at the end of the chain, for long: sales go on, what operators do waits."""
    till, operator, ann = service.till(), service.operator(), await service.ann()
    await operator.leave(ann)
    async with as_admin(service.dsn) as admin:
        await admin.execute("update product set brand = 'x' where sku = 'apple'")
        assert (await till.enrol(card=world.CARD)).member.member_id == ann, "joins again"
        await till.confirm(fresh("p"), receipt(line("bread"), card=world.CARD))
        await till.bind("2900000000994", replace=True)
        blocking = op.BlockMemberRequest(request_id=fresh("block"), member_id=ann, reason="x")
        with pytest.raises(grpc.aio.AioRpcError):
            await operator.call("BlockMember", blocking, timeout_s=0.4)
    told_by_tills = "select count(*) from admin_history where author like 'till %'"
    assert await service.database.fetchval(told_by_tills) == 0
    assert await service.database.fetchval(told_by_tills.replace("admin_history", "intervention"))


async def test_why_is_shown_where_it_is_asked(desk: Office, service: Service) -> None:
    """Of a stopped campaign, a blocked member, card, certificate, coupon; and where it was said."""
    operator, ann = service.operator(), await service.ann()
    browser, key = await desk.signed_in(ADMINISTRATOR), await ann_of(desk)
    await coupons.publish_coupon_rules(service)
    (coupon,) = await coupons.issue(operator, member_id=ann)
    (code,) = await operator.issue_certificates("gift", 1, activate=True)
    copied = coupon_pb2.BlockCouponRequest(
        request_id=fresh("b"), code=coupon.code, reason="copied <b>"
    )
    await operator.call("BlockCoupon", copied)
    found = op.BlockCertificateRequest(request_id=fresh("b"), code=code, reason="found in a bin")
    await operator.call("BlockCertificate", found)
    await operator.stop("soap", reason="it gives too much")
    await operator.block_card(world.CARD, reason="the card was lost")
    await operator.freeze(ann, 2_00)
    await operator.block_member(ann, reason="a stolen phone")
    places = await desk.database.fetchrow(
        "select format('%s;%s', c.bucket, c.certificate_id),"
        " format('%s;%s', o.bucket, encode(o.digest, 'hex')::uuid)"
        " from certificate c cross join coupon o"
    )
    of_ann = f"/history?record=member&key={ann}"
    for path, shown in (
        ("/campaign/details/soap", ["it gives too much"]),
        ("/campaign/list", ["it gives too much"]),
        ("/publication/list", ["it gives too much", "Name of soap"]),
        ("/", ["it gives too much", "/campaign/details/soap"]),
        ("/history?record=campaign&key=soap", ["it gives too much", "Stopped in an emergency"]),
        (f"/certificate/details/{places[0]}", ["found in a bin", "/history?record=certificate"]),
        (f"/coupon/details/{places[1]}", ["copied &lt;b&gt;", "/history?record=coupon"]),
        (f"/member/details/{key}", ["a stolen phone", "the card was lost", of_ann[:-36]]),
        (
            of_ann,
            ["a stolen phone", "the card was lost", "copied &lt;b&gt;", "Frozen: Points"],
        ),
    ):
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert [text for text in shown if text not in page.text.replace("&amp;", "&")] == [], path
    seq = await desk.database.fetchval(
        "select max(seq) - 1 from admin_history where record = 'member' and record_key = $1", ann
    )
    then = await browser.get(f"/history/record?record=member&key={ann}&seq={seq}")
    assert then.status_code == 200
    assert "changed elsewhere" not in then.text
    assert await told(desk, "member")
