"""Goods of an unknown purchase: who may take them back, how much in a day, and nothing else."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.cards import PREFIX, add_card_type
from tests.service.returns import bring_back, goods
from tests.service.till import fresh, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

ALL = world.WITHOUT_RECEIPT_MINOR


async def permit(service: Service, permissions: list[str]) -> None:
    """Every terminal may do just this."""
    await service.database.execute("update terminal set permissions = $1", permissions)
    for worker in service.workers:
        await worker.follower.step()


async def allow(service: Service, terminal_minor: int | None) -> None:
    """North lets a terminal pay out so much; none: nothing is set."""
    settings = "settings - 'returns_without_receipt'"
    if terminal_minor is not None:
        allowance = f'{{"returns_without_receipt": {{"terminal_minor": {terminal_minor}}}}}'
        settings = f"settings || '{allowance}'"
    await service.database.execute(f"update partner set settings = {settings}")
    for worker in service.workers:
        await worker.follower.step()


async def test_money_goes_out_and_nothing_else_happens(service: Service) -> None:
    """A member who is named is noted; points, limits, purchases and the statement stay."""
    till = service.till()
    before = await till.identify(card=world.CARD)
    done = await bring_back(till, 12_00, card=world.CARD, cashier="Eve", reason="no paper")
    assert (done.money_minor, done.allowance_left_minor) == (12_00, ALL - 12_00)
    assert done.identifier_reason == error_reason_pb2.ERROR_REASON_UNSPECIFIED
    assert await till.identify(card=world.CARD) == before
    row = await service.database.fetchrow("select * from return_without_receipt")
    assert (str(row["member_id"]), row["money_minor"]) == (before.member_id, 12_00)
    assert (row["cashier"], row["reason"]) == ("Eve", "no paper")
    assert (
        await service.database.fetchval("select count(*) from posting where kind = 'return'") == 0
    )
    event = await service.database.fetchrow(
        "select body, subject_id from outbox where kind = 'returned_without_receipt'"
    )
    assert str(event["subject_id"]) == done.return_receipt_id
    assert await violations(service) == []


async def test_an_unknown_card_is_said_and_does_not_matter(service: Service) -> None:
    """The goods come back as anybody's."""
    done = await bring_back(service.till(), card="2999999999991")
    assert done.identifier_reason == error_reason_pb2.ERROR_REASON_MEMBER_UNKNOWN
    await add_card_type(service)
    mistyped = await bring_back(service.till(), card=f"{PREFIX}0000")
    assert mistyped.identifier_reason == error_reason_pb2.ERROR_REASON_CARD_NUMBER_INVALID
    members = await service.database.fetch("select member_id from return_without_receipt")
    assert [row["member_id"] for row in members] == [None, None]


async def test_a_terminal_without_the_permission_is_refused(service: Service) -> None:
    """With a reason of its own; what it did while it had the permission is still answered."""
    till = service.till()
    first = await bring_back(till, return_id="one")
    await permit(service, ["already_paid"])
    said = await refusal_of(bring_back(till))
    assert (said.code, said.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "RETURN_NEEDS_RECEIPT",
    )
    assert said.numbers == {"permission": "return_without_receipt"}
    again = await bring_back(till, return_id="one")
    assert again.return_receipt_id == first.return_receipt_id
    await permit(service, ["return_without_receipt"])
    await bring_back(till)


async def test_the_allowance_bounds_a_terminal_and_a_day(service: Service) -> None:
    """All of it, and no more, whatever business day the till names; the partner may change it."""
    till = service.till()
    await bring_back(till, ALL - 1)
    said = await refusal_of(bring_back(till, 2, business_day=world.business_day(7)))
    assert said.reason == "RETURN_ALLOWANCE_EXCEEDED"
    assert said.numbers == {"wanted_minor": "2", "left_minor": "1"}
    assert (await bring_back(till, 1)).allowance_left_minor == 0
    await allow(service, ALL + 50)
    assert (await bring_back(till, 20)).allowance_left_minor == 30
    await allow(service, 10)
    assert (await refusal_of(bring_back(till, 1))).numbers["left_minor"] == "0"
    await allow(service, None)
    said = await refusal_of(bring_back(till, 1))
    assert (said.reason, said.numbers["left_minor"]) == ("RETURN_ALLOWANCE_EXCEEDED", "0")


