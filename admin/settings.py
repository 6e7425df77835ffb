"""The admin's settings, read once at the start from the environment (``CHECKOUT_ADMIN_…``)."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from admin.sealing.masters import MasterKeys, read_masters


class AdminSettings(BaseSettings):
    """What differs between installations."""

    model_config = SettingsConfigDict(
        env_prefix="CHECKOUT_ADMIN_", frozen=True, hide_input_in_errors=True
    )

    postgres_dsn: Annotated[str, Field(description="postgresql://… of the role checkout_admin")]
    host: Annotated[str, Field(description="Address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535, description="HTTP port")] = 8_080
    url: Annotated[
        str,
        Field(description="What people type, https://… behind a TLS proxy; empty: host and port"),
    ] = ""
    pool_connections: Annotated[
        int, Field(ge=2, le=64, description="PostgreSQL connections at most")
    ] = 8
    idle_minutes: Annotated[
        int, Field(ge=1, le=720, description="A session that is not used ends after so long")
    ] = 30
    session_hours: Annotated[
        int,
        Field(ge=1, le=72, description="A session ends after so long, however often it is used"),
    ] = 12
    link_hours: Annotated[
        int, Field(ge=1, le=168, description="A link for choosing a password works so long")
    ] = 24
    second_factor_needed: Annotated[
        bool,
        Field(
            description="Whoever has no second factor sees nothing but where to set one up;"
            " else each decides for themselves"
        ),
    ] = False
    trusted_proxies: Annotated[
        str,
        Field(
            description="Addresses or networks of proxies, by commas: X-Forwarded-For of theirs is"
            " believed, so that lock-out by address tells people apart"
        ),
    ] = ""
    plaintext_off_loopback: Annotated[
        bool, Field(description="Allow http:// on other addresses; passwords go in the clear")
    ] = False

    service_target: Annotated[
        str, Field(description="host:port of the service, for whatever moves points")
    ] = "127.0.0.1:50051"
    service_credential: Annotated[
        SecretStr,
        Field(description="CHECKOUT_SERVICE_CREDENTIAL of the service; empty: pages only read"),
    ] = SecretStr("")
    service_ca: Annotated[
        FilePath | None, Field(description="PEM file of the CA of a service that speaks TLS")
    ] = None

    sealing_keys: Annotated[
        SecretStr,
        Field(
            description="Keys that seal values of profiles in the history and secrets of second"
            " factors: 'id:hex,…', the sealing one first; empty: the history keeps no such values"
        ),
    ] = SecretStr("")

    @field_validator("sealing_keys")
    @classmethod
    def _keys_have_their_form(cls, keys: SecretStr) -> SecretStr:
        read_masters(keys.get_secret_value())
        return keys

    @model_validator(mode="after")
    def _passwords_are_not_sent_in_the_clear(self) -> Self:
        parts = urlsplit(self.url)
        if self.url and (parts.scheme not in {"http", "https"} or not parts.netloc):
            raise ValueError("CHECKOUT_ADMIN_URL begins with https://, and names a host")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError(
                "CHECKOUT_ADMIN_URL ends with the host and port: the admin has no path"
            )
        if parts.scheme == "https" or self.plaintext_off_loopback:
            return self
        if not is_loopback(parts.hostname or self.host):
            raise ValueError(
                "passwords would be sent in the clear: set CHECKOUT_ADMIN_URL to https://… of the"
                " proxy in front, or CHECKOUT_ADMIN_PLAINTEXT_OFF_LOOPBACK=1"
            )
        return self

    def masters(self) -> MasterKeys | None:
        """The keys that seal; None: nothing is sealed."""
        return read_masters(self.sealing_keys.get_secret_value())

    @property
    def is_https(self) -> bool:
        """Whether browsers reach it by TLS: then cookies are theirs only so."""
        return self.url.startswith("https://")


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
