"""The gRPC server of one worker: options with their reasons, TLS, health, reflection.

The way out.

Workers share the port (`SO_REUSEPORT`): the kernel spreads connections, not calls, so connections
end after a while and are made anew.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from checkout.api.transport_keys import TransportKeys
from checkout.v1 import checkout_service_pb2, operator_service_pb2
from checkout.v1.checkout_service_pb2_grpc import add_CheckoutServiceServicer_to_server
from checkout.v1.operator_service_pb2_grpc import add_OperatorServiceServicer_to_server

if TYPE_CHECKING:
    from checkout.api.checkout_servicer import CheckoutServicer
    from checkout.api.edge import Edge
    from checkout.api.operator_servicer import OperatorServicer
    from checkout.api.session import Sessions
    from checkout.settings import Settings

#: Above the contract's 1 MiB, so that the edge can say why; grpc itself refuses what is larger.
TRANSPORT_MAX_BYTES: Final = 2 << 20
#: Calls that one connection may have open: what is above waits in the client, which is the cheapest
#: place.
STREAMS_MAX: Final = 256
#: Servers of one worker behind its port. Each asks grpc for one new call at a time and then needs
#: some turns of the event loop before it asks for the next: with one of them calls wait to be
#: noticed at all, however soon they would be turned away. The kernel spreads connections over them.
ACCEPTORS: Final = 4
#: Connections are closed after so long, plus up to a tenth, and made anew on another worker.
CONNECTION_AGE_MAX_MS: Final = 20 * 60 * 1_000
CONNECTION_GRACE_MS: Final = 30 * 1_000
#: Tills may ping every 20 s, also between sales.
PING_INTERVAL_MIN_MS: Final = 20 * 1_000

_SERVICES: Final = (
    checkout_service_pb2.DESCRIPTOR.services_by_name["CheckoutService"].full_name,
    operator_service_pb2.DESCRIPTOR.services_by_name["OperatorService"].full_name,
)

OPTIONS: Final = (
    ("grpc.so_reuseport", 1),
    ("grpc.max_receive_message_length", TRANSPORT_MAX_BYTES),
    ("grpc.max_concurrent_streams", STREAMS_MAX),
    ("grpc.max_connection_age_ms", CONNECTION_AGE_MAX_MS),
    ("grpc.max_connection_age_grace_ms", CONNECTION_GRACE_MS),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", PING_INTERVAL_MIN_MS),
    ("grpc.keepalive_permit_without_calls", 1),
)


class Server:
    """One worker's server."""

    def __init__(
        self,
        settings: Settings,
        edge: Edge,
        checkout: CheckoutServicer,
        operator: OperatorServicer,
        sessions: Sessions,
    ) -> None:
        self._settings = settings
        self.sessions = sessions
        self._health = health.aio.HealthServicer()
        self._servers = [
            grpc.aio.server(interceptors=[edge], options=OPTIONS) for _ in range(ACCEPTORS)
        ]
        for server in self._servers:
            add_CheckoutServiceServicer_to_server(checkout, server)
            add_OperatorServiceServicer_to_server(operator, server)
            health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
            if settings.reflection:
                reflection.enable_server_reflection(
                    (*_SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME), server
                )

    async def start(self, port: int) -> int:
        """Listen; the port that is really listened on.

        Raises:
            RuntimeError: the port is taken, or plain text would leave the machine.
            OSError: a file of TLS is not as it should be.
        """
        if not self._settings.is_plaintext_allowed():
            message = (
                f"{self._settings.host} is not loopback and there is no TLS: set"
                " CHECKOUT_TLS_CERTIFICATE and CHECKOUT_TLS_KEY, or, behind a proxy that has it,"
                " CHECKOUT_PLAINTEXT_OFF_LOOPBACK=1"
            )
            raise RuntimeError(message)
        keys = TransportKeys(self._settings) if self._settings.tls_certificate else None
        for server in self._servers:
            # The first may be given any port; the others share it.
            address = f"{self._settings.host}:{port}"
            if keys is not None:
                port = server.add_secure_port(address, keys.credentials())
            else:
                port = server.add_insecure_port(address)
        for server in self._servers:
            await server.start()
        return port

    async def set_serving(self, *, is_serving: bool) -> None:
        """What health checks hear."""
        status = health_pb2.HealthCheckResponse.SERVING
        if not is_serving:
            status = health_pb2.HealthCheckResponse.NOT_SERVING
        for name in ("", *_SERVICES):
            await self._health.set(name, status)

    async def stop(self, grace_s: float) -> None:
        """Refuse new calls, tell streams that they end, let running calls end."""
        await self.set_serving(is_serving=False)
        self.sessions.drain()
        await asyncio.gather(*(server.stop(grace_s) for server in self._servers))
