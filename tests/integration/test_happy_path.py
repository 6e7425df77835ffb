"""The happy path at a till: Quote with identifier and hold, then Confirm."""

from __future__ import annotations

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt


async def test_a_sale_is_two_calls(service: Service) -> None:
    """Quote with hold sets points aside; Confirm spends them, earns new ones, prints the slip."""
    till = service.till()
    sale = receipt(line("apple", 100_00), line("bread", 50_00, 2), card=world.CARD, points_max=True)
    quoted = await till.quote("p", sale, hold=True)
    assert quoted.status == pb.STATUS_OK
    # 20 % off the apple, 10.00 off the bread: 120.00 remain, 30 % of them in points.
    assert quoted.outcome.discount_minor == 30_00
    assert quoted.outcome.points_value_minor == 36_00
    assert quoted.outcome.payable_minor == 84_00
    assert quoted.hold.points_minor == 36_00
    assert quoted.member.balances[0].active_minor == world.ANN_POINTS_MINOR - 36_00
    assert quoted.member.balances[0].held_minor == 36_00

    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == quoted.outcome
    assert confirmed.outcome.points_earned_minor == 84
    balance = confirmed.member.balances[0]
    assert balance.active_minor == world.ANN_POINTS_MINOR - 36_00 + 84
    assert balance.held_minor == 0
    assert any("You saved 20.00" in text for text in confirmed.slip)
    assert max(map(len, confirmed.slip)) <= 40
    assert await till.balance_minor() == balance.active_minor


async def test_the_same_without_a_hold(service: Service) -> None:
    """A quote leaves no trace; its token alone is enough to confirm at the quoted price."""
    till = service.till()
    sale = receipt(line("apple", 100_00), card=world.CARD)
    before = await service.rows()
    quoted = await till.quote("p", sale)
    assert await service.rows() == before
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome == quoted.outcome


async def test_a_guest_buys_too(service: Service) -> None:
    """Without an identifier discounts work, points do not."""
    till = service.till()
    sale = receipt(line("apple", 100_00))
    quoted = await till.quote("p", sale)
    assert quoted.outcome.payable_minor == 80_00
    assert quoted.outcome.points_earned_minor == 0
    assert not quoted.HasField("member")
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert confirmed.outcome == quoted.outcome


async def test_a_title_that_cannot_be_printed_is_sold_with_blanks(service: Service) -> None:
    """Catalogues hold no-break spaces and worse: a sale does not fail for the text of its slip."""
    till = service.till()
    sale = receipt(line(title="Green\u00a0tea\n\u200d100 g\0"))
    confirmed = await till.confirm("p", sale)
    assert confirmed.status == pb.STATUS_OK
    assert "Green tea 100 g" in [" ".join(text.split()) for text in confirmed.slip]


async def test_an_unknown_article_is_sold(service: Service) -> None:
    """What the catalogue does not know has a price and no category."""
    sale = receipt(line("nobody-knows-it", 12_34, title="Bag"), card=world.CARD)
    confirmed = await service.till().confirm("p", sale)
    assert confirmed.outcome.payable_minor == 12_34
    assert confirmed.outcome.discount_minor == 0
