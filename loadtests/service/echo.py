"""A bare gRPC server, the floor: it reads the messages of the service and gives answers of it.

Same library, same options, same bytes; no interceptor, no work. `python -m loadtests.service.echo
ANSWERS_FILE`, where the file holds QuoteResponses that are given in turn.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from checkout.api.server import OPTIONS
from checkout.client.messages import (
    IdentifyRequest,
    IdentifyResponse,
    QuoteRequest,
    QuoteResponse,
    SessionRequest,
    SessionResponse,
)
from loadtests.service.messages_file import read_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

READY = "ready"


async def serve(given: Sequence[QuoteResponse]) -> None:
    """Answer every quote and every frame with the next of the answers, until SIGTERM.

    Who identifies a member gets that of an answer.
    """
    answers = itertools.cycle(given)
    members = itertools.cycle([IdentifyResponse(member=answer.member) for answer in given])

    async def quote(request: QuoteRequest, context: object) -> QuoteResponse:
        del request, context
        return next(answers)

    async def identify(request: IdentifyRequest, context: object) -> IdentifyResponse:
        del request, context
        return next(members)

    async def session(frames: Any, context: Any) -> None:  # noqa: ANN401 - grpc's
        async for frame in frames:
            answer = SessionResponse(correlation_id=frame.correlation_id, quote=next(answers))
            await context.write(answer)

    server = grpc.aio.server(options=OPTIONS)
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Quote": grpc.unary_unary_rpc_method_handler(
            quote, QuoteRequest.FromString, QuoteResponse.SerializeToString
        ),
        "Identify": grpc.unary_unary_rpc_method_handler(
            identify, IdentifyRequest.FromString, IdentifyResponse.SerializeToString
        ),
        "Session": grpc.stream_stream_rpc_method_handler(
            session, SessionRequest.FromString, SessionResponse.SerializeToString
        ),
    }
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("checkout.v1.CheckoutService", handlers),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sys.stdout.write(f"{READY} {port}\n")
    sys.stdout.flush()
    await stop.wait()
    await server.stop(1)


if __name__ == "__main__":
    asyncio.run(serve(read_messages(Path(sys.argv[1]), QuoteResponse)))
