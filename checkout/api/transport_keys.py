"""TLS of the port: the chain, the key and the terminals' CA, from files that may be renewed.

Files are looked at when a client connects, and read again if they changed: connections that are
open go on, new ones meet the new certificate. Files that cannot be read, or do not fit each other,
change nothing; what was there stays in force.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import structlog

if TYPE_CHECKING:
    from checkout.settings import Settings

_log = structlog.get_logger(__name__)


class TransportKeys:
    """What the servers of one worker show to who connects, and ask of them."""

    def __init__(self, settings: Settings) -> None:
        """Read the files.

        Raises:
            OSError: one cannot be read, or the chain and the key do not fit each other.
        """
        self._key, self._chain = Path(settings.tls_key), Path(settings.tls_certificate)
        self._client_ca = Path(settings.tls_client_ca) if settings.tls_client_ca else None
        self._seen = self._looked_at()
        self._read = self._configuration()

    def credentials(self) -> grpc.ServerCredentials:
        """Of one server: each is told of what was renewed when somebody connects to it."""
        told = self._read

        def renewed() -> grpc.ServerCertificateConfiguration | None:
            nonlocal told
            self._look()
            if told is self._read:
                return None
            told = self._read
            return told

        return grpc.dynamic_ssl_server_credentials(
            told,
            # None, says grpc, is what did not change.
            renewed,  # type: ignore[arg-type]
            require_client_authentication=self._client_ca is not None,
        )

    def _look(self) -> None:
        """Read files that have changed; faulty ones are read again when they change again."""
        try:
            seen = self._looked_at()
            if seen == self._seen:
                return
            self._seen = seen
            self._read = self._configuration()
        except OSError as error:
            _log.warning("tls.not_read", error=str(error))
            return
        _log.info("tls.read_again")

    def _looked_at(self) -> list[tuple[int, int]]:
        """When each file was changed, and its size."""
        paths = (self._key, self._chain, self._client_ca)
        found = [path.stat() for path in paths if path is not None]
        return [(one.st_mtime_ns, one.st_size) for one in found]

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        # grpc says nothing of a pair that does not fit: handshakes fail one by one.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self._chain, self._key)
        return grpc.ssl_server_certificate_configuration(
            [(self._key.read_bytes(), self._chain.read_bytes())],
            root_certificates=self._client_ca.read_bytes() if self._client_ca else None,
        )
