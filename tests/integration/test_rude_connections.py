"""Connections that ask without end, or never read: they end, or wait, and nobody else with them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

from checkout.v1 import checkout_service_pb2 as pb
from tests.integration.test_turned_away import gate_of
from tests.service import world
from tests.service.ids import fresh
from tests.service.raw_http2 import ENHANCE_YOUR_CALM, GOAWAY, PING, raw_connection
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

TOKEN: Final = "north-s1-t1"
PINGS: Final = 1_000
SLOW: Final = 4
#: Of each connection.
UNREAD: Final = 10


async def test_a_flood_of_pings_ends_its_own_connection(service: Service) -> None:
    """The first ping is answered; who goes on without a pause is told to calm down, and cut off."""
    port, till = service.ports[0], service.till()
    async with asyncio.timeout(10), raw_connection(port) as flooder, raw_connection(port) as other:
        flooder.send(PING, b"politely")
        async for frame in flooder.frames():
            if frame.kind == PING and frame.is_ack:
                assert frame.body == b"politely"
                break
        flooder.ping(PINGS)
        sold = await till.confirm("meanwhile", receipt(line("apple"), card=world.CARD))
        assert sold.status == pb.STATUS_OK
        came = [frame async for frame in flooder.frames()]
        (told,) = [frame for frame in came if frame.kind == GOAWAY]
        assert (told.error, told.body[8:]) == (ENHANCE_YOUR_CALM, b"too_many_pings")
        # Who sat beside it notices nothing.
        other.send(PING, b"still on")
        async for frame in other.frames():
            assert frame.kind != GOAWAY
            if frame.kind == PING and frame.is_ack:
                break
    assert (await till.confirm("afterwards", receipt(line("apple")))).status == pb.STATUS_OK


async def test_who_reads_no_answer_takes_no_room_from_others(service: Service) -> None:
    """Calls and a stream whose answers wait for their readers: sales of others are as before."""
    till, gate = service.till(), gate_of(service)
    async with AsyncExitStack() as stack:
        for _ in range(SLOW):
            slow = await stack.enter_async_context(raw_connection(service.ports[0], window=0))
            for _ in range(UNREAD):
                quote = pb.QuoteRequest(purchase_id=fresh("p"), receipt=receipt(line("apple")))
                slow.call("Quote", TOKEN, quote)
            frames = [
                pb.SessionRequest(
                    correlation_id=number,
                    timeout_ms=10_000,
                    confirm=pb.ConfirmRequest(
                        request_id=fresh("c"), purchase_id=fresh("p"), receipt=receipt(line("soap"))
                    ),
                )
                for number in range(1, UNREAD + 1)
            ]
            slow.call("Session", TOKEN, *frames, ends=False)

        async def all_done() -> bool:
            count = "select count(*) from receipt"
            return bool(await service.database.fetchval(count) == SLOW * UNREAD)

        await wait_until(all_done, what="the sales of those who read nothing")
        await wait_until(lambda: has_room(service), what="all calls' end")
        turned_away = gate._admission.turned_away
        for number in range(3):
            sale = receipt(line("apple"), card=world.CARD)
            assert (await till.confirm(f"beside-{number}", sale)).status == pb.STATUS_OK
        assert gate._admission.turned_away == turned_away
    assert (await till.confirm("afterwards", receipt(line("apple")))).status == pb.STATUS_OK


async def has_room(service: Service) -> bool:
    """Whether nothing is worked on."""
    return gate_of(service)._admission.in_flight == 0
