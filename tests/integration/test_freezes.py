"""Points that an operator freezes and restores: out of reach, and the same lots back."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.batching import batched
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


async def member_id(service: Service, card: str = world.CARD) -> str:
    return (await service.till().identify(card=card)).member_id


async def lots(service: Service, member: str) -> list[tuple[int, int]]:
    """What remains and what is frozen, by the order of expiry."""
    rows = await service.database.fetch(
        "select remaining, frozen from lot where member_id = $1::uuid order by expires_at", member
    )
    return [(row["remaining"], row["frozen"]) for row in rows]


async def test_a_freeze_lowers_what_can_be_spent_and_not_the_total(service: Service) -> None:
    """The balance stays; sales and holds cannot have what is frozen; restored, it is back."""
    till, operator = service.till(), service.operator()
    member = await member_id(service)
    frozen = await operator.freeze(member, 490_00)
    assert frozen.frozen_minor == 490_00
    assert (frozen.balance.active_minor, frozen.balance.frozen_minor) == (10_00, 490_00)
    assert frozen.balance.held_minor == 0
    account = await service.database.fetchrow(
        "select balance, held, frozen from account where member_id = $1::uuid", member
    )
    assert tuple(account) == (world.ANN_POINTS_MINOR, 0, 490_00)
    sale = receipt(line("towel", 200_00), card=world.CARD, points_minor=10_01)
    refused = await till.confirm("p", sale)
    assert refused.reason == error_reason_pb2.ERROR_REASON_INSUFFICIENT_POINTS
    assert (await till.quote("q", sale, hold=True)).status == pb.STATUS_REJECTED
    restored = await operator.restore(frozen.freeze_id)
    assert restored.restored_minor == 490_00
    assert restored.balance.active_minor == world.ANN_POINTS_MINOR
    assert (await till.confirm("p2", sale)).status == pb.STATUS_OK
    assert await violations(service) == []


async def test_the_same_lots_come_back(service: Service) -> None:
    """What expires last is frozen first; what was spent meanwhile came from the others."""
    operator = service.operator()
    member = await member_id(service)
    await service.database.execute("update lot set expires_at = now() + interval '30 days'")
    await operator.adjust(member, 40_00)
    frozen = await operator.freeze(member, 50_00)
    assert await lots(service, member) == [(500_00, 10_00), (40_00, 40_00)]
    sale = receipt(line("towel", 200_00), card=world.CARD, points_minor=30_00)
    await service.till().confirm("p", sale)
    assert await lots(service, member) == [(470_00, 10_00), (40_00, 40_00)]
    await operator.restore(frozen.freeze_id)
    assert await lots(service, member) == [(470_00, 0), (40_00, 0)]
    assert await violations(service) == []


async def test_all_is_what_can_be_spent_now(service: Service) -> None:
    """Held points are not free; with nothing left there is nothing to freeze."""
    till, operator = service.till(), service.operator()
    member = await member_id(service)
    sale = receipt(line("towel", 200_00), card=world.CARD, points_minor=20_00)
    held = await till.quote("p", sale, hold=True)
    frozen = await operator.freeze(member)
    assert frozen.frozen_minor == world.ANN_POINTS_MINOR - 20_00
    said = await refusal_of(operator.freeze(member))
    assert (said.reason, said.numbers["available_minor"]) == ("INSUFFICIENT_POINTS", "0")
    sold = await till.confirm("p", sale, quote_token=held.quote_token)
    assert (sold.status, sold.member.balances[0].frozen_minor) == (pb.STATUS_OK, 480_00)
    said = await refusal_of(operator.adjust(member, -1))
    assert said.reason == "INSUFFICIENT_POINTS"
    assert await violations(service) == []


async def test_more_than_is_free_is_refused_and_stored(service: Service) -> None:
    """The numbers stand in the refusal, and a repetition gets the same."""
    operator, member = service.operator(), await member_id(service)
    for _ in range(2):
        said = await refusal_of(operator.freeze(member, 500_01, request_id="f"))
        assert said.numbers == {"wanted_minor": "50001", "available_minor": "50000"}
    assert (await service.rows())["point_freeze"] == 0


async def test_repeated_calls_freeze_and_restore_once(service: Service) -> None:
    """By request id the first answer; a second restore finds it done."""
    operator, member = service.operator(), await member_id(service)
    first = await operator.freeze(member, 10_00, request_id="f")
    assert await operator.freeze(member, 10_00, request_id="f") == first
    restored = await operator.restore(first.freeze_id, request_id="r")
    assert await operator.restore(first.freeze_id, request_id="r") == restored
    assert (await operator.restore(first.freeze_id)).restored_minor == 0
    kinds = await service.database.fetch("select kind, author from intervention order by at")
    assert [tuple(row) for row in kinds] == [
        ("points_frozen", "tester"),
        ("points_restored", "tester"),
    ]


@pytest.mark.parametrize("size", [2, 20])
async def test_a_freeze_and_sales_share_the_points(two_workers: Service, size: int) -> None:
    """Sales on both workers and freezes at once: no point is both spent and frozen."""
    member = await member_id(two_workers)
    await two_workers.operator().freeze(member, world.ANN_POINTS_MINOR - 10_00)
    sale = receipt(line("towel", 100_00), card=world.CARD, points_minor=1_00)
    sales = [two_workers.till(worker=i % 2).confirm(f"p{i}", sale) for i in range(size)]
    freezes = [two_workers.operator(worker=i % 2).freeze(member, 1_00) for i in range(size)]
    sold, frozen = await asyncio.gather(
        asyncio.gather(*sales), asyncio.gather(*freezes, return_exceptions=True)
    )
    spent = sum(answer.status == pb.STATUS_OK for answer in sold)
    kept = sum(not isinstance(answer, BaseException) for answer in frozen)
    assert spent + kept == min(10, 2 * size)
    assert await violations(two_workers) == []


async def test_restores_of_one_batch_give_back_once(service: Service) -> None:
    """Two operators restore the same freeze at the same moment."""
    operator, member = service.operator(), await member_id(service)
    frozen = await operator.freeze(member, 10_00)
    answers = await batched(
        service.workers[0], [operator.restore(frozen.freeze_id) for _ in range(2)]
    )
    given = [getattr(answer, "restored_minor", None) for answer in answers]
    assert sorted(map(str, given)) == ["0", "1000"]
    assert await lots(service, member) == [(500_00, 0)]


async def test_foreign_members_currencies_and_freezes_are_unknown(service: Service) -> None:
    """Another partner's do not exist here."""
    north, south, member = service.operator(), service.operator("south"), await member_id(service)
    frozen = await north.freeze(member, 1_00)
    calls = {
        "MEMBER_UNKNOWN": south.freeze(member, 1_00),
        "CURRENCY_UNKNOWN": north.freeze(member, 1_00, currency="miles"),
        "FREEZE_UNKNOWN": south.restore(frozen.freeze_id),
    }
    for reason, call in calls.items():
        said = await refusal_of(call)
        assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, reason)
