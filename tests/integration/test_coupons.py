"""Unique coupons through the whole service: issued, used once, held, given back, blocked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import coupon_pb2 as cp
from checkout.v1 import outcome_pb2 as out
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.coupons import (
    OFF_MINOR,
    SERIES,
    block,
    check,
    coupons_of,
    issue,
)
from tests.service.till import fresh, line, receipt, refusal_of

if TYPE_CHECKING:
    from checkout.v1 import receipt_pb2
    from tests.service.running import Service


def towel(*coupons: str, card: str = "", price_minor: int = 20_00) -> receipt_pb2.Receipt:
    return receipt(line("towel", price_minor), card=card, coupons=coupons)


def told(outcome: out.Outcome) -> dict[str, str]:
    """What each code was answered."""
    prefix = "COUPON_STATUS_"
    return {
        each.code: out.CouponStatus.Name(each.status).removeprefix(prefix).lower()
        for each in outcome.coupons
    }


async def test_a_coupon_is_used_once(shop: Service) -> None:
    """The second sale is answered why, and goes on without; a retry of the first is the first."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    assert len(coupon.code) == 16
    assert coupon.code.endswith(coupon.masked.removeprefix("…"))
    sale = towel(coupon.code.lower())
    quoted = await till.quote("first", sale)
    assert quoted.outcome.discount_minor == OFF_MINOR
    confirmed = await till.confirm("first", sale, quote_token=quoted.quote_token, request_id="r")
    (result,) = confirmed.outcome.coupons
    assert (result.status, result.used_up, result.series) == (1, True, SERIES)
    assert await till.confirm("first", sale, quote_token=quoted.quote_token) == confirmed
    second = await till.confirm("second", towel(coupon.code))
    assert (second.status, second.outcome.discount_minor) == (pb.STATUS_OK, 0)
    assert told(second.outcome) == {coupon.code: "already_used"}
    assert told((await till.quote("third", sale)).outcome) == {sale.coupons[0]: "already_used"}
    rows = await shop.database.fetch("select used, held, uses_max from coupon")
    assert list(map(tuple, rows)) == [(1, 0, 1)]
    assert await violations(shop) == []


async def test_a_coupon_that_was_taken_meanwhile_changes_the_price(shop: Service) -> None:
    """Two quotes with one coupon: the second confirm is told the fresh price first."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    sale = towel(coupon.code)
    quotes = [await till.quote(purchase, sale) for purchase in ("a", "b")]
    assert {quote.outcome.payable_minor for quote in quotes} == {13_00}
    first = await till.confirm("a", sale, quote_token=quotes[0].quote_token)
    assert first.status == pb.STATUS_OK
    second = await till.confirm("b", sale, quote_token=quotes[1].quote_token)
    assert second.status == pb.STATUS_PRICE_CHANGED
    assert second.quote.outcome.payable_minor == 20_00
    assert told(second.quote.outcome) == {coupon.code: "already_used"}


async def test_a_campaign_that_granted_nothing_uses_nothing_up(shop: Service) -> None:
    """No towel, no discount: the coupon is as good as before, unless the program says otherwise."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    without = receipt(line("bread", 50_00), coupons=[coupon.code])
    sold = await till.confirm("nothing", without)
    assert told(sold.outcome) == {coupon.code: "not_applicable"}
    assert (await check(till, coupon.code)).coupon.uses_left == 1
    program = world.program(coupons={"unused_used_up": True})
    await world.put_program(shop.database, world.NORTH, program)
    await shop.operator().publish()
    await shop.workers[0].follower.step()
    await till.confirm("eaten", without)
    assert (await check(till, coupon.code)).state == cp.COUPON_STATE_ALREADY_USED
    assert await violations(shop) == []


