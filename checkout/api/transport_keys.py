"""TLS of the port: the chain, the key and the terminals' CA, from files that may be renewed.

Files are looked at when a client connects, and read again if they changed: connections that are
open go on, new ones meet the new certificate. Files that cannot be read, are half-written, do not
fit each other, or ask for a password change nothing; what was there stays in force.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Final

import grpc
import structlog

if TYPE_CHECKING:
    from checkout.settings import Settings

_log = structlog.get_logger(__name__)

# As people who have to mend a file know it.
_CHAIN: Final = "CHECKOUT_TLS_CERTIFICATE"
_KEY: Final = "CHECKOUT_TLS_KEY"
_CLIENT_CA: Final = "CHECKOUT_TLS_CLIENT_CA"


class TransportKeys:
    """What the servers of one worker show to who connects, and ask of them."""

    def __init__(self, settings: Settings) -> None:
        """Read the files.

        Raises:
            OSError: one is not as it should be; the message names its setting.
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
        seen = self._looked_at()
        if seen == self._seen:
            return
        self._seen = seen
        try:
            self._read = self._configuration()
        except OSError as error:
            _log.warning("tls.not_read", error=str(error))
            return
        _log.info("tls.read_again")

    def _looked_at(self) -> list[tuple[int, int] | None]:
        """When each file was changed, and its size; None of one that cannot be looked at."""
        return [_state_of(path) for path in (self._key, self._chain, self._client_ca) if path]

    def _configuration(self) -> grpc.ServerCertificateConfiguration:
        # grpc says nothing of a pair that does not fit: handshakes fail one by one. Of a CA file
        # it takes what comes before the fault: some terminals would be let in, and others not.
        pair = _read(_KEY, self._key), _read(_CHAIN, self._chain)
        client_ca = _read(_CLIENT_CA, self._client_ca) if self._client_ca else None
        _require_certificates(_CHAIN, self._chain)
        _require_key(self._key, self._chain)
        if self._client_ca:
            _require_certificates(_CLIENT_CA, self._client_ca)
        return grpc.ssl_server_certificate_configuration([pair], root_certificates=client_ca)


def _state_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(setting: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OSError(f"{setting}: {error}") from error


def _require_certificates(setting: str, path: Path) -> None:
    """See that there are some in the file, and each to its end."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(path)
    except ssl.SSLError as error:
        raise OSError(f"{setting}: {path} is not whole certificates in PEM: {error}") from error


def _require_key(path: Path, chain: Path) -> None:
    """See that it can be read, and is that of the chain."""

    def ask_nobody() -> str:
        # Otherwise OpenSSL asks at the terminal, or takes what comes in at standard input.
        raise OSError(f"{_KEY}: {path} asks for a password, and nobody is there to give it")

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chain, path, ask_nobody)
    except ssl.SSLError as error:
        raise OSError(
            f"{_KEY}: {path} is not a whole key in PEM, or not that of {_CHAIN}: {error}"
        ) from error
