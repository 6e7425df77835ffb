"""Carts of 100,000 lines: refused at once and clearly, while others are answered beside them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2, receipt_pb2
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till

LINES: Final = 100_000
MIB: Final = 1 << 20
#: Lines that are sent, by what the cart is refused for: by the limit of lines, by the size of a
#: message, and by gRPC itself.
LEAN: Final = receipt_pb2.Line(position=1)
MIDDLING: Final = receipt_pb2.Line(position=1, quantity_milli=1_000, price_minor=1, amount_minor=1)
WHOLE: Final = line("a loaf of bread")
#: Of the processor, in which others wait; a look at each would take twice as long.
LOOK_MAX_S: Final = 0.25
#: It takes milliseconds; a machine may have more to do.
WITHIN_S: Final = 30.0


def cart(of: receipt_pb2.Line) -> receipt_pb2.Receipt:
    """So many equal lines."""
    one = receipt_pb2.Receipt(lines=[of]).SerializeToString()
    return receipt_pb2.Receipt.FromString(receipt().SerializeToString() + one * LINES)


async def neighbours_are_served(till: Till, asked: asyncio.Task[Any]) -> int:
    """How many quotes another till got while something was asked; one at least."""
    answered = 0
    while not (asked.done() and answered):
        quoted = await till.quote("beside", receipt())
        assert quoted.outcome.amount_minor == 100_00
        answered += 1
    return answered


@pytest.mark.parametrize(
    ("of", "mib", "code", "reason"),
    [
        (LEAN, 0, grpc.StatusCode.INVALID_ARGUMENT, "LINE_COUNT_OUT_OF_RANGE"),
        (MIDDLING, 1, grpc.StatusCode.INVALID_ARGUMENT, "FIELD_OUT_OF_RANGE"),
        (WHOLE, 2, grpc.StatusCode.RESOURCE_EXHAUSTED, ""),
    ],
)
async def test_a_cart_of_100_000_lines_is_refused(
    service: Service, of: receipt_pb2.Line, mib: int, code: grpc.StatusCode, reason: str
) -> None:
    """To a quote and to a confirm, by what it has too much of; its connection goes on."""
    before = await service.rows()
    till = service.till()
    sale = cart(of)
    assert sale.ByteSize() // MIB == mib
    for request in (
        pb.QuoteRequest(purchase_id="p", receipt=sale),
        pb.ConfirmRequest(request_id="c", purchase_id="p", receipt=sale),
    ):
        method = type(request).__name__.removesuffix("Request")
        asked = asyncio.create_task(refusal_of(till.call(method, request, WITHIN_S)))
        assert await neighbours_are_served(till, asked)
        said = asked.result()
        assert (said.code, said.reason) == (code, reason)
    assert await service.rows() == before


async def test_frames_of_100_000_lines_are_refused(service: Service) -> None:
    """In band where gRPC lets them in, and the stream goes on; else only their own stream ends."""
    till, channel = service.till(), service.channels[0]
    stub: Any = channel.stream_stream("/checkout.v1.CheckoutService/Session")
    stream, other = stub(metadata=till.metadata), stub(metadata=till.metadata)

    async def ask(on: Any, sale: receipt_pb2.Receipt) -> pb.SessionResponse:
        frame = pb.SessionRequest(
            correlation_id=3, quote=pb.QuoteRequest(purchase_id="p", receipt=sale)
        )
        await on.write(frame.SerializeToString())
        async with asyncio.timeout(WITHIN_S):
            return pb.SessionResponse.FromString(await on.read())

    for of, reason in (
        (LEAN, error_reason_pb2.ERROR_REASON_LINE_COUNT_OUT_OF_RANGE),
        (MIDDLING, error_reason_pb2.ERROR_REASON_FIELD_OUT_OF_RANGE),
    ):
        assert (await ask(stream, cart(of))).error.reason == reason
    assert (await ask(stream, receipt())).quote.outcome.amount_minor == 100_00
    assert (await ask(other, receipt())).quote.outcome.amount_minor == 100_00
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await ask(stream, cart(WHOLE))
    assert ended.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert (await ask(other, receipt())).quote.outcome.amount_minor == 100_00


async def test_a_frame_of_400_000_receipts_holds_nobody_up(service: Service) -> None:
    """Refused for their number before anybody asks which purchases they are of."""
    till = service.till()
    many = pb.SubmitOfflineRequest.FromString(b"\x0a\0" * 400_000)
    frame = pb.SessionRequest(correlation_id=3, submit_offline=many)
    stream = till.stub.Session(metadata=till.metadata, timeout=WITHIN_S)
    began = time.thread_time()
    await stream.write(frame)
    answer = await stream.read()
    took_s = time.thread_time() - began
    await stream.done_writing()
    assert answer.error.reason == error_reason_pb2.ERROR_REASON_FIELD_OUT_OF_RANGE
    assert took_s < LOOK_MAX_S
