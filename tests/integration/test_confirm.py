"""Confirm: with and without a token, and what moved between quote and confirm."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import grpc
import pytest

from checkout.flows.quote_token import TokenSigner
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1.receipt_pb2 import Settlement, Tender
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of

SIGNER = TokenSigner({1: bytes.fromhex("ab" * 32)})


async def publish_fruit(service: Service, rate_bp: int) -> None:
    """Change the fruit's discount, and let the worker know."""
    document = world.campaign(
        "fruit",
        {"kind": "percent", "lane": "goods", "rate_bp": rate_bp, "goods": {"skus": ["apple"]}},
    )
    await world.put_campaign(service.database, world.NORTH, document)
    assert (await service.operator().publish()).changed
    await service.workers[0].follower.step()


async def test_without_a_token_the_sale_costs_what_it_costs_now(service: Service) -> None:
    """A confirm alone is a whole sale."""
    confirmed = await service.till().confirm("p", receipt(card=world.CARD))
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome.payable_minor == 80_00


async def test_the_quoted_rules_are_honoured_after_a_publication(service: Service) -> None:
    """A quote's snapshot counts for fifteen minutes, also when another one is in force."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    await publish_fruit(service, 1_000)
    assert (await till.quote("q", sale)).outcome.payable_minor == 90_00
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome.payable_minor == 80_00
    assert confirmed.snapshot_id == quoted.snapshot_id


def let_run_out(quote_token: str) -> str:
    """The same token, signed with a time that is over."""
    terms = SIGNER.read(world.NORTH, quote_token)
    assert terms is not None
    ended = terms.valid_until - dt.timedelta(minutes=30)
    return SIGNER.sign(world.NORTH, dataclasses.replace(terms, valid_until=ended))


async def test_an_expired_token_is_fine_at_the_same_price(service: Service) -> None:
    """After its time a token still says what was shown: today's rules, and the same price."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    confirmed = await till.confirm("p", sale, quote_token=let_run_out(quoted.quote_token))
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == quoted.outcome


async def test_an_expired_token_never_charges_another_price(service: Service) -> None:
    """After its time, and with other rules in force, the answer is the new price, not a sale."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    await publish_fruit(service, 1_000)
    before = await service.rows()
    changed = await till.confirm("p", sale, quote_token=let_run_out(quoted.quote_token))
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome.payable_minor == 90_00
    assert await service.rows() == before
    confirmed = await till.confirm("p", sale, quote_token=changed.quote.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == changed.quote.outcome


async def test_a_changed_price_is_answered_with_a_fresh_quote(service: Service) -> None:
    """Points that went elsewhere meanwhile change the price; the fresh quote confirms."""
    till = service.till()
    sale = receipt(line("towel", 2000_00), card=world.CARD, points_max=True)
    quoted = await till.quote("p", sale)
    assert quoted.outcome.points_value_minor == world.ANN_POINTS_MINOR
    await till.confirm("q", receipt(line("towel", 1000_00), card=world.CARD, points_minor=200_00))
    changed = await till.confirm("p", sale, quote_token=quoted.quote_token, request_id="c")
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert not changed.receipt_id
    assert changed.quote.outcome.points_value_minor == 300_00
    # PRICE_CHANGED is not stored: the same request id may carry the fresh token.
    confirmed = await till.confirm("p", sale, quote_token=changed.quote.quote_token, request_id="c")
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == changed.quote.outcome
    assert await till.balance_minor() == 0


async def test_points_that_are_gone_reject_a_number_that_was_asked_for(service: Service) -> None:
    """Asking for so many points and having fewer is REJECTED with the reason; nothing is sold."""
    till = service.till()
    sale = receipt(line("towel", 2000_00), card=world.CARD, points_minor=400_00)
    quoted = await till.quote("p", sale)
    await till.confirm("q", receipt(line("towel", 1000_00), card=world.CARD, points_minor=200_00))
    rejected = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert rejected.status == pb.STATUS_REJECTED
    assert rejected.reason == error_reason_pb2.ERROR_REASON_INSUFFICIENT_POINTS
    assert not rejected.receipt_id


@pytest.mark.parametrize(
    ("card", "points_minor", "reason"),
    [
        ("", 1_00, "MEMBER_REQUIRED"),
        (world.CARD, 500_01, "INSUFFICIENT_POINTS"),
        (world.CARD, 24_01, "POINTS_ABOVE_MAXIMUM"),
    ],
)
async def test_points_that_cannot_be_spent_are_said_why(
    service: Service, card: str, points_minor: int, reason: str
) -> None:
    """A quote is rejected with the reason; the outcome beside it is the one without points."""
    sale = receipt(card=card, points_minor=points_minor)
    quoted = await service.till().quote("p", sale)
    assert quoted.status == pb.STATUS_REJECTED
    assert quoted.reason == error_reason_pb2.ErrorReason.Value(f"ERROR_REASON_{reason}")
    assert quoted.outcome.payable_minor == 80_00
    assert not quoted.quote_token


async def test_a_token_is_for_the_receipt_that_was_quoted(service: Service) -> None:
    """Any change of the priced content is RECEIPT_DIFFERS."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    fields: dict[str, Any] = {
        "local_time": sale.local_time,
        "identifier": sale.identifier,
        "lines": sale.lines,
    }
    changes: list[dict[str, Any]] = [
        {"lines": [line("apple", 99_00)]},
        {"lines": [line("bread", 100_00)]},
        {"lines": [line("apple", 100_00, no_points=True)]},
        {"coupons": [world.COUPON]},
        {"points_max": True},
        {"channel": "app"},
        {"planned_tenders": [{"kind": "card", "bin": "427600"}]},
        {"planned_tenders": [{"kind": "card", "token": "tok-1"}]},
        {"manual_permission": "senior"},
        {"language": "en"},
        {"lines": [line("apple", 100_00, manual_discount_minor=1_00)]},
        {"identifier": {"phone": world.PHONE}},
        {"utc_offset_minutes": 5},
        {"local_time": "2000-01-01T00:00:00"},
    ]
    for change in changes:
        other = type(sale)(**(fields | change))
        said = await refusal_of(till.confirm("p", other, quote_token=quoted.quote_token))
        assert (said.code, said.reason) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "RECEIPT_DIFFERS",
        ), change


