"""A bare gRPC server, the floor: it reads the service's messages and gives one of its answers.

Same library, same options, same bytes; no interceptor, no work. `python -m loadtests.service.echo
ANSWER_FILE`, where the file holds a QuoteResponse.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import grpc

from checkout.api.server import OPTIONS
from checkout.client.messages import (
    QuoteRequest,
    QuoteResponse,
    SessionRequest,
    SessionResponse,
)

READY = "ready"


async def serve(answer: QuoteResponse) -> None:
    """Answer every quote and every frame with the same answer, until SIGTERM."""

    async def quote(request: QuoteRequest, context: object) -> QuoteResponse:
        del request, context
        return answer

    async def session(frames: Any, context: Any) -> None:  # noqa: ANN401 - grpc's
        async for frame in frames:
            await context.write(SessionResponse(correlation_id=frame.correlation_id, quote=answer))

    server = grpc.aio.server(options=OPTIONS)
    handlers: dict[str, grpc.RpcMethodHandler[Any, Any]] = {
        "Quote": grpc.unary_unary_rpc_method_handler(
            quote, QuoteRequest.FromString, QuoteResponse.SerializeToString
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
    asyncio.run(serve(QuoteResponse.FromString(Path(sys.argv[1]).read_bytes())))
