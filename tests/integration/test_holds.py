"""Holds: set aside, replaced, extended, cancelled, expired."""

from __future__ import annotations

import datetime as dt

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.coupons import SERIES, issue, put_coupon_rules
from tests.service.running import Service, wait_until
from tests.service.till import line, receipt, refusal_of

POINTS = world.ANN_POINTS_MINOR


async def expire_holds(service: Service) -> None:
    """Let the time of every hold be over."""
    await service.database.execute(
        "update hold set expires_at = now() - interval '1 second' where state = 'pending'"
    )


async def hold_states(service: Service) -> list[str]:
    found = await service.database.fetch("select state from hold order by created_at")
    return [row["state"] for row in found]


async def test_a_quote_becomes_a_hold_at_its_price(service: Service) -> None:
    """Hold with the quote's token sets aside exactly what was quoted."""
    till = service.till()
    sale = receipt(card=world.CARD, points_minor=10_00)
    quoted = await till.quote("p", sale)
    held = await till.hold("p", sale, quoted.quote_token, ttl_s=60)
    assert held.status == pb.STATUS_OK
    assert held.outcome == quoted.outcome
    assert held.hold.points_minor == 10_00
    assert await till.balance_minor() == POINTS - 10_00


async def test_a_new_hold_replaces_the_old_one(service: Service) -> None:
    """One open hold per purchase: what the first kept is free for the second."""
    till = service.till()
    first = receipt(line("towel", 1000_00), card=world.CARD, points_minor=300_00)
    second = receipt(line("towel", 1500_00), card=world.CARD, points_minor=450_00)
    await till.quote("p", first, hold=True)
    held = await till.quote("p", second, hold=True)
    assert held.status == pb.STATUS_OK
    assert held.hold.points_minor == 450_00
    assert await hold_states(service) == ["voided", "pending"]
    assert await till.balance_minor() == POINTS - 450_00


async def test_two_purchases_cannot_hold_the_same_points(service: Service) -> None:
    """What one purchase holds is not there for another."""
    till = service.till()
    sale = receipt(line("towel", 1500_00), card=world.CARD, points_minor=400_00)
    await till.quote("p1", sale, hold=True)
    held = await till.quote("p2", sale, hold=True)
    assert held.status == pb.STATUS_REJECTED
    assert not held.HasField("hold")
    assert not held.quote_token


async def test_a_hold_lives_longer_within_its_bound(service: Service) -> None:
    """Extending moves the end; not backwards, and not beyond two hours after it began."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True, hold_ttl_s=60)
    ends = dt.datetime.fromisoformat(held.hold.expires_at)
    extended = await till.extend("p", 1_800, "x")
    moved = dt.datetime.fromisoformat(extended.hold.expires_at)
    assert dt.timedelta(seconds=1_700) < moved - ends < dt.timedelta(seconds=1_800)
    assert await till.extend("p", 1_800, "x") == extended
    said = await refusal_of(till.extend("p", 30))
    assert said.reason == "HOLD_EXTENSION_EXHAUSTED"
    assert set(said.numbers) == {"expires_at", "extensible_to"}
    await service.database.execute(
        "update hold set created_at = created_at - interval '115 minutes',"
        " extensible_to = extensible_to - interval '115 minutes',"
        " expires_at = now() + interval '1 minute'"
    )
    last = await till.extend("p", 1_800)
    left = dt.datetime.fromisoformat(last.hold.expires_at) - dt.datetime.now(dt.UTC)
    assert left < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    ("state", "code", "reason"),
    [
        ("none", grpc.StatusCode.NOT_FOUND, "HOLD_UNKNOWN"),
        ("expired", grpc.StatusCode.FAILED_PRECONDITION, "HOLD_EXPIRED"),
        ("cancelled", grpc.StatusCode.FAILED_PRECONDITION, "PURCHASE_CANCELLED"),
        ("confirmed", grpc.StatusCode.FAILED_PRECONDITION, "PURCHASE_CONFIRMED"),
    ],
)
async def test_what_has_ended_is_not_extended(
    service: Service, state: str, code: grpc.StatusCode, reason: str
) -> None:
    """Extending says why not: no hold, its time over, cancelled, confirmed."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    if state != "none":
        await till.quote("p", sale, hold=True)
    if state == "expired":
        await expire_holds(service)
    if state == "cancelled":
        await till.cancel("p")
    if state == "confirmed":
        await till.confirm("p", sale)
    said = await refusal_of(till.extend("p", 1_800))
    assert (said.code, said.reason) == (code, reason)


async def test_cancel_gives_back_what_was_held(service: Service) -> None:
    """Points and limit room are free again; cancelling again changes nothing."""
    till = service.till()
    sale = receipt(line("soap", 100_00), card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True)
    answer = await till.cancel("p", "c")
    assert answer.released_points_minor == held.hold.points_minor > 0
    assert await till.balance_minor() == POINTS
    assert await service.database.fetchval("select sum(held) from limit_slot") == 0
    assert await till.cancel("p", "c") == answer
    assert (await till.cancel("p")).released_points_minor == 0
    assert await hold_states(service) == ["voided"]


async def test_the_sweep_ends_what_is_overdue(service: Service) -> None:
    """A worker ends holds whose time is over, and the points come back without any call."""
    till = service.till()
    sale = receipt(line("soap", 100_00), card=world.CARD, points_max=True)
    await till.quote("p", sale, hold=True)
    await till.quote("lives", receipt(card=world.CARD, points_minor=1_00), hold=True)
    await service.database.execute(
        "update hold set expires_at = now() - interval '1 second' where purchase_id = 'p'"
    )
    await service.workers[0].sweeper.step()
    assert await hold_states(service) == ["expired", "pending"]
    assert await till.balance_minor() == POINTS - 1_00
    held = await service.database.fetchrow("select sum(held) from limit_slot")
    assert held[0] == 0
    assert (await till.purchase("p")).state == pb.PURCHASE_STATE_RELEASED


