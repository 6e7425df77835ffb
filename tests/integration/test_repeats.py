"""Whatever is said twice happens once, and whoever lost an answer can ask for it."""

from __future__ import annotations

import datetime as dt

import grpc
import pytest

from checkout.flows.operation import request_key_number
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1.receipt_pb2 import Settlement
from tests.service import world
from tests.service.clock import make_months, move_clock
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


async def test_a_repeated_confirm_is_answered_as_before(service: Service) -> None:
    """Same request id, same content: the same answer, and nothing is written twice."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    first = await till.confirm("p", sale, request_id="c")
    before = await service.rows()
    assert await till.confirm("p", sale, request_id="c") == first
    assert await service.rows() == before


async def test_a_repeated_purchase_is_answered_as_before(service: Service) -> None:
    """Another request id with the same purchase and content gives the same answer, once posted."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    quoted = await till.quote("p", sale)
    first = await till.confirm("p", sale, request_id="c1")
    assert await till.confirm("p", sale, request_id="c2") == first
    assert await till.confirm("p", sale, quote_token=quoted.quote_token) == first
    assert (await service.rows())["receipt"] == 1
    assert (await till.operation("Confirm", "c2")).confirm == first


async def test_a_repetition_that_names_another_member_is_recognised(service: Service) -> None:
    """Rows of another member lie elsewhere; the ids are known all the same, and it is refused."""
    till, now = service.till(), world.local_now()
    sale = receipt(card=world.CARD, local_time=now)
    first = await till.confirm("p", sale, request_id="c")
    before = await service.rows()
    for card in (world.GOLD_CARD, ""):
        other = receipt(card=card, local_time=now)
        said = await refusal_of(till.confirm("p", other, request_id="c"))
        assert said.reason == "REQUEST_ID_REUSED"
        said = await refusal_of(till.confirm("p", other))
        assert said.reason == "PURCHASE_CONFIRMED"
    assert await service.rows() == before
    assert (await till.purchase("p")).confirmed == first


async def test_a_repetition_is_recognised_in_the_next_month(service: Service) -> None:
    """Receipts and returns lie in the month of their time; their keys do not."""
    till, sale = service.till(), receipt(card=world.CARD, points_max=True)
    ahead = dt.timedelta(days=32)
    await make_months(service, ahead)
    sold = await till.confirm("p", sale, request_id="c")
    back = await till.take_back("p", {1: 500}, return_id="b", request_id="r")
    before = await service.rows()
    await move_clock(service, ahead)
    assert await till.confirm("p", sale, request_id="c") == sold
    assert await till.confirm("p", sale) == sold
    assert await till.take_back("p", {1: 500}, return_id="b", request_id="r") == back
    assert await till.take_back("p", {1: 500}, return_id="b") == back
    after = await service.rows()
    del before["request_key"], after["request_key"]
    assert after == before


@pytest.mark.parametrize(
    "settlement",
    [Settlement(cashier="other"), Settlement(shift="2"), Settlement(fiscal={"a": "b"})],
)
async def test_a_purchase_is_confirmed_with_one_content(
    service: Service, settlement: Settlement
) -> None:
    """A second confirm of the purchase with other content is PURCHASE_CONFIRMED."""
    till = service.till()
    sale = receipt(card=world.CARD)
    await till.confirm("p", sale)
    said = await refusal_of(till.confirm("p", sale, settlement=settlement))
    assert (said.code, said.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "PURCHASE_CONFIRMED",
    )


async def test_a_request_id_names_one_call(service: Service) -> None:
    """The same request id with other content is refused for every mutating call."""
    till, operator = service.till(), service.operator()
    sale, other = receipt(card=world.CARD), receipt(line("towel"), card=world.CARD)
    member_id = (await till.identify(card=world.CARD)).member_id
    token = (await till.quote("h", sale)).quote_token
    await till.confirm("p", sale, request_id="id")
    await till.cancel("x", request_id="id")
    await till.quote("q", sale, hold=True, request_id="id")
    await till.hold("h", sale, token, request_id="id")
    await till.extend("h", 1_800, request_id="id")
    await operator.adjust(member_id, 1_00, request_id="id")
    before = await service.rows()
    for call in (
        till.confirm("p", other, request_id="id"),
        till.confirm("p9", sale, request_id="id"),
        till.cancel("y", request_id="id"),
        till.quote("q", other, hold=True, request_id="id"),
        till.hold("h", sale, token, request_id="id", ttl_s=60),
        till.extend("h", 900, request_id="id"),
        operator.adjust(member_id, 2_00, request_id="id"),
    ):
        said = await refusal_of(call)
        assert (said.code, said.reason) == (grpc.StatusCode.ABORTED, "REQUEST_ID_REUSED")
    assert await service.rows() == before