async def test_what_was_said_before_is_answered_as_before(service: Service) -> None:
    """By request and by return; other content is refused; GetOperation tells it."""
    till = service.till()
    first = await bring_back(till, return_id="one", request_id="q")
    assert await bring_back(till, return_id="one", request_id="q") == first
    assert await bring_back(till, return_id="one") == first
    two = [goods(1_00, position=1), goods(2_00, position=2)]
    both = await bring_back(till, return_id="both", goods=two)
    assert await bring_back(till, return_id="both", goods=two[::-1]) == both
    said = await refusal_of(bring_back(till, 11_00, return_id="one"))
    assert said.reason == "RETURN_CONFIRMED"
    said = await refusal_of(bring_back(till, 11_00, return_id="two", request_id="q"))
    assert said.reason == "REQUEST_ID_REUSED"
    asked = pb.GetOperationRequest(method="ReturnWithoutReceipt", request_id="q")
    found: pb.GetOperationResponse = await till.call("GetOperation", asked)
    assert found.state == pb.OPERATION_STATE_DONE
    assert found.return_without_receipt == first
    assert await service.database.fetchval("select count(*) from return_without_receipt") == 2


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"goods": []}, "LINE_COUNT_OUT_OF_RANGE", "goods"),
        ({"goods": [goods(1)] * 1_001}, "LINE_COUNT_OUT_OF_RANGE", "goods"),
        ({"goods": [goods(0)]}, "FIELD_OUT_OF_RANGE", "goods"),
        ({"goods": [goods(5), goods(5)]}, "LINE_POSITION_REPEATED", "goods[1].position"),
        ({"goods": [goods(5, sku="")]}, "FIELD_REQUIRED", "goods[0].sku"),
        ({"goods": [goods(-5)]}, "FIELD_OUT_OF_RANGE", "goods[0].price_minor"),
        ({"reason": "x" * 501}, "FIELD_OUT_OF_RANGE", "reason"),
        ({"business_day": "today"}, "FIELD_INVALID", "business_day"),
        ({"return_id": ""}, "FIELD_REQUIRED", "return_id"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    service: Service, fields: dict[str, Any], reason: str, field: str
) -> None:
    """Nothing is written."""
    request = pb.ReturnWithoutReceiptRequest(
        **({"request_id": "q", "return_id": "one", "goods": [goods(5)]} | fields)
    )
    said = await refusal_of(service.till().call("ReturnWithoutReceipt", request))
    assert said.reason == reason
    assert field in said.fields
    assert await service.database.fetchval("select count(*) from return_without_receipt") == 0


async def test_an_amount_is_price_times_quantity(service: Service) -> None:
    """Give or take one; two is a fault of the integration."""
    till = service.till()
    for off, is_fine in ((1, True), (-1, True), (2, False), (-2, False)):
        one = pb.ReturnedGoods(
            position=1, sku="x", quantity_milli=1_500, price_minor=3, amount_minor=5 + off
        )
        if is_fine:
            assert (await bring_back(till, goods=[one])).money_minor == 5 + off
        else:
            said = await refusal_of(bring_back(till, goods=[one]))
            assert said.reason == "LINE_AMOUNT_MISMATCH"


async def test_a_shift_counts_them_apart(service: Service) -> None:
    """Among its returns, and as what came without a receipt; a missing one is named."""
    till = service.till()
    day = world.business_day(1)
    await bring_back(till, 7_00, return_id="mine", shift="7", business_day=day)
    await bring_back(till, 9_00, shift="8", business_day=day)
    request = pb.ReconcileShiftRequest(
        shift="7",
        business_day=day,
        till=pb.ShiftTotals(
            returns=1,
            returns_minor=7_00,
            returns_without_receipt=1,
            returns_without_receipt_minor=7_00,
        ),
        return_ids=["mine"],
    )
    compared: pb.ReconcileShiftResponse = await till.call("ReconcileShift", request)
    assert compared.agrees
    request.till.returns_without_receipt = 0
    request.return_ids[:] = ["other"]
    compared = await till.call("ReconcileShift", request)
    assert not compared.agrees
    assert list(compared.returns_missing_at_till) == ["mine"]
    assert list(compared.returns_missing_at_service) == ["other"]


async def test_the_allowance_holds_over_two_workers(two_workers: Service) -> None:
    """Thirty returns of a tenth of it at once: ten are paid out."""
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]

    async def one(i: int) -> bool:
        try:
            await bring_back(tills[i % 2], ALL // 10)
        except grpc.aio.AioRpcError:
            return False
        return True

    done = await asyncio.gather(*(one(i) for i in range(30)))
    assert sum(done) == 10
    paid = await two_workers.database.fetchval(
        "select sum(money_minor) from return_without_receipt"
    )
    assert paid == ALL
    assert await violations(two_workers) == []


async def test_one_return_at_two_workers_is_made_once(two_workers: Service) -> None:
    """The same return id, each call with a request id of its own: one answer."""
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    return_id = fresh("one")
    answers = await asyncio.gather(
        *(bring_back(tills[i % 2], return_id=return_id) for i in range(8))
    )
    assert len({answer.return_receipt_id for answer in answers}) == 1
    assert await two_workers.database.fetchval("select count(*) from return_without_receipt") == 1
