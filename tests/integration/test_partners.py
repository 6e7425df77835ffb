"""Two partners with the same codes, cards and ids: nothing crosses over."""

from __future__ import annotations

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


async def test_the_same_card_is_two_members(service: Service) -> None:
    """Ann at North and Zoe at South have the card number, and only that."""
    ann = await service.till().identify(card=world.CARD)
    zoe = await service.till("south-s1-t1").identify(card=world.CARD)
    assert ann.member_id != zoe.member_id
    assert ann.balances[0].active_minor == world.ANN_POINTS_MINOR
    assert zoe.balances[0].active_minor == world.ZOE_POINTS_MINOR


async def test_a_phone_of_one_partner_is_unknown_to_the_other(service: Service) -> None:
    """An identifier that only North knows brings nobody at South."""
    south = service.till("south-s1-t1")
    said = await refusal_of(south.identify(phone=world.PHONE))
    assert said.reason == "MEMBER_UNKNOWN"
    await south.enrol(phone=world.PHONE)
    assert (await south.identify(phone=world.PHONE)).balances[0].active_minor == 0


async def test_each_partner_has_its_own_rules(service: Service) -> None:
    """The same sku and the same coupon code have each partner's own discount and points."""
    sale = receipt(card=world.CARD, coupons=[world.COUPON, "NORTH-ONLY"])
    north = await service.till().quote("p", sale)
    south = await service.till("south-s1-t1").quote("p", sale)
    assert north.outcome.discount_minor == 20_00 + 10_00
    # 40 % and 15.00, within the cap of half the receipt.
    assert south.outcome.discount_minor == 50_00
    assert {c.code: c.status for c in north.outcome.coupons}["NORTH-ONLY"] == 1
    assert {c.code: c.status for c in south.outcome.coupons}["NORTH-ONLY"] == 2
    assert south.outcome.points_earned_minor == 1_00


async def test_the_same_ids_are_two_sales(service: Service) -> None:
    """Purchase id and request id belong to a partner."""
    north, south = service.till(), service.till("south-s1-t1")
    sale, other = receipt(card=world.CARD), receipt(line("towel"), card=world.CARD)
    first = await north.confirm("p", sale, request_id="c")
    second = await south.confirm("p", other, request_id="c")
    assert first.receipt_id != second.receipt_id
    assert second.outcome.payable_minor == 100_00
    assert (await north.purchase("p")).confirmed == first
    assert (await south.purchase("p")).confirmed == second
    assert (await south.operation("Confirm", "c")).confirm == second


async def test_the_other_partners_purchase_is_unknown(service: Service) -> None:
    """What one partner held or confirmed, the other cannot see, extend or cancel."""
    north, south = service.till(), service.till("south-s1-t1")
    await north.quote("p", receipt(card=world.CARD, points_max=True), hold=True, request_id="q")
    assert (await refusal_of(south.purchase("p"))).reason == "PURCHASE_UNKNOWN"
    assert (await refusal_of(south.extend("p", 1_800))).reason == "HOLD_UNKNOWN"
    assert (await south.operation("Quote", "q")).state == pb.OPERATION_STATE_NOT_DONE
    assert (await south.cancel("p")).released_points_minor == 0
    assert (await north.purchase("p")).state == pb.PURCHASE_STATE_HELD


@pytest.mark.parametrize("call", ["Confirm", "Hold"])
async def test_a_quote_of_one_partner_is_worth_nothing_at_the_other(
    service: Service, call: str
) -> None:
    """A guest's quote with North's prices is not one of South's, though every code is the same."""
    sale = receipt()
    quoted = await service.till("south-s1-t1").quote("p", sale)
    assert quoted.outcome.payable_minor == 60_00
    north = service.till()
    if call == "Confirm":
        said = await refusal_of(north.confirm("p", sale, quote_token=quoted.quote_token))
    else:
        said = await refusal_of(north.hold("p", sale, quoted.quote_token))
    assert (said.code, said.reason) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "QUOTE_TOKEN_INVALID",
    )


async def test_enrolling_at_one_partner_leaves_the_other_alone(service: Service) -> None:
    """A card that North has given out may be given out by South, too."""
    await service.till().enrol(card="2900000000994")
    await service.till("south-s1-t1").enrol(card="2900000000994")
    assert (
        await service.database.fetchval("select count(*) from identifier where masked = '…0994'")
        == 2
    )
