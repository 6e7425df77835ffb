"""A worker without room turns calls away before it receives them, and loses no room by it."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from checkout.api.gate import Gate
from checkout.v1 import checkout_service_pb2 as pb
from tests.service import world
from tests.service.running import Service
from tests.service.till import line, receipt, refusal_of


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
