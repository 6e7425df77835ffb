"""A worker without room turns calls away before it receives them, and loses no room by it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any, Final

import grpc
import pytest

from checkout.api.gate import Gate
from checkout.client.errors import CallRefusedError
from checkout.flows.batch import LOOKED_AT_ONCE
from checkout.flows.confirm import ConfirmOperation
from checkout.flows.group_commit import ANSWERED_AT_ONCE
from checkout.flows.waiting import Waiting
from checkout.ledger.book import ContestedRefs
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of

#: Calls at once; how long a turn of the event loop is; and how many pass until all are answered.
CALLS: Final = 96
TURN_S: Final = 0.004
#: One acceptor takes 400 or more, four about 150; more where others keep grpc's threads from a
#: core, so the best of some attempts counts.
TURNS_MAX: Final = 280
ATTEMPTS: Final = 3


def gate_of(service: Service) -> Gate:
    return service.workers[0].server.sessions._gate


async def test_who_finds_no_room_hears_so_with_a_delay(service: Service) -> None:
    """Tills and operators, small messages and large ones; with room again all is as before."""
    till, operator, gate = service.till(), service.operator(), gate_of(service)
    large = receipt(*(line("apple", position=n + 1) for n in range(1_000)), card=world.CARD)
    room, gate._admission.room = gate._admission.room, 0.0
    turned_away = gate._admission.turned_away
    said = await asyncio.gather(
        *(refusal_of(till.confirm(f"p{n}", receipt(card=world.CARD))) for n in range(40)),
        *(refusal_of(till.confirm(f"l{n}", large)) for n in range(4)),
        refusal_of(till.identify(card=world.CARD)),
        refusal_of(operator.publish()),
    )
    for each in said:
        assert (each.code, each.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
        assert each.retry_after_ms == 250
    assert gate._admission.turned_away == turned_away + len(said)
    assert gate._admission.in_flight == 0
    gate._admission.room = room
    assert (await till.confirm("p0", receipt(card=world.CARD))).status == pb.STATUS_OK
    assert await service.database.fetchval("select count(*) from receipt") == 1


async def test_a_call_is_turned_away_before_its_message_is_there(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never comes to where messages are read: a busy worker has that much less to do."""
    gate = gate_of(service)
    passed: list[str] = []
    original = gate.passed

    async def seen(method: str, *more: object) -> object:
        passed.append(method)
        return await original(method, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(gate, "passed", seen)
    gate._admission.room = 0.0
    assert (await refusal_of(service.till().confirm("p", receipt()))).reason == "OVERLOADED"
    assert passed == []


async def test_calls_of_many_tills_are_noticed_beside_each_other(service: Service) -> None:
    """One acceptor takes in a call only every few turns of the event loop, and a busy one is slow.

    Told in turns, which do not depend on how fast the machine is.
    """
    gate_of(service)._admission.room = 0.0
    told: list[int] = []
    while len(told) < ATTEMPTS and min(told, default=TURNS_MAX) >= TURNS_MAX:
        told.append(await turns_until_all_are_refused(f"127.0.0.1:{service.ports[0]}"))
    assert min(told) < TURNS_MAX, told


async def turns_until_all_are_refused(target: str) -> int:
    """Of the event loop, which service and tills share."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    channels = [grpc.aio.insecure_channel(target, options) for _ in range(16)]
    calls = [CheckoutServiceStub(channel) for channel in channels]
    await asyncio.gather(*(channel.channel_ready() for channel in channels))
    asked = [
        asyncio.ensure_future(refusal_of(calls[n % 16].Confirm(pb.ConfirmRequest())))
        for n in range(CALLS)
    ]
    turns = 0
    while not all(each.done() for each in asked):
        time.sleep(TURN_S)  # noqa: ASYNC251 - what a batch does to everybody else
        await asyncio.sleep(0)
        turns += 1
    assert {each.result().reason for each in asked} == {"OVERLOADED"}
    for channel in channels:
        await channel.close()
    return turns


async def test_a_batch_gives_way_between_its_receipts(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What sales may draw on is looked for, and their tills are answered, a few in one turn."""
    turn = 0
    looked: list[int] = []
    answered: Counter[int] = Counter()
    look, answer = ConfirmOperation.contested_refs, Waiting.answer

    async def count() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    def looking(operation: ConfirmOperation, *more: Any) -> ContestedRefs:
        looked.append(turn)
        return look(operation, *more)

    def answering(waiting: Waiting, said: Any) -> None:
        answered[turn] += 1
        answer(waiting, said)

    monkeypatch.setattr(ConfirmOperation, "contested_refs", looking)
    monkeypatch.setattr(Waiting, "answer", answering)
    counting = asyncio.create_task(count())
    till = service.till()
    sales = [till.confirm(f"p{n}", receipt()) for n in range(CALLS)]
    sold = await asyncio.gather(*sales)
    counting.cancel()
    assert {each.status for each in sold} == {pb.STATUS_OK}
    batches = await service.database.fetchval("select count(distinct xmin::text) from receipt")
    assert batches < CALLS / 4
    assert len(looked) == CALLS
    assert max(Counter(looked).values()) <= LOOKED_AT_ONCE
    assert answered.total() == CALLS
    assert max(answered.values()) <= 2 * ANSWERED_AT_ONCE


async def test_over_a_stream_the_delay_comes_with_the_frame(service: Service) -> None:
    """The refusal is in band: code, reason and delay are the frame's, and the stream goes on."""
    gate = gate_of(service)
    stream: Any = CheckoutServiceStub(service.channels[0]).Session(
        metadata=(("authorization", "Bearer north-s1-t1"),)
    )
    room, gate._admission.room = gate._admission.room, 0.0
    sale = pb.ConfirmRequest(request_id="c", purchase_id="p", receipt=receipt())
    await stream.write(pb.SessionRequest(correlation_id=1, confirm=sale))
    told = await stream.read()
    assert (told.correlation_id, told.error.code) == (
        1,
        grpc.StatusCode.RESOURCE_EXHAUSTED.value[0],
    )
    assert told.error.reason == error_reason_pb2.ERROR_REASON_OVERLOADED
    assert told.error.retry_after_ms == 250
    assert CallRefusedError.of_frame(told.error).retry_after_ms == 250
    gate._admission.room = room
    await stream.write(pb.SessionRequest(correlation_id=2, confirm=sale))
    assert (await stream.read()).confirm.status == pb.STATUS_OK
    await stream.done_writing()
    assert await stream.read() is grpc.aio.EOF
    assert await service.database.fetchval("select count(*) from receipt") == 1
