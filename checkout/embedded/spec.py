"""What an owner asks of a supervisor, and what the supervisor answers: one JSON text each.

A lifeline (the supervisor's standard input) carries commands, one a line: a verb and a server,
`kill postgres`. Its end, by whatever death of the owner, ends the servers.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from checkout.embedded.errors import EmbeddedError, error_named
from checkout.embedded.postgres import PostgresProfile
from checkout.embedded.processes import ProcessIdentity

ServerName = Literal["postgres", "valkey"]
Verb = Literal["start", "stop", "kill"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServersSpec:
    """Servers for an owner on a directory; a port of None is any free one."""

    owner: ProcessIdentity
    directory: Path
    postgres_port: int | None
    valkey_port: int | None
    profile: PostgresProfile
    # The directory goes with the servers.
    temporary: bool

    def encode(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def decode(cls, text: str) -> ServersSpec:
        fields = json.loads(text)
        return cls(
            owner=ProcessIdentity(**fields["owner"]),
            directory=Path(fields["directory"]),
            postgres_port=fields["postgres_port"],
            valkey_port=fields["valkey_port"],
            profile=PostgresProfile(**fields["profile"]),
            temporary=fields["temporary"],
        )


def encode_answer(error: EmbeddedError | None) -> str:
    answer = {"error": type(error).__name__ if error else "", "message": str(error or "")}
    return json.dumps(answer) + "\n"


def require_success(answer: str) -> None:
    """Raise the error that the supervisor met, if it met one."""
    if not answer:
        raise EmbeddedError("the supervisor of the embedded servers died; see log/supervisor.log")
    fields = json.loads(answer)
    if fields["error"]:
        raise error_named(fields["error"], fields["message"])
