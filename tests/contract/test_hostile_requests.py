"""Of every call a request that is right, made hostile: refused or answered, never worse.

What is spoilt little gets far: past the decoder, to rules, members and the database.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.api.session import METHODS
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.contract.hostile_requests import crowded, lists_of, spoilt
from tests.contract.test_generated_input import AT_ONCE, INSIDES, REASONS, REQUESTS
from tests.races.ledger_state import violations
from tests.service.right_requests import OPERATORS, TILLS, records, sales
from tests.service.till import receipt, said_by

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from tests.service.right_requests import Row, Stock
    from tests.service.running import Service
    from tests.service.till import Operator, Till

#: Of each call so many, and as many in frames; more at length by the environment.
SPOILT_EACH: Final = max(REQUESTS // 30, 2)
STREAM: Final = "Session"
#: Of the processor, for sending, reading and refusing a list of 200,000: it takes 0.02. To look at
#: each takes half a second, in which nobody else is answered.
LOOK_MAX_S: Final = 0.25


def requests_of(rows: dict[str, Row], stock: Stock) -> dict[str, Message]:
    """A request that is right, by call; a stream's frames are made of them."""
    return {method: row.request(stock) for method, row in rows.items() if method != STREAM}


async def check(service: Service, client: Till | Operator, path: str, body: bytes) -> str:
    """OK or the reason that the bytes were refused for."""
    call: Any = service.channels[0].unary_unary(path)
    try:
        await call(body, metadata=client.metadata, timeout=30)
    except grpc.aio.AioRpcError as error:
        said = said_by(error)
        told = (path, body[:400], said)
        assert said.code not in {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}, told
        assert said.reason in REASONS, told
        assert not any(INSIDES.search(each) for each in (said.message, *said.fields)), told
        return said.reason
    return "OK"


async def check_all(
    service: Service, client: Till | Operator, module: Any, rows: dict[str, Row], stock: Stock
) -> None:
    """Each call gets spoilt requests of its own; some are refused as no message, some get far."""
    (described,) = module.DESCRIPTOR.services_by_name.values()
    chance = random.Random(described.name)  # noqa: S311 - reproducible, not secret
    sent = [
        (f"/{described.full_name}/{method}", spoilt(request.SerializeToString(), chance))
        for method, request in requests_of(rows, stock).items()
        for _ in range(SPOILT_EACH)
    ]
    chance.shuffle(sent)
    seen: Counter[str] = Counter()
    for begin in range(0, len(sent), AT_ONCE):
        some = sent[begin : begin + AT_ONCE]
        seen.update(await asyncio.gather(*(check(service, client, *each) for each in some)))
    assert len(seen) > 2, seen
    print(f"{seen.total()} spoilt requests of {described.name}: {dict(seen)}")  # noqa: T201


async def check_lists(
    service: Service, client: Till | Operator, module: Any, rows: dict[str, Row], stock: Stock
) -> None:
    """A list that holds far too many is refused for it, without a look at each."""
    (described,) = module.DESCRIPTOR.services_by_name.values()
    looked = {}
    for method, request in requests_of(rows, stock).items():
        for way in lists_of(request.DESCRIPTOR):
            body = crowded(request, way).SerializeToString()
            began = time.thread_time()
            said = await check(service, client, f"/{described.full_name}/{method}", body)
            name = f"{method}.{'.'.join(field.name for field in way)}"
            looked[name] = time.thread_time() - began
            assert said != "OK", name
    assert {name: s for name, s in looked.items() if s > LOOK_MAX_S} == {}
    print(f"{len(looked)} lists of {described.name}, {max(looked.values()):.2f} s")  # noqa: T201


async def check_frames(service: Service, till: Till, stock: Stock) -> None:
    """The same in frames of one stream, each answered in band; the stream goes on."""
    chance = random.Random(STREAM)  # noqa: S311 - reproducible, not secret
    right: dict[str, Any] = {**requests_of(TILLS, stock)}
    sent = [
        spoilt(
            pb.SessionRequest(
                correlation_id=1, timeout_ms=30_000, **{field: right[method]}
            ).SerializeToString(),
            chance,
        )
        for field, method in METHODS.items()
        for _ in range(SPOILT_EACH)
    ]
    channel: Any = service.channels[0]
    stream = channel.stream_stream(f"/checkout.v1.CheckoutService/{STREAM}")(metadata=till.metadata)
    seen: Counter[str] = Counter()

    async def read() -> None:
        for _ in sent:
            error = pb.SessionResponse.FromString(await stream.read()).error
            assert not INSIDES.search(error.message), error
            seen[error_reason_pb2.ErrorReason.Name(error.reason)] += 1

    reading = asyncio.create_task(read())
    for body in sent:
        await stream.write(body)
    await reading
    last = pb.SessionRequest(correlation_id=7, get_snapshot_info=pb.GetSnapshotInfoRequest())
    await stream.write(last.SerializeToString())
    answer = pb.SessionResponse.FromString(await stream.read())
    assert (answer.correlation_id, answer.get_snapshot_info.terminal) == (7, "t1")
    await stream.done_writing()
    assert "ERROR_REASON_INTERNAL" not in seen
    assert len(seen) > 2, seen
    print(f"{seen.total()} spoilt frames: {dict(seen)}")  # noqa: T201 - a figure


async def test_hostile_requests_of_tills_do_no_harm(service: Service) -> None:
    """Of every call, and of every call in a frame of a Session; the books are right afterwards."""
    stock = await sales(service)
    await check_all(service, service.till(), pb, TILLS, stock)
    await check_frames(service, service.till(), stock)
    await check_lists(service, service.till(), pb, TILLS, stock)
    quoted = await service.till().quote("after", receipt())
    assert quoted.outcome.amount_minor == 100_00
    assert await violations(service) == []


async def test_hostile_requests_of_operators_do_no_harm(service: Service) -> None:
    """Of every call; the books are right afterwards."""
    stock = await records(service)
    await check_all(service, service.operator(), op, OPERATORS, stock)
    await check_lists(service, service.operator(), op, OPERATORS, stock)
    assert await violations(service) == []
