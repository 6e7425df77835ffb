"""Settings, read once at the start from the environment.

``CHECKOUT_…``. Every limit has a unit and a reason.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from checkout.flows.authors import is_name, known_as

#: 128 bits in hexadecimal digits: nobody guesses it.
CREDENTIAL_CHARACTERS_MIN: Final = 32


class Settings(BaseSettings):
    """What differs between installations."""

    model_config = SettingsConfigDict(env_prefix="CHECKOUT_", frozen=True)

    postgres_dsn: Annotated[
        str,
        Field(description="postgresql://… of the role checkout_app; `run` has its own"),
    ] = ""
    redis_url: Annotated[
        str, Field(description="redis://… of Redis or Valkey; `run` has its own")
    ] = ""
    redis_cluster: Annotated[
        bool, Field(description="That is any node of a Redis or Valkey Cluster")
    ] = False
    var_dir: Annotated[
        Path, Field(description="Data of the embedded servers, secrets and logs of `make run`")
    ] = Path("var")
    embedded_postgres_port: Annotated[int, Field(ge=1, le=65_535)] = 54_329
    embedded_valkey_port: Annotated[int, Field(ge=1, le=65_535)] = 63_799
    host: Annotated[str, Field(description="Address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535, description="gRPC port, shared by all workers")] = (
        50_051
    )
    workers: Annotated[
        int, Field(ge=1, le=64, description="Processes that share the port; one per core")
    ] = 2
    pool_connections: Annotated[
        int,
        Field(
            ge=3,
            le=64,
            description="PostgreSQL connections per worker: two for batches, the rest for reads",
        ),
    ] = 6
    one_bucket_batches: Annotated[
        bool,
        Field(description="Batches of one bucket each, for a PostgreSQL distributed by bucket"),
    ] = False
    token_keys: Annotated[
        SecretStr,
        Field(
            description="Keys that sign quotes and QR codes: 'id:hex,…', the first signs; 1 to 255"
        ),
    ] = SecretStr("")
    pepper: Annotated[
        SecretStr, Field(description="Hex key of the digests of cards and phones; never changes")
    ] = SecretStr("")
    service_credential: Annotated[
        SecretStr,
        Field(description="Credential of the pages for OperatorService: vouches for any author"),
    ] = SecretStr("")
    author_credentials: Annotated[
        SecretStr,
        Field(
            description="Credentials of people at a command line: 'login:credential,…', 32 or more"
            " characters each; it is who they are"
        ),
    ] = SecretStr("")
    webhook_url: Annotated[
        str, Field(description="https://… that gets every event by POST; empty: nobody is told")
    ] = ""
    webhook_secret: Annotated[
        SecretStr, Field(description="Hex key that signs what the webhook gets; shared with it")
    ] = SecretStr("")
    webhook_timeout_ms: Annotated[
        int,
        Field(
            ge=100,
            le=60_000,
            description="Milliseconds for the webhook's whole answer; then the event is told again",
        ),
    ] = 10_000
    webhook_attempts_max: Annotated[
        int,
        Field(
            ge=1,
            le=1_000,
            description="Times that an event is told again, after pauses that double from a second"
            " to an hour; then it is put aside",
        ),
    ] = 40
    requests_kept_h: Annotated[
        int,
        Field(
            ge=72,
            le=8_760,
            description="Hours for which a repeated call is answered as before; 72 are promised",
        ),
    ] = 72
    outbox_kept_days: Annotated[
        int,
        Field(
            ge=62,
            le=36_500,
            description="Days after its end for which a month of delivered events is kept",
        ),
    ] = 400
    unknown_cards_per_minute: Annotated[
        int,
        Field(
            ge=0,
            le=100_000,
            description="Different unknown cards that a terminal may show a worker in a minute;"
            " then it is told of none: 0, any",
        ),
    ] = 10
    metrics_port: Annotated[
        int,
        Field(ge=0, le=65_535, description="Port of `verify --every` for Prometheus; 0: none"),
    ] = 0
    reflection: Annotated[bool, Field(description="gRPC server reflection; for test stands")] = (
        False
    )
    tls_certificate: Annotated[str, Field(description="PEM file of the server's chain")] = ""
    tls_key: Annotated[str, Field(description="PEM file of its key")] = ""
    tls_client_ca: Annotated[
        str, Field(description="PEM file of the CA of terminals: then each must show a certificate")
    ] = ""
    plaintext_off_loopback: Annotated[
        bool, Field(description="Allow plain text on other addresses, behind a TLS proxy")
    ] = False
    log_level: Annotated[str, Field(description="debug, info, warning or error")] = "info"
    demo_seed: Annotated[int, Field(description="Seed of what `make run` and demo invent")] = 7
    failpoint: Annotated[
        str, Field(description="Where workers of a test stand fail on purpose: 'place:action:pass'")
    ] = ""
    test_stand: Annotated[
        bool, Field(description="This is a test stand: without it failpoints are refused")
    ] = False

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level not in {"debug", "info", "warning", "error"}:
            message = f"{level!r} is not one of debug, info, warning, error"
            raise ValueError(message)
        return level

    @model_validator(mode="after")
    def _signed_webhook(self) -> Self:
        if not self.webhook_url:
            return self
        target = urlsplit(self.webhook_url)
        if target.scheme != "https" and not _is_loopback(target.hostname or ""):
            message = "CHECKOUT_WEBHOOK_URL begins with https:// (http:// only on this machine)"
            raise ValueError(message)
        if not self.webhook_key():
            raise ValueError("CHECKOUT_WEBHOOK_URL needs CHECKOUT_WEBHOOK_SECRET, a hex key")
        return self

    def webhook_key(self) -> bytes:
        """The key that events are signed with; empty without a webhook.

        Raises:
            ValueError: it is not hexadecimal.
        """
        return bytes.fromhex(self.webhook_secret.get_secret_value())

    def signing_keys(self) -> dict[int, bytes]:
        """Keys by id, the signing one first.

        Raises:
            ValueError: none is set, or one has not the form ``id:hex``.
        """
        keys = {}
        for part in filter(None, self.token_keys.get_secret_value().split(",")):
            key_id, _, value = part.partition(":")
            keys[int(key_id)] = bytes.fromhex(value)
        if not keys:
            raise ValueError("CHECKOUT_TOKEN_KEYS is not set: make one with `openssl rand -hex 32`")
        return keys

    def credentials_of_authors(self) -> dict[str, str]:
        """Credentials by the one author that each speaks for.

        Raises:
            ValueError: one has not the form ``login:credential``, is too short, or is not one
                person's.
        """
        found: dict[str, str] = {}
        for part in filter(None, self.author_credentials.get_secret_value().split(",")):
            author, _, credential = part.partition(":")
            if not is_name(author) or len(credential) < CREDENTIAL_CHARACTERS_MIN:
                raise ValueError(
                    "CHECKOUT_AUTHOR_CREDENTIALS is 'login:credential,…', each credential of"
                    f" {CREDENTIAL_CHARACTERS_MIN} characters or more: `openssl rand -hex 32`"
                )
            taken = {self.service_credential.get_secret_value(), *found.values()}
            if credential in taken or known_as(author) in map(known_as, found):
                raise ValueError(
                    f"CHECKOUT_AUTHOR_CREDENTIALS: {author!r} has one credential of their own"
                )
            found[author] = credential
        return found

    def pepper_key(self) -> bytes:
        """The key of identifier digests.

        Raises:
            ValueError: it is not set.
        """
        value = self.pepper.get_secret_value()
        if not value:
            raise ValueError("CHECKOUT_PEPPER is not set: make one with `openssl rand -hex 32`")
        return bytes.fromhex(value)

    def armed_failpoints(self) -> str:
        """What is to fail on purpose; usually nothing.

        Raises:
            ValueError: it is set on something that is no test stand.
        """
        if self.failpoint and not self.test_stand:
            raise ValueError(
                "CHECKOUT_FAILPOINT makes workers fail on purpose: it needs CHECKOUT_TEST_STAND=1,"
                " and has no place in an installation"
            )
        return self.failpoint

    def is_plaintext_allowed(self) -> bool:
        """Whether the address may be served without TLS."""
        if self.tls_certificate or self.plaintext_off_loopback:
            return True
        return _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        # gRPC takes IPv6 addresses in brackets.
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
