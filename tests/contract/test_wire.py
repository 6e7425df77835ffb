"""What no decoder of ours sees: bytes that are no message, messages too large, deadlines."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.service import world
from tests.service.till import line, receipt, refusal_of, said_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.service.running import Service

#: Paths of all unary calls: one that is added is sent broken bytes by itself.
PATHS: Final = [
    f"/{service.full_name}/{method.name}"
    for module in (pb, op)
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
    if not method.client_streaming
]
TILLS: Final = "/checkout.v1.CheckoutService/"
TILL: Final = (("authorization", "Bearer north-s1-t1"),)
#: No message, and no text.
NOTHING: Final = (b"\xff\xff\xff\xff", b"\x0a\x02\xff\xfe")


async def send(service: Service, path: str, body: bytes, timeout_s: float = 10) -> grpc.StatusCode:
    """The status of a call whose bytes are given, of a caller who may make it."""
    call: Any = service.channels[0].unary_unary(path)
    is_till = path.startswith(TILLS)
    try:
        metadata = TILL if is_till else service.operator().metadata
        await call(body, metadata=metadata, timeout=timeout_s)
    except grpc.aio.AioRpcError as error:
        said = said_by(error)
        assert "Traceback" not in said.message
        assert "asyncpg" not in said.message
        return said.code
    return grpc.StatusCode.OK


def broken_bodies(whole: bytes, count: int) -> Iterator[bytes]:
    """A message with some bytes changed and its end cut off, so many times."""
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    for _ in range(count):
        body = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        yield bytes(body[: chance.randrange(1, len(body))])


async def test_bytes_that_are_no_message_are_refused(service: Service) -> None:
    """Random and mutilated bytes end in a status of the contract, never UNKNOWN or INTERNAL.

    Requests that are right and then spoilt, of every call: `test_hostile_requests.py`.
    """
    whole = pb.ConfirmRequest(
        request_id="r", purchase_id="p", receipt=receipt(card=world.CARD)
    ).SerializeToString()
    before = await service.rows()
    # A Cancel may leave a tombstone; a household, a publication or a member needs little more.
    writing = ("Cancel", "CreateHousehold", "PublishSnapshot", "EnrolMember")
    paths = itertools.cycle(path for path in PATHS if not path.endswith(writing))
    seen = Counter(
        [
            await send(service, path, body)
            for body in broken_bodies(whole, 150)
            for path in (next(paths),)
        ]
    )
    for path in PATHS:
        seen.update([await send(service, path, body) for body in NOTHING])
    assert seen.keys() <= {
        grpc.StatusCode.OK,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
    }, seen
    assert seen[grpc.StatusCode.INVALID_ARGUMENT] >= len(PATHS) * len(NOTHING)
    assert await service.rows() == before
    assert (await service.till().quote("p", receipt())).outcome.payable_minor == 80_00
    told = {code.name: count for code, count in seen.items()}
    print(f"{seen.total()} broken messages to {len(PATHS)} calls: {told}")  # noqa: T201 - a figure


async def test_frames_that_are_no_message_are_refused_in_band(service: Service) -> None:
    """Each is answered with a reason of the contract, and the stream goes on."""
    whole = pb.SessionRequest(
        correlation_id=1, quote=pb.QuoteRequest(purchase_id="p", receipt=receipt(card=world.CARD))
    ).SerializeToString()
    bodies = [*NOTHING, b"", *broken_bodies(whole, 200)]
    before = await service.rows()
    channel: Any = service.channels[0]
    stream = channel.stream_stream(TILLS + "Session")(metadata=TILL)
    seen: Counter[str] = Counter()

    async def read() -> None:
        for _ in bodies:
            response = pb.SessionResponse.FromString(await stream.read())
            assert "Traceback" not in response.error.message
            seen[error_reason_pb2.ErrorReason.Name(response.error.reason)] += 1

    reading = asyncio.create_task(read())
    for body in bodies:
        await stream.write(body)
    await reading
    info = pb.SessionRequest(correlation_id=7, get_snapshot_info=pb.GetSnapshotInfoRequest())
    await stream.write(info.SerializeToString())
    last = pb.SessionResponse.FromString(await stream.read())
    assert last.get_snapshot_info.terminal == "t1"
    await stream.done_writing()
    assert seen.total() == len(bodies)
    assert "ERROR_REASON_INTERNAL" not in seen
    assert seen["ERROR_REASON_FIELD_INVALID"] >= len(NOTHING), seen
    assert await service.rows() == before
    print(f"{seen.total()} broken frames: {dict(seen)}")  # noqa: T201 - a figure


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
    assert await send(service, TILLS + "GetSnapshotInfo", newer) is grpc.StatusCode.OK
    assert await send(service, TILLS + "Refund", b"") is grpc.StatusCode.UNIMPLEMENTED


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
