"""A channel and the calls over it: deadlines, credentials and retries as the guide says."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final, Self

import grpc
import orjson

from checkout.client.errors import CallRefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

#: Deadlines: reads and quotes, and what changes something.
READ_TIMEOUT_S: Final = 0.3
WRITE_TIMEOUT_S: Final = 1.0

#: The largest answer: grpc's own default of 4 MiB is too small for a thousand explained lines.
ANSWER_MAX_BYTES: Final = 32 << 20

#: Only UNAVAILABLE is repeated by itself: then it is certain that nothing was written, or the
#: request id makes repeating safe.
SERVICE_CONFIG: Final = {
    # Of several machines each gets its share, and one that is gone none: a retry goes to another.
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{"service": "checkout.v1.CheckoutService"}],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.05s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 10, "tokenRatio": 0.1},
}


def open_channel(target: str, *, ca_pem: bytes | None = None) -> grpc.aio.Channel:
    """A channel of its own connections, with TLS if a CA is given.

    `target` is `host:port`, whatever gRPC resolves (`dns:///checkout.example:50051`: all machines
    of that name), or addresses of several machines, `10.0.0.1:50051,10.0.0.2:50051`.

    Raises:
        ValueError: several targets are not all IP addresses with ports, or with TLS.
    """
    if "," in target:
        target = _several(target, is_tls=ca_pem is not None)
    options = [
        ("grpc.service_config", orjson.dumps(SERVICE_CONFIG).decode()),
        ("grpc.enable_retries", 1),
        ("grpc.keepalive_time_ms", 30_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        # grpc's own pause between attempts to connect grows to two minutes: a service that is back
        # would go unnoticed for as long.
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.min_reconnect_backoff_ms", 1_000),
        ("grpc.max_reconnect_backoff_ms", 2_000),
        ("grpc.use_local_subchannel_pool", 1),
        # A thousand lines with many campaigns each explain themselves in some megabytes.
        ("grpc.max_receive_message_length", ANSWER_MAX_BYTES),
    ]
    if ca_pem is None:
        return grpc.aio.insecure_channel(target, options)
    return grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(ca_pem), options)


def _several(target: str, *, is_tls: bool) -> str:
    """Several addresses as gRPC writes them."""
    if is_tls:
        raise ValueError(f"{target!r}: with TLS name the machines by one DNS name, dns:///…")
    for address in target.split(","):
        host, _, port = address.rpartition(":")
        try:
            ipaddress.IPv4Address(host)
            is_port = 0 < int(port) < 65_536  # noqa: PLR2004 - as the network has it
        except ValueError:
            is_port = False
        if not is_port:
            raise ValueError(f"{target!r}: {address!r} is not an IPv4 address and a port")
    return f"ipv4:{target}"


class Client:
    """A channel and the credentials of its calls."""

    def __init__(
        self,
        target: str,
        metadata: tuple[tuple[str, str], ...],
        timeout_factor: int,
        ca_pem: bytes | None,
    ) -> None:
        self._channel = open_channel(target, ca_pem=ca_pem)
        self._metadata = metadata
        self._timeout_factor = timeout_factor

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._channel.close()

    async def _call(self, method: Any, request: object, timeout_s: float) -> Any:  # noqa: ANN401
        call: Awaitable[Any] = method(
            request, metadata=self._metadata, timeout=timeout_s * self._timeout_factor
        )
        try:
            return await call
        except grpc.aio.AioRpcError as error:
            raise CallRefusedError.of_call(error) from error