async def test_a_cancelled_purchase_is_never_confirmed(service: Service) -> None:
    """Cancel leaves a tombstone, also for a purchase that nobody has seen yet."""
    till = service.till()
    sale = receipt(card=world.CARD)
    await till.cancel("p")
    for call in (till.confirm("p", sale), till.quote("p", sale, hold=True)):
        said = await refusal_of(call)
        assert (said.code, said.reason) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "PURCHASE_CANCELLED",
        )
    assert (await service.rows())["receipt"] == 0


async def test_a_confirmed_purchase_is_not_cancelled(service: Service) -> None:
    """Cancel after confirm is PURCHASE_CONFIRMED, stored, and the sale stands."""
    till = service.till()
    await till.confirm("p", receipt(card=world.CARD))
    for _ in range(2):
        said = await refusal_of(till.cancel("p", "c"))
        assert said.reason == "PURCHASE_CONFIRMED"
    refused = await till.operation("Cancel", "c")
    assert refused.refused == error_reason_pb2.ERROR_REASON_PURCHASE_CONFIRMED
    assert (await till.purchase("p")).state == pb.PURCHASE_STATE_CONFIRMED


async def test_an_operation_is_not_done_on_its_way_or_done(service: Service) -> None:
    """GetOperation tells the three apart, by the lock that the call's transaction holds."""
    till = service.till()
    assert (await till.operation("Confirm", "c")).state == pb.OPERATION_STATE_NOT_DONE
    key = request_key_number(world.NORTH, "Confirm", "c")
    async with service.database.transaction():
        await service.database.execute("select pg_advisory_xact_lock($1)", key)
        on_its_way = await till.operation("Confirm", "c")
        assert on_its_way.state == pb.OPERATION_STATE_IN_PROGRESS
    confirmed = await till.confirm("p", receipt(card=world.CARD), request_id="c")
    done = await till.operation("Confirm", "c")
    assert done.state == pb.OPERATION_STATE_DONE
    assert done.confirm == confirmed


async def test_those_who_ask_do_not_see_each_other(service: Service) -> None:
    """Two questions about the same call at once are both answered "not done"."""
    key = request_key_number(world.NORTH, "Confirm", "c")
    async with service.database.transaction():
        await service.database.execute("select pg_try_advisory_xact_lock_shared($1)", key)
        asked = await service.till().operation("Confirm", "c")
    assert asked.state == pb.OPERATION_STATE_NOT_DONE


async def test_every_kind_of_answer_can_be_asked_for(service: Service) -> None:
    """Enrolment, quote with hold, hold, extension and cancel are told as they were answered."""
    till = service.till()
    sale = receipt(card=world.CARD, points_max=True)
    enrolled = await till.enrol("e", card="2900000000994")
    held = await till.quote("p", sale, hold=True, request_id="q")
    quoted = await till.quote("p", sale)
    held_again = await till.hold("p", sale, quoted.quote_token, request_id="h")
    extended = await till.extend("p", 1_800, "x")
    cancelled = await till.cancel("p", "c")
    assert (await till.operation("EnrolMember", "e")).enrol_member == enrolled
    assert (await till.operation("Quote", "q")).quote == held
    assert (await till.operation("Hold", "h")).quote == held_again
    assert (await till.operation("ExtendHold", "x")).extend_hold == extended
    assert (await till.operation("Cancel", "c")).cancel == cancelled


async def test_a_purchase_in_each_state(service: Service) -> None:
    """Held with its hold, released after it, confirmed with the answer, cancelled, unknown."""
    till = service.till()
    sale = receipt(card=world.CARD, points_minor=1_00)
    held = await till.quote("held", sale, hold=True)
    found = await till.purchase("held")
    assert found.state == pb.PURCHASE_STATE_HELD
    assert found.hold == held.hold
    await till.quote("released", sale, hold=True)
    await service.database.execute(
        "update hold set expires_at = now() - interval '1 s' where purchase_id = 'released'"
    )
    assert (await till.purchase("released")).state == pb.PURCHASE_STATE_RELEASED
    confirmed = await till.confirm("confirmed", sale)
    found = await till.purchase("confirmed")
    assert found.state == pb.PURCHASE_STATE_CONFIRMED
    assert found.confirmed == confirmed
    await till.cancel("cancelled")
    assert (await till.purchase("cancelled")).state == pb.PURCHASE_STATE_CANCELLED
    await till.quote("quoted", sale)
    said = await refusal_of(till.purchase("quoted"))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "PURCHASE_UNKNOWN")
