"""A till of a process of its own that asks again and again while others flood the service.

What a generator measures of a call that is turned away is also how long its own event loop takes to
look at the answer: under overload it has more to do than the service. This one has nothing to do
but ask, one call after the other: a confirm without content, which is turned away like any other,
and refused for its content when there is room.

    python -m tests.faults.prober TARGET TOKEN      milliseconds of each call that was turned away
"""

from __future__ import annotations

import sys
import threading
import time
from typing import Final

import grpc

from checkout.v1.checkout_service_pb2 import ConfirmRequest
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub

#: Between two calls, and what one may take.
PAUSE_S: Final = 0.02
TIMEOUT_S: Final = 2.0


def main(target: str, token: str) -> None:
    """Ask until the standard input is closed."""
    told_to_end = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        told_to_end.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    metadata = (("authorization", f"Bearer {token}"),)
    with grpc.insecure_channel(target) as channel:
        stub = CheckoutServiceStub(channel)
        while not told_to_end.wait(PAUSE_S):
            began = time.monotonic()
            try:
                stub.Confirm(ConfirmRequest(), timeout=TIMEOUT_S, metadata=metadata)
            except grpc.RpcError as error:
                if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                    sys.stdout.write(f"{1000 * (time.monotonic() - began)}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
