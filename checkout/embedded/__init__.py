"""PostgreSQL and Valkey from wheels, for `make run`, `make demo` and the tests.

    with embedded_servers(Path("var"), postgres_port=54329, valkey_port=63799) as servers:
        serve(servers.postgres_dsn, servers.redis_url)

For development and tests: one machine, loopback only, no TLS. In production the same service gets
servers of your own through CHECKOUT_POSTGRES_DSN and CHECKOUT_REDIS_URL.
"""

from __future__ import annotations

from checkout.embedded.errors import (
    AlreadyRunningError,
    DataVersionError,
    DirectoryUnusableError,
    EmbeddedError,
    PortTakenError,
    ServerFailedError,
    WheelUnusableError,
)
from checkout.embedded.postgres import (
    DURABLE_TEST_PROFILE,
    RUN_PROFILE,
    TEST_PROFILE,
    PostgresProfile,
)
from checkout.embedded.servers import (
    EmbeddedServers,
    embedded_servers,
    join_shared_servers,
    make_temporary_directory,
    temporary_servers,
)
from checkout.embedded.shutdown import clean_directory, stop_servers

__all__ = [
    "DURABLE_TEST_PROFILE",
    "RUN_PROFILE",
    "TEST_PROFILE",
    "AlreadyRunningError",
    "DataVersionError",
    "DirectoryUnusableError",
    "EmbeddedError",
    "EmbeddedServers",
    "PortTakenError",
    "PostgresProfile",
    "ServerFailedError",
    "WheelUnusableError",
    "clean_directory",
    "embedded_servers",
    "join_shared_servers",
    "make_temporary_directory",
    "stop_servers",
    "temporary_servers",
]
