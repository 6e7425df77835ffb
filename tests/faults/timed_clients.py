"""Clients that note how long each of their calls waited for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkout.client import CheckoutClient, OperatorClient
from checkout.client.channel import Client

if TYPE_CHECKING:
    from tests.faults.waits import Waits


class _Timed(Client):
    """Stands before the client that makes the call."""

    waits: Waits

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:
        with self.waits.wait(type(request).__name__, timeout_s * self._timeout_factor):
            return await super()._call(method, request, timeout_s)


class TimedTill(_Timed, CheckoutClient):
    """A till."""


class TimedOperator(_Timed, OperatorClient):
    """An operator."""
