"""Prices that were shown or held are not stretched: to later times, other prices, other people."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from checkout.flows.quote_token import TokenSigner
from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.clock import move_clock
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from checkout.v1.receipt_pb2 import Receipt
    from tests.service.running import Service

SIGNER = TokenSigner({1: bytes.fromhex(world.TOKEN_KEYS.removeprefix("1:"))})
TOWEL = {"kind": "amount", "lane": "goods", "amount_minor": 5_00}


async def publish(service: Service, *documents: dict[str, object]) -> None:
    for document in documents:
        await world.put_campaign(service.database, world.NORTH, document)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def priced(service: Service, purchase_id: str, sale: Receipt, *, hold: bool) -> str:
    """The token of a quote; of a hold there is none to show later."""
    quoted = await service.till().quote(purchase_id, sale, hold=hold)
    return "" if hold else quoted.quote_token


@pytest.mark.parametrize("hold", [False, True])
async def test_an_old_price_does_not_overrun_a_limit(service: Service, *, hold: bool) -> None:
    """Weeks later neither a token nor an expired hold buys at a day whose uses are not read."""
    limit = {"code": "daily", "name": "Once a day", "bound": 1, "period": "day"}
    await publish(
        service, world.campaign("towel", TOWEL | {"goods": {"skus": ["towel"]}}, limits=[limit])
    )
    (card,) = await make_members(service, 1, 0)
    till = service.till()
    sale = receipt(line("towel"), card=card)
    token = await priced(service, "late", sale, hold=hold)
    if hold:
        await service.database.execute("update hold set expires_at = now() - interval '1 second'")
        await service.workers[0].sweeper.step()
    assert (await till.confirm("first", sale)).outcome.discount_minor == 5_00
    await move_clock(service, dt.timedelta(days=40))
    said = await refusal_of(till.confirm("late", sale, quote_token=token))
    assert said.reason == "RECEIPT_TIME_OUT_OF_WINDOW"
    assert await service.database.fetchval("select sum(used) from limit_slot") == 1
    assert await violations(service) == []


@pytest.mark.parametrize("hold", [False, True])
async def test_a_price_that_ran_out_is_confirmed_within_hours(
    service: Service, *, hold: bool
) -> None:
    """Two hours late the same price is fine; three hours late the till quotes again."""
    till = service.till()
    sale = receipt(card=world.CARD)
    tokens = [await priced(service, f"p{i}", sale, hold=hold) for i in range(2)]
    await move_clock(service, dt.timedelta(hours=2))
    confirmed = await till.confirm("p0", sale, quote_token=tokens[0])
    assert (confirmed.status, confirmed.outcome.payable_minor) == (pb.STATUS_OK, 80_00)
    await move_clock(service, dt.timedelta(hours=3))
    said = await refusal_of(till.confirm("p1", sale, quote_token=tokens[1]))
    assert said.reason == "RECEIPT_TIME_OUT_OF_WINDOW"


async def test_holding_again_does_not_keep_old_rules_alive(service: Service) -> None:
    """A hold's token is valid no longer than the quote it was made with."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    fruit = {"kind": "percent", "lane": "goods", "rate_bp": 100, "goods": {"categories": ["fruit"]}}
    await publish(service, world.campaign("fruit", fruit))
    held = await till.hold("p", sale, quoted.quote_token)
    assert (held.status, held.outcome.payable_minor) == (pb.STATUS_OK, 80_00)
    assert held.valid_until == quoted.valid_until
    ended = SIGNER.read(world.NORTH, held.quote_token)
    assert ended is not None
    ended = dataclasses.replace(ended, valid_until=ended.valid_until - dt.timedelta(minutes=20))
    again = await till.hold("p", sale, SIGNER.sign(world.NORTH, ended))
    assert (again.status, again.outcome.payable_minor) == (pb.STATUS_PRICE_CHANGED, 99_00)


async def test_a_held_price_is_not_charged_for_another_that_was_shown(service: Service) -> None:
    """With the token of another price the held one is shown first, and its token confirms it."""
    (card,) = await make_members(service, 1, 300_00)
    till = service.till()
    sale = receipt(line("towel", 1000_00), card=card, points_max=True)
    held = await till.quote("p", sale, hold=True)
    assert held.outcome.points_value_minor == 300_00
    shown = await till.quote("p", sale)
    assert shown.outcome.points_value_minor == 0
    before = await service.rows()
    changed = await till.confirm("p", sale, quote_token=shown.quote_token)
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome == held.outcome
    assert await service.rows() == before
    confirmed = await till.confirm("p", sale, quote_token=changed.quote.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == held.outcome
    assert await violations(service) == []


async def test_what_was_held_for_a_guest_is_sold_to_a_guest(service: Service) -> None:
    """A card that is enrolled while its sale is held does not get a receipt without its points."""
    till = service.till()
    sale = receipt(line("bread"), card="7700012345")
    held = await till.quote("p", sale, hold=True)
    await till.enrol(card="7700012345")
    confirmed = await till.confirm("p", sale, quote_token=held.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == held.outcome
    assert not confirmed.HasField("member")
    row = await service.database.fetchrow(
        "select r.member_id, h.bucket = k.home_bucket as together from receipt r"
        " join purchase_key k using (receipt_id) join hold h using (hold_id)"
    )
    assert tuple(row) == (None, True)
    assert await violations(service) == []