async def test_each_reason_why_a_coupon_is_no_good(shop: Service) -> None:
    """Too early, too late, not theirs, blocked: in quotes, holds and confirms, each as such."""
    till, operator = shop.till(), shop.operator()
    now = dt.datetime.now(dt.UTC)
    ann = await till.identify(card=world.CARD)
    later = (now + dt.timedelta(days=2)).isoformat()
    (early,) = await issue(operator, valid_from=later)
    (late,) = await issue(operator, valid_until=later)
    (anns,) = await issue(operator, member_id=ann.member_id)
    (bad,) = await issue(operator, codes=["BAD-ONE"])
    await shop.database.execute(
        "update coupon set valid_from = now() - interval '2 days',"
        " valid_until = now() - interval '1 day' where coupon_id = $1::uuid",
        late.coupon_id,
    )
    assert bad.code == ""
    assert await block(operator, "bad-one")
    assert not await block(operator, "BAD-ONE")
    codes = [early.code, late.code, anns.code, "BAD-ONE", "NOBODYS"]
    expected = ["not_yet_valid", "expired", "other_member", "blocked", "unknown"]
    sale = towel(*codes, card=world.GOLD_CARD)
    for outcome in (
        (await till.quote("q", sale)).outcome,
        (await till.quote("h", sale, hold=True)).outcome,
        (await till.confirm("c", sale)).outcome,
    ):
        assert told(outcome) == dict(zip(codes, expected, strict=True))
        assert outcome.discount_minor == 0
        assert not any(each.used_up or each.series for each in outcome.coupons)
    for code, state in zip(codes, expected, strict=True):
        checked = await check(till, code, world.GOLD_CARD)
        assert cp.CouponState.Name(checked.state) == f"COUPON_STATE_{state.upper()}"
    assert await block(operator, "BAD-ONE", lift=True)
    with_it = towel("BAD-ONE", anns.code, card=world.CARD)
    sold = await till.confirm("d", with_it)
    assert sold.outcome.discount_minor == OFF_MINOR
    assert sorted(told(sold.outcome).values()) == ["applied", "not_applicable"]
    assert await violations(shop) == []


async def test_a_hold_keeps_a_use_until_it_ends(shop: Service) -> None:
    """Held it is nobody else's; cancelled or run out it is free; confirmed it is used once."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    sale = towel(coupon.code)
    await till.quote("held", sale, hold=True)
    assert told((await till.quote("other", sale)).outcome) == {coupon.code: "already_used"}
    again = await till.quote("held", sale, hold=True)
    assert told(again.outcome) == {coupon.code: "applied"}
    await till.cancel("held")
    assert told((await till.quote("other", sale)).outcome) == {coupon.code: "applied"}
    held = await till.quote("kept", sale, hold=True)
    assert await violations(shop) == []
    assert await block(shop.operator(), coupon.code)
    sold = await till.confirm("kept", sale, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.discount_minor) == (pb.STATUS_OK, OFF_MINOR)
    row = await shop.database.fetchrow("select used, held from coupon")
    assert tuple(row) == (1, 0)
    assert await violations(shop) == []


async def test_an_overdue_hold_lets_the_use_go(shop: Service) -> None:
    """The sweep frees it; without the sweep the purchase's own confirm counts it as free."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    sale = towel(coupon.code)
    await till.quote("overdue", sale, hold=True)
    await shop.database.execute("update hold set expires_at = now() - interval '1 second'")
    await shop.workers[0].sweeper.step()
    assert told((await till.quote("other", sale)).outcome) == {coupon.code: "applied"}
    await till.quote("late", sale, hold=True)
    await shop.database.execute(
        "update hold set expires_at = now() - interval '1 second' where state = 'pending'"
    )
    sold = await till.confirm("late", sale)
    assert told(sold.outcome) == {coupon.code: "applied"}
    assert await violations(shop) == []


async def test_a_return_of_all_gives_the_use_back(shop: Service) -> None:
    """A part does not; the rest does; and not if the program keeps coupons used."""
    till = shop.till()
    (coupon,) = await issue(shop.operator())
    sale = receipt(line("towel", 20_00), line("soap", 5_00, 2), coupons=[coupon.code])
    await till.confirm("sold", sale)
    await till.take_back("sold", {1: 1_000})
    assert (await check(till, coupon.code)).state == cp.COUPON_STATE_ALREADY_USED
    await till.take_back("sold")
    assert (await check(till, coupon.code)).state == cp.COUPON_STATE_VALID
    assert await violations(shop) == []
    program = world.program(returns={"coupons_back": False})
    await world.put_program(shop.database, world.NORTH, program)
    await shop.operator().publish()
    await shop.workers[0].follower.step()
    await till.confirm("again", towel(coupon.code))
    await till.take_back("again")
    assert (await check(till, coupon.code)).state == cp.COUPON_STATE_ALREADY_USED
    assert await violations(shop) == []


