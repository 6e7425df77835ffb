"""Who is it: by card, phone or external id, and why not."""

from __future__ import annotations

import grpc
import pytest

from checkout.v1 import error_reason_pb2
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


async def test_a_member_is_found_however_it_is_typed(service: Service) -> None:
    """Cards, external ids and phones in every usual form lead to the same member."""
    till = service.till()
    for identifier in (
        {"card": world.CARD},
        {"card": " 2900-0000 00017 "},
        {"external_id": world.EXTERNAL_ID},
        {"external_id": f"  {world.EXTERNAL_ID} "},
        {"phone": "+79001234567"},
        {"phone": "79001234567"},
        {"phone": "89001234567"},
        {"phone": "9001234567"},
        {"phone": "0079001234567"},
        {"phone": "8 (900) 123-45-67"},
        {"phone": "+7.900.123.45.67"},
        {"phone": "+7 900 123–45–67"},
    ):
        member = await till.identify(**identifier)
        assert member.balances[0].active_minor == world.ANN_POINTS_MINOR, identifier
        assert member.tier == "base"


async def test_the_member_is_what_the_program_says_and_nothing_personal(service: Service) -> None:
    """Balance with exponent and next expiry, tier, opaque id: no name and no contact."""
    member = await service.till().identify(card=world.CARD)
    (balance,) = member.balances
    assert (balance.currency, balance.exponent) == (world.CURRENCY, 2)
    assert balance.expiring_minor == world.ANN_POINTS_MINOR
    assert balance.expiring_at
    assert "Ann" not in str(member)


@pytest.mark.parametrize(
    ("identifier", "code", "reason"),
    [
        ({"card": "2900000009999"}, grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN"),
        ({"phone": "+79990000000"}, grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN"),
        ({"card": world.BLOCKED_CARD}, grpc.StatusCode.FAILED_PRECONDITION, "CARD_BLOCKED"),
        (
            {"card": world.BLOCKED_MEMBERS_CARD},
            grpc.StatusCode.FAILED_PRECONDITION,
            "MEMBER_BLOCKED",
        ),
    ],
)
async def test_who_cannot_be_served_is_said_why(
    service: Service, identifier: dict[str, str], code: grpc.StatusCode, reason: str
) -> None:
    """Unknown, blocked card and blocked member are errors of Identify, each with its reason."""
    said = await refusal_of(service.till().identify(**identifier))
    assert (said.code, said.reason) == (code, reason)


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("2900000009999", "MEMBER_UNKNOWN"),
        (world.BLOCKED_CARD, "CARD_BLOCKED"),
        (world.BLOCKED_MEMBERS_CARD, "MEMBER_BLOCKED"),
    ],
)
async def test_a_sale_goes_on_without_the_member(service: Service, card: str, reason: str) -> None:
    """Quote and confirm sell to a guest, say why, and give the same price both times."""
    till = service.till()
    sale = receipt(line("apple"), line("soap", 20_00, 2), card=card)
    quoted = await till.quote("p", sale)
    confirmed = await till.confirm("p", sale, quote_token=quoted.quote_token)
    for answer in (quoted, confirmed):
        said = error_reason_pb2.ErrorReason.Name(answer.identifier_reason)
        assert said == f"ERROR_REASON_{reason}"
        assert not answer.HasField("member")
        # The fruit's discount is everybody's; the soap's is for members.
        assert answer.outcome.payable_minor == 80_00 + 20_00
        assert answer.outcome.points_earned_minor == 0


async def test_another_phone_of_a_member_with_a_blocked_card_still_works(service: Service) -> None:
    """Blocking a card blocks that card only."""
    member = await service.till().identify(phone="+79001230002")
    assert member.balances[0].active_minor == 10_00


async def test_a_tier_multiplies_points(service: Service) -> None:
    """A gold member earns twice as much."""
    confirmed = await service.till().confirm("p", receipt(line("apple"), card=world.GOLD_CARD))
    assert confirmed.member.tier == "gold"
    assert confirmed.outcome.points_earned_minor == 2 * 80
