"""What no decoder of ours sees: bytes that are no message, messages too large, deadlines."""

from __future__ import annotations

import random
from typing import Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of, said_by

METHODS = [
    method.name
    for method in pb.DESCRIPTOR.services_by_name["CheckoutService"].methods
    if not method.client_streaming
]


async def send(
    service: Service, method: str, body: bytes, timeout_s: float = 10
) -> grpc.StatusCode:
    """The status of a call whose bytes are given."""
    call: Any = service.channels[0].unary_unary(f"/checkout.v1.CheckoutService/{method}")
    try:
        await call(body, metadata=(("authorization", "Bearer north-s1-t1"),), timeout=timeout_s)
    except grpc.aio.AioRpcError as error:
        said = said_by(error)
        assert "Traceback" not in said.message
        assert "asyncpg" not in said.message
        return said.code
    return grpc.StatusCode.OK


async def test_bytes_that_are_no_message_are_refused(service: Service) -> None:
    """Random and mutilated bytes end in a status of the contract, never UNKNOWN."""
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    whole = pb.ConfirmRequest(
        request_id="r", purchase_id="p", receipt=receipt(card=world.CARD)
    ).SerializeToString()
    before = await service.rows()
    seen = set()
    for _ in range(100):
        body = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        broken = bytes(body[: chance.randrange(1, len(body))])
        for method in chance.sample([m for m in METHODS if m != "Cancel"], 3):
            seen.add(await send(service, method, broken))
    for method in METHODS:
        seen.add(await send(service, method, b"\xff\xff\xff\xff"))
        seen.add(await send(service, method, b"\x0a\x02\xff\xfe"))  # no UTF-8
    assert grpc.StatusCode.UNKNOWN not in seen
    assert grpc.StatusCode.INVALID_ARGUMENT in seen
    assert await service.rows() == before
    assert (await service.till().quote("p", receipt())).outcome.payable_minor == 80_00


async def test_a_message_over_one_mebibyte_is_refused(service: Service) -> None:
    """It is refused with a reason; two mebibytes by gRPC itself; one just below by its fields."""
    before = await service.rows()
    large = receipt(*(line(title="x" * 1_100, position=i) for i in range(1, 1_001)))
    said = await refusal_of(service.till().quote("p", large))
    assert (said.code, said.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "FIELD_OUT_OF_RANGE")
    assert said.numbers["bytes_max"] == str(1 << 20)
    huge = receipt(*(line(title="x" * 2_200, position=i) for i in range(1, 1_001)))
    said = await refusal_of(service.till().quote("p", huge))
    assert said.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await service.rows() == before
    below = receipt(*(line(title="x" * 900, position=i) for i in range(1, 1_001)))
    assert (await refusal_of(service.till().quote("p", below))).reason == "FIELD_OUT_OF_RANGE"


async def test_unknown_fields_and_methods_harm_nobody(service: Service) -> None:
    """Fields of a later contract are ignored; a method that is not served is UNIMPLEMENTED."""
    newer = pb.GetSnapshotInfoRequest().SerializeToString() + b"\xfa\x3e\x03abc"
    assert await send(service, "GetSnapshotInfo", newer) is grpc.StatusCode.OK
    assert await send(service, "Refund", b"") is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("timeout_s", [0.000_001, 0.001, 0.005, 0.01, 0.015])
async def test_a_call_without_time_is_not_begun(service: Service, timeout_s: float) -> None:
    """With less than 20 ms left on arrival nothing is written, and nothing is on its way."""
    till = service.till()
    await till.snapshot_info()
    before = await service.rows()
    for number in range(5):
        request = pb.ConfirmRequest(
            request_id=f"c{number}", purchase_id=f"p{number}", receipt=receipt()
        )
        said = await refusal_of(till.call("Confirm", request, timeout_s))
        assert said.code is grpc.StatusCode.DEADLINE_EXCEEDED
        # The client's own clock may say it first; if we say it, then with the reason.
        assert said.reason in {"", "DEADLINE_TOO_SHORT"}
        operation = await till.operation("Confirm", f"c{number}")
        assert operation.state == pb.OPERATION_STATE_NOT_DONE
    assert await service.rows() == before


async def test_the_service_says_that_too_little_time_is_left(service: Service) -> None:
    """Below 20 ms the answer is DEADLINE_TOO_SHORT with what was left, unless it comes too late."""
    till = service.till()
    await till.snapshot_info()
    for _ in range(200):
        said = await refusal_of(till.call("GetSnapshotInfo", pb.GetSnapshotInfoRequest(), 0.018))
        assert said.code is grpc.StatusCode.DEADLINE_EXCEEDED
        if said.reason:
            assert said.reason == "DEADLINE_TOO_SHORT"
            assert 0 <= int(said.numbers["left_ms"]) < 20
            return
    raise AssertionError("two hundred answers came too late")


async def test_a_deadline_that_passes_means_unknown(service: Service) -> None:
    """The till gives up while the call waits; the call ends all the same, once."""
    till = service.till()
    sale = receipt(card=world.CARD)
    request = pb.ConfirmRequest(request_id="c", purchase_id="p", receipt=sale)
    async with service.database.transaction():
        await service.database.execute("select 1 from member for update")
        said = await refusal_of(till.call("Confirm", request, 0.1))
        assert said.code is grpc.StatusCode.DEADLINE_EXCEEDED
    await service.workers[0].group_commit.drain()
    operation = await till.operation("Confirm", "c")
    assert operation.state == pb.OPERATION_STATE_DONE
    assert operation.confirm == await till.confirm("p", sale, request_id="c")
    assert (await service.rows())["receipt"] == 1
