"""Secrets of a local installation: made once, kept in one file that only its owner may read.

In production they come from settings instead. Losing the file of a local installation means losing
its identifiers (the pepper), its tills' tokens and what the history says of profiles, not its
ledger.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from pathlib import Path

_FILE_NAME = "secrets.json"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys and credentials, as settings want them."""

    token_keys: str
    pepper: str
    service_credential: str
    app_password: str
    terminals_key: str
    admin_password: str
    #: Of the demo's people in the admin: they are told it at every start.
    staff_password: str
    #: Of what the pages seal in the database.
    sealing_keys: str


def keep_secrets(directory: Path) -> Secrets:
    """The secrets of a directory; new ones the first time, and those that a newer version adds."""
    path = directory / _FILE_NAME
    kept = orjson.loads(path.read_bytes()) if path.exists() else {}
    made = Secrets(**(asdict(_new_secrets()) | kept))
    if asdict(made) == kept:
        return made
    directory.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(asdict(made)))
    written.replace(path)
    return made


def _new_secrets() -> Secrets:
    return Secrets(
        token_keys=f"1:{secrets.token_hex(32)}",
        pepper=secrets.token_hex(32),
        service_credential=secrets.token_urlsafe(32),
        app_password=secrets.token_hex(16),
        terminals_key=secrets.token_hex(32),
        admin_password=secrets.token_hex(16),
        staff_password=secrets.token_urlsafe(12),
        sealing_keys=f"1:{secrets.token_hex(32)}",
    )
