"""Secrets of a local installation: made once, kept in one file that only its owner may read.

In production they come from settings instead. Losing the file of a local installation means losing
its identifiers (the pepper) and its tills' tokens, not its ledger.
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


def keep_secrets(directory: Path) -> Secrets:
    """The secrets of a directory; new ones the first time."""
    path = directory / _FILE_NAME
    if path.exists():
        return Secrets(**orjson.loads(path.read_bytes()))
    made = Secrets(
        token_keys=f"1:{secrets.token_hex(32)}",
        pepper=secrets.token_hex(32),
        service_credential=secrets.token_urlsafe(32),
        app_password=secrets.token_hex(16),
        terminals_key=secrets.token_hex(32),
    )
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(orjson.dumps(asdict(made)))
    return made
