"""What applied campaigns issue is given in the confirming transaction: coupons and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import coupon_pb2 as cp
from checkout.v1 import outcome_pb2
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.coupons import (
    ISSUING,
    OFF_MINOR,
    SERIES,
    TAGGED,
    check,
    coupons_of,
)
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service


async def test_a_member_gets_coupons_and_a_tag(shop: Service) -> None:
    """They are there for the next sale: the coupons are the member's, the tag a condition."""
    till = shop.till()
    sale = receipt(line("bread", 50_00), card=world.CARD, coupons=[ISSUING])
    quoted = await till.quote("giving", sale)
    assert [each.kind for each in quoted.outcome.issued] == ["issue_coupon", "give_tag"]
    assert await shop.database.fetchval("select count(*) from coupon") == 0
    confirmed = await till.confirm("giving", sale, quote_token=quoted.quote_token)
    first, second = confirmed.coupons_issued
    assert (first.series, first.campaign, first.of_member) == (SERIES, "issuing", True)
    assert first.code != second.code
    assert first.valid_until
    again = await till.confirm("giving", sale, quote_token=quoted.quote_token)
    assert again == confirmed
    assert (await till.purchase("giving")).confirmed == confirmed
    listed = await coupons_of(till, world.CARD)
    assert {each.code for each in listed.coupons} == {first.code, second.code}
    tagged = receipt(line("bread", 50_00), card=world.CARD, coupons=[TAGGED])
    quoted = await till.quote("tagged", tagged)
    assert "tagged" in {each.code for each in quoted.outcome.applied}
    towel = receipt(line("towel", 20_00), card=world.CARD, coupons=[first.code])
    assert (await till.confirm("used", towel)).outcome.discount_minor == OFF_MINOR
    assert (await check(till, second.code)).state == cp.COUPON_STATE_OTHER_MEMBER
    assert await violations(shop) == []


async def test_a_guest_gets_codes_for_the_slip(shop: Service) -> None:
    """Whoever shows them uses them; a guest gets no tag. The code is stored nowhere."""
    till = shop.till()
    confirmed = await till.confirm("giving", receipt(line("bread", 50_00), coupons=[ISSUING]))
    first, _ = confirmed.coupons_issued
    assert not first.of_member
    assert await shop.database.fetchval("select count(*) from member_tag") == 0
    answer = await shop.database.fetchval("select convert_from(answer, 'UTF8') from receipt")
    assert first.coupon_id in answer
    assert first.code not in answer
    towel = receipt(line("towel", 20_00), card=world.CARD, coupons=[first.code])
    assert (await till.confirm("used", towel)).outcome.discount_minor == OFF_MINOR
    assert await violations(shop) == []


async def test_a_hold_is_confirmed_with_what_it_promised(shop: Service) -> None:
    """Nothing is given while it is held; the confirm gives it."""
    till = shop.till()
    sale = receipt(line("bread", 50_00), card=world.CARD, coupons=[ISSUING])
    held = await till.quote("held", sale, hold=True)
    assert await shop.database.fetchval("select count(*) from coupon") == 0
    confirmed = await till.confirm("held", sale, quote_token=held.quote_token)
    assert len(confirmed.coupons_issued) == 2
    assert await violations(shop) == []


async def test_a_return_of_all_takes_back_what_is_unused(shop: Service) -> None:
    """A part of the goods takes nothing; a used coupon stays used; what is held is not taken."""
    till = shop.till()
    sale = receipt(line("bread", 50_00), line("soap", 5_00, 2), card=world.CARD, coupons=[ISSUING])
    given = (await till.confirm("giving", sale)).coupons_issued
    towel = receipt(line("towel", 20_00), card=world.CARD, coupons=[given[0].code])
    await till.confirm("used", towel)
    await till.take_back("giving", {1: 1_000})
    assert (await check(till, given[1].code, world.CARD)).state == cp.COUPON_STATE_VALID
    await till.take_back("giving")
    states = [(await check(till, each.code, world.CARD)).state for each in given]
    assert states == [cp.COUPON_STATE_ALREADY_USED, cp.COUPON_STATE_BLOCKED]
    assert (await coupons_of(till, world.CARD)).coupons == []
    tagged = receipt(line("bread", 50_00), card=world.CARD, coupons=[TAGGED])
    quoted = await till.quote("tagged", tagged)
    assert "tagged" not in {each.code for each in quoted.outcome.applied}
    assert await violations(shop) == []


async def test_two_sales_gave_the_tag_and_one_comes_back(shop: Service) -> None:
    """The other one stands, in whatever order: the tag stays until both have come back."""
    till = shop.till()
    sale = receipt(line("soap", 5_00), card=world.CARD, coupons=[ISSUING])
    tagged = receipt(line("bread", 50_00), card=world.CARD, coupons=[TAGGED])
    for purchase in ("one", "two"):
        await till.confirm(purchase, sale)
    for purchase, still in (("one", True), ("two", False)):
        await till.take_back(purchase)
        quoted = await till.quote("tagged", tagged)
        assert ("tagged" in {each.code for each in quoted.outcome.applied}) is still
    assert await violations(shop) == []


async def test_a_hold_that_has_ended_overruns_what_a_return_took_back(shop: Service) -> None:
    """The sale that gave the coupon came back, while another had kept it and was paid at last."""
    till = shop.till()
    giving = receipt(line("bread", 50_00), card=world.CARD, coupons=[ISSUING])
    given = (await till.confirm("giving", giving)).coupons_issued
    sale = receipt(line("towel", 20_00), card=world.CARD, coupons=[given[0].code])
    await till.quote("kept", sale, hold=True)
    await shop.database.execute("update hold set expires_at = now() - interval '1 second'")
    await shop.workers[0].sweeper.step()
    await till.take_back("giving")
    paid = await till.confirm("kept", sale, already_paid=True)
    (flag,) = [f for f in paid.flags if f.kind == outcome_pb2.FLAG_KIND_COUPON_OVERRUN]
    row = await shop.database.fetchrow(
        "select u.uses, u.overrun, c.masked from coupon_use u join coupon c using (coupon_id)"
    )
    assert tuple(row) == (1, 1, flag.code)
    assert flag.uses == 1
    assert await violations(shop) == []
    await till.take_back("kept")
    assert await shop.database.fetchval("select sum(used) from coupon") == 0
    assert await violations(shop) == []
