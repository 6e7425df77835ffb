"""Clients that note how long each of their calls waited for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import grpc

from checkout.client import CheckoutClient, OperatorClient
from checkout.client.channel import Client
from checkout.v1.checkout_service_pb2_grpc import CheckoutServiceStub

if TYPE_CHECKING:
    from tests.faults.waits import Waits

#: No channel repeats anything by itself, and each has connections of its own.
PLAIN: Final = (("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1))


class _Timed(Client):
    """Stands before the client that makes the call."""

    waits: Waits

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:
        with self.waits.wait(type(request).__name__, timeout_s * self._timeout_factor):
            return await super()._call(method, request, timeout_s)


class TimedTill(_Timed, CheckoutClient):
    """A till."""


class PlainTill(TimedTill):
    """A till that hears all that the service says: its channel repeats no call by itself.

    Where a server is back after a fifth of a second, the first answer would hardly be heard.
    """

    def __init__(self, target: str, token: str, *, timeout_factor: int) -> None:
        super().__init__(target, token, timeout_factor=timeout_factor)
        # The one before was never connected.
        self._channel = grpc.aio.insecure_channel(target, PLAIN)
        self._stub = CheckoutServiceStub(self._channel)


class TimedOperator(_Timed, OperatorClient):
    """An operator."""
