"""A till in a process of its own, which asks an overloaded worker and times how soon it is refused.

The generator of a flood is late itself: what it measures of a refusal is for a good part its own
turn of the loop. Calls here are blocking ones without content: turned away before they are read,
or refused for what they lack, so that nothing is done by them either way. The first line that is
printed says that it asks; when its input ends, what it saw is printed as JSON, a list of
milliseconds for each status.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import defaultdict
from typing import Final

import grpc
import orjson

from checkout.client.channel import WRITE_TIMEOUT_S
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import checkout_service_pb2_grpc

_PAUSE_S: Final = 0.05


def main(target: str, credential: str) -> None:
    """Ask until the input ends."""
    is_over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        is_over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    seen: dict[str, list[float]] = defaultdict(list)
    metadata = (("authorization", f"Bearer {credential}"),)
    with grpc.insecure_channel(target, (("grpc.enable_retries", 0),)) as channel:
        stub = checkout_service_pb2_grpc.CheckoutServiceStub(channel)
        print("asking", flush=True)  # noqa: T201 - to whoever started it
        while not is_over.wait(_PAUSE_S):
            for method, request in (
                (stub.Confirm, pb.ConfirmRequest()),
                (stub.Quote, pb.QuoteRequest()),
            ):
                began = time.perf_counter()
                try:
                    method(request, timeout=WRITE_TIMEOUT_S, metadata=metadata)
                except grpc.RpcError as error:
                    seen[error.code().name].append(1000 * (time.perf_counter() - began))
    sys.stdout.write(orjson.dumps(seen).decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