async def test_a_member_sees_own_coupons_page_by_page(shop: Service) -> None:
    """With terms and expiry; what is used, over or blocked is not among them."""
    till, operator = shop.till(), shop.operator()
    ann = await till.identify(card=world.CARD)
    made = await issue(operator, 5, member_id=ann.member_id, valid_days=10, uses_max=2)
    await issue(operator, 2)
    await block(operator, made[1].code)
    for number in range(2):
        await till.confirm(f"use-{number}", towel(made[2].code, card=world.CARD))
    pages, token = [], ""
    while True:
        page = await coupons_of(till, world.CARD, page_size=2, page_token=token)
        pages.append([each.code for each in page.coupons])
        token = page.next_page_token
        if not token:
            break
    assert [len(page) for page in pages] == [2, 1]
    assert {code for page in pages for code in page} == {made[i].code for i in (0, 3, 4)}
    (first, *_) = (await coupons_of(till, world.CARD)).coupons
    ends = dt.datetime.fromisoformat(first.valid_until)
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert ends == today + dt.timedelta(days=11)
    assert (first.of_member, first.uses_max, first.uses_left) == (True, 2, 2)
    (terms,) = first.terms
    assert (terms.campaign, terms.in_force, terms.ends_at) == ("towel-coupon", True, "")
    assert (await coupons_of(till, world.GOLD_CARD)).coupons == []


async def test_a_shared_code_says_what_it_switches_on(shop: Service) -> None:
    """It is no coupon of a series, and asks the database nothing about one."""
    checked = await check(shop.till(), world.COUPON.lower())
    assert checked.state == cp.COUPON_STATE_VALID
    assert not checked.HasField("coupon")
    assert [terms.campaign for terms in checked.terms] == ["spring"]


async def test_issuing_twice_is_issuing_once(shop: Service) -> None:
    """The same request gets the same codes; nothing is stored that would give a code away."""
    operator = shop.operator()
    first = await issue(operator, 3, request_id="same")
    assert await issue(operator, 3, request_id="same") == first
    assert len({each.code for each in first}) == 3
    assert await shop.database.fetchval("select count(*) from coupon") == 3
    stored = await shop.database.fetch(
        "select convert_from(answer, 'UTF8') as text from request_key where request_id = 'same'"
    )
    for (text,) in stored:
        assert not any(each.code in text for each in first)
    said = await refusal_of(issue(operator, 4, request_id="same"))
    assert said.reason == "REQUEST_ID_REUSED"
    row = await shop.database.fetchrow("select coupons, author, reason, source from coupon_issue")
    assert tuple(row) == (3, "tester", "a test", "operator")


@pytest.mark.parametrize(
    ("codes", "more", "reason"),
    [
        (["TAKEN"], {}, "COUPON_CODE_TAKEN"),
        (["taken"], {}, "COUPON_CODE_TAKEN"),
        (["NEW", "new"], {}, "COUPON_CODE_TAKEN"),
        ([world.COUPON], {}, "COUPON_CODE_TAKEN"),
        (["NEW"], {"series": "other"}, "COUPON_SERIES_UNKNOWN"),
        (["NEW"], {"member_id": "00000000-0000-0000-0000-000000000001"}, "MEMBER_UNKNOWN"),
        (["NEW"], {"valid_until": "2026-01-01T00:00:00Z"}, "FIELD_OUT_OF_RANGE"),
    ],
)
async def test_what_cannot_be_issued_issues_nothing(
    shop: Service, codes: list[str], more: dict[str, Any], reason: str
) -> None:
    """A code is one coupon's, in whatever capitals; series and member are known ones."""
    operator = shop.operator()
    await issue(operator, codes=["TAKEN"])
    said = await refusal_of(issue(operator, codes=["FINE", *codes], **more))
    assert said.reason == reason
    assert await shop.database.fetchval("select count(*) from coupon") == 1


async def test_a_coupon_of_another_partner_is_unknown(shop: Service) -> None:
    """Nothing crosses over: neither in sales nor in look-ups."""
    (coupon,) = await issue(shop.operator())
    south = shop.till("south-s1-t1")
    assert (await check(south, coupon.code)).state == cp.COUPON_STATE_UNKNOWN
    sold = await south.confirm(fresh("south"), towel(coupon.code))
    assert told(sold.outcome) == {coupon.code: "unknown"}
    said = await refusal_of(block(shop.operator("south"), coupon.code))
    assert said.reason == "COUPON_UNKNOWN"
    code_id = await shop.database.fetchval("select encode(digest, 'hex')::uuid from coupon")
    named = {"code_id": str(code_id), "reason": "a test"}
    for partner, more, reason in (
        ("south", {}, "COUPON_UNKNOWN"),
        ("north", {"code": coupon.code}, "FIELD_INVALID"),
    ):
        request = cp.BlockCouponRequest(request_id=fresh("block"), **named, **more)
        said = await refusal_of(shop.operator(partner).call("BlockCoupon", request))
        assert said.reason == reason
