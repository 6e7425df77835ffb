"""Corrections of balances by an operator."""

from __future__ import annotations

import grpc
import pytest

from tests.service import world
from tests.service.running import Service
from tests.service.till import receipt, refusal_of


async def member_id(service: Service, card: str = world.CARD) -> str:
    return (await service.till().identify(card=card)).member_id


async def test_points_are_given_and_taken_with_reason_and_author(service: Service) -> None:
    """Giving makes a lot with the program's lifetime; taking uses the oldest; both are recorded."""
    operator = service.operator()
    member = await member_id(service)
    given = await operator.adjust(member, 25_00, reason="a broken jar")
    assert given.balance.active_minor == world.ANN_POINTS_MINOR + 25_00
    taken = await operator.adjust(member, -510_00)
    assert taken.balance.active_minor == 15_00
    row = await service.database.fetchrow(
        "select kind, reason, author from posting where posting_id = $1::uuid", given.posting_id
    )
    assert tuple(row) == ("adjustment", "a broken jar", "tester")
    lots = await service.database.fetch(
        "select remaining, expires_at from lot where member_id = $1::uuid order by lot_id", member
    )
    assert [lot["remaining"] for lot in lots] == [0, 15_00]
    assert all(lot["expires_at"] for lot in lots)


async def test_no_more_is_taken_than_can_be_spent(service: Service) -> None:
    """Held points are not there to be taken; the refusal has the numbers and is stored."""
    till, operator = service.till(), service.operator()
    member = await member_id(service)
    await till.quote("p", receipt(card=world.CARD, points_minor=20_00), hold=True)
    for _ in range(2):
        said = await refusal_of(operator.adjust(member, -480_01, request_id="a"))
        assert (said.code, said.reason) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "INSUFFICIENT_POINTS",
        )
        assert said.numbers == {"wanted_minor": "48001", "available_minor": "48000"}
    await operator.adjust(member, -480_00)
    assert await till.balance_minor() == 0


@pytest.mark.parametrize(
    ("partner", "currency", "reason"),
    [("south", world.CURRENCY, "MEMBER_UNKNOWN"), ("north", "miles", "CURRENCY_UNKNOWN")],
)
async def test_a_foreign_member_or_currency_is_unknown(
    service: Service, partner: str, currency: str, reason: str
) -> None:
    """Another partner's member does not exist here; nor does a currency that no program has."""
    member = await member_id(service)
    before = await service.rows()
    said = await refusal_of(service.operator(partner).adjust(member, 1_00, currency=currency))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, reason)
    assert await service.rows() == before


async def test_a_blocked_member_can_be_corrected(service: Service) -> None:
    """Blocking stops sales, not the help line."""
    blocked = await service.database.fetchval(
        "select member_id from member where blocked_at is not null"
    )
    answer = await service.operator().adjust(str(blocked), 1_00)
    assert answer.balance.active_minor == 11_00