async def test_settlement_is_not_priced(service: Service) -> None:
    """Tenders, cashier, shift and fiscal data come with the confirm and change no price."""
    till = service.till()
    sale = receipt(card=world.CARD)
    quoted = await till.quote("p", sale)
    settlement = Settlement(
        tenders=[Tender(kind="card", amount_minor=80_00, bin="427600")],
        shift="12",
        receipt_number="345",
        cashier="c7",
        business_day=world.business_day(1),
        fiscal={"sign": "123"},
    )
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token, settlement=settlement)
    assert confirmed.status == pb.STATUS_OK
    row = await service.database.fetchrow("select * from receipt")
    assert (row["shift"], row["receipt_number"], row["cashier"]) == ("12", "345", "c7")
    assert row["business_day"].isoformat() == world.business_day(1)


async def test_an_expired_hold_is_claimed_anew(service: Service) -> None:
    """A confirm after the hold's time sells at the same price if nothing moved."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True)
    await service.database.execute("update hold set expires_at = now() - interval '1 second'")
    confirmed = await till.confirm("p", sale, quote_token=held.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == held.outcome
    assert await service.database.fetchval("select state from hold") == "expired"


@pytest.mark.parametrize("with_token", [True, False])
async def test_an_expired_hold_never_charges_another_price(
    service: Service, *, with_token: bool
) -> None:
    """What was held at 24.00 in points and can be paid no more is PRICE_CHANGED, token or not."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True)
    await service.database.execute("update hold set expires_at = now() - interval '1 second'")
    member = await till.identify(card=world.CARD)
    await service.workers[0].sweeper.step()
    await service.operator().adjust(member.member_id, -world.ANN_POINTS_MINOR + 5_00)
    token = held.quote_token if with_token else ""
    changed = await till.confirm("p", sale, quote_token=token)
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome.points_value_minor == 5_00


async def test_an_expired_hold_of_expired_points_is_a_changed_price(service: Service) -> None:
    """When hold and lots ran out together, the sale costs what it costs without those points."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    held = await till.quote("p", sale, hold=True)
    await service.database.execute(
        "update lot set active_from = now() - interval '2 days',"
        " expires_at = now() - interval '1 hour'"
    )
    await service.database.execute("update hold set expires_at = now() - interval '1 second'")
    changed = await till.confirm("p", sale, quote_token=let_run_out(held.quote_token))
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert changed.quote.outcome.points_value_minor == 0


async def test_coupons_are_answered_one_by_one(service: Service) -> None:
    """Each code has its status; a wrong or foreign one never fails the sale."""
    sale = receipt(card=world.CARD, coupons=[world.COUPON, "NOBODYS"])
    confirmed = await service.till().confirm("p", sale)
    assert confirmed.status == pb.STATUS_OK
    assert {c.code: c.status for c in confirmed.outcome.coupons} == {
        world.COUPON: 1,
        "NOBODYS": 2,
    }
    assert confirmed.outcome.discount_minor == 20_00 + 10_00


async def test_a_limit_is_used_up(service: Service) -> None:
    """Twice a week, and the third receipt pays the whole price and is told what it lacked."""
    till = service.till()
    sale = receipt(line("soap", 20_00), card=world.CARD)
    paid = [(await till.confirm(f"p{i}", sale)).outcome.payable_minor for i in range(3)]
    assert paid == [15_00, 15_00, 20_00]
    quoted = await till.quote("q", sale)
    assert [n.campaign for n in quoted.outcome.nearly] == ["soap"]
    row = await service.database.fetchrow("select used, held from limit_slot")
    assert tuple(row) == (2, 0)
