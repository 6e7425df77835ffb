"""What the loaders need of the environment.

The names that the service uses, and two of `make run`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Environment:
    """Addresses and secrets of an installation."""

    owner_dsn: str
    target: str
    service_credential: str
    pepper: bytes
    terminals_key: bytes

    @classmethod
    def read(cls) -> Environment:
        """From ``CHECKOUT_…`` variables.

        Raises:
            SystemExit: one is missing; the text names it.
        """
        target, service_credential = operator_address()
        return cls(
            owner_dsn=require("CHECKOUT_OWNER_DSN", "a role that owns the schema"),
            target=target,
            service_credential=service_credential,
            pepper=bytes.fromhex(require("CHECKOUT_PEPPER", "the digests of identifiers")),
            terminals_key=bytes.fromhex(require("CHECKOUT_TERMINALS_KEY", "the tills' tokens")),
        )

    def terminal_token(self, store_code: str) -> str:
        """The token of the till of a store: derived from a key, so that it can be printed again."""
        mac = hmac.digest(self.terminals_key, store_code.encode(), hashlib.sha256)
        return "till-" + base64.b32encode(mac[:20]).decode().lower()


def operator_address() -> tuple[str, str]:
    """Where the service listens, and the credential of OperatorService.

    Raises:
        SystemExit: the credential is missing.
    """
    host = os.environ.get("CHECKOUT_HOST", "127.0.0.1")
    port = os.environ.get("CHECKOUT_PORT", "50051")
    return f"{host}:{port}", require("CHECKOUT_SERVICE_CREDENTIAL", "OperatorService")


def require(name: str, purpose: str) -> str:
    """One variable.

    Raises:
        SystemExit: it is missing; the text names it.
    """
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} is not set: it is needed for {purpose}"
        raise SystemExit(message)
    return value