async def test_the_sweep_runs_by_itself(service: Service) -> None:
    """Nobody has to call: an overdue hold is gone within a few seconds."""
    till = service.till()
    await till.quote("p", receipt(card=world.CARD, points_max=True), hold=True)
    await expire_holds(service)

    async def is_swept() -> bool:
        return await hold_states(service) == ["expired"]

    await wait_until(is_swept, what="the sweep")


async def test_a_hold_keeps_limit_and_budget_room(service: Service) -> None:
    """Held uses count for everybody else; the confirm turns them into used ones."""
    till = service.till()
    await service.database.execute("update budget set uses_used = 49")
    sale = receipt(line("bread", 50_00), card=world.CARD)
    held = await till.quote("p", sale, hold=True)
    assert held.outcome.discount_minor == 10_00
    other = await till.quote("q", receipt(line("bread", 50_00)), hold=True)
    assert other.outcome.discount_minor == 0
    confirmed = await till.confirm("p", sale)
    assert confirmed.outcome.discount_minor == 10_00
    row = await service.database.fetchrow("select uses_used, uses_held from budget")
    assert tuple(row) == (50, 0)


async def test_a_held_price_is_charged_whatever_happens_meanwhile(service: Service) -> None:
    """With a live hold neither a new publication nor a blocked card changes the price."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True)
    cheaper = world.campaign(
        "fruit",
        {"kind": "percent", "lane": "goods", "rate_bp": 4_000, "goods": {"skus": ["apple"]}},
    )
    await world.put_campaign(service.database, world.NORTH, cheaper)
    await service.operator().publish()
    await service.workers[0].follower.step()
    await service.database.execute("update identifier set blocked_at = now()")
    confirmed = await till.confirm("p", sale, quote_token=held.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == held.outcome
    assert confirmed.snapshot_id == held.snapshot_id
    assert confirmed.member.balances[0].held_minor == 0


async def test_a_hold_is_for_the_receipt_that_was_held(service: Service) -> None:
    """Confirming other content than the held is RECEIPT_DIFFERS, and the hold stays."""
    till = service.till()
    await till.quote("p", receipt(card=world.CARD, points_max=True), hold=True)
    said = await refusal_of(till.confirm("p", receipt(line(price_minor=1_00), card=world.CARD)))
    assert said.reason == "RECEIPT_DIFFERS"
    assert await hold_states(service) == ["pending"]


async def test_a_hold_keeps_a_budget_that_its_member_reaches_no_more(service: Service) -> None:
    """Fewer points are spent with the facts of the hold: with its tier, and what that had."""
    off = {"kind": "amount", "lane": "receipt", "per": "receipt", "amount_minor": 100_00}
    of_base = world.campaign(
        "of-base", off, when={"kind": "tier", "tiers": ["base"]}, budget={"uses": 5}
    )
    await world.put_campaign(service.database, world.NORTH, of_base)
    await service.operator().publish()
    await service.workers[0].follower.step()
    till = service.till()
    sale = receipt(line("towel", 1000_00), card=world.CARD, points_minor=200_00)
    held = await till.quote("p", sale, hold=True)
    assert (held.status, held.outcome.discount_minor) == (pb.STATUS_OK, 100_00)
    await service.operator().set_tier(await service.ann(), "gold")
    fewer = receipt(line("towel", 1000_00), card=world.CARD, points_minor=100_00)
    fewer.local_time = sale.local_time
    sold = await till.confirm("p", fewer)
    assert (sold.status, sold.outcome.discount_minor) == (pb.STATUS_OK, 100_00)
    assert sold.outcome.redemption.points_minor == 100_00
    assert await violations(service) == []


async def of_series(service: Service) -> str:
    """A coupon of a series for which a campaign with a budget takes 10.00 off the receipt."""
    await put_coupon_rules(service.database)
    off = {"kind": "amount", "lane": "receipt", "per": "receipt", "amount_minor": 10_00}
    when = {"kind": "coupon_series", "series": SERIES}
    document = world.campaign("of-series", off, when=when, budget={"uses": 5})
    await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    await service.workers[0].follower.step()
    (coupon,) = await issue(service.operator())
    return coupon.code


async def test_a_hold_with_a_coupon_is_replaced_with_its_budget(service: Service) -> None:
    """The coupon is held, by the hold itself: the campaign that asks for it is reached again."""
    sale = receipt(line("apple", 100_00), coupons=[await of_series(service)])
    for _ in range(2):
        held = await service.till().quote("p", sale, hold=True)
        assert (held.status, held.outcome.discount_minor) == (pb.STATUS_OK, 20_00 + 10_00)
    sold = await service.till().confirm("p", sale)
    assert sold.outcome.discount_minor == 20_00 + 10_00
    assert await violations(service) == []


async def test_a_coupon_that_ends_after_the_quote_has_its_budget(service: Service) -> None:
    """The quote's moment decides: what it showed is charged, from the campaign's budget."""
    sale = receipt(line("apple", 100_00), coupons=[await of_series(service)])
    quoted = await service.till().quote("p", sale)
    await service.database.execute("update coupon set valid_until = now()")
    sold = await service.till().confirm("p", sale, quote_token=quoted.quote_token)
    assert (sold.status, sold.outcome.discount_minor) == (pb.STATUS_OK, 20_00 + 10_00)
    assert await violations(service) == []
