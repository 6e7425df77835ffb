"""Which servers run on a directory, and for whom: the lock and the state file.

The lock (held by the supervisor, released by the system when it dies) says whether anybody runs
servers here; the state file says which processes they are, by pid and start time. After any crash
the next start, or `stop`, finds in it exactly what is left over.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from checkout.embedded.processes import ProcessIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class ServersState:
    """What runs; the addresses are empty until both servers answer."""

    owner: ProcessIdentity
    supervisor: ProcessIdentity | None
    postgres: ProcessIdentity | None
    valkey: ProcessIdentity | None
    postgres_dsn: str
    redis_url: str
    note: str


def write_state(path: Path, state: ServersState) -> None:
    """Replace the file as a whole; it holds passwords, so only we read it."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file, indent=2)
    unfinished.replace(path)


def read_state(path: Path) -> ServersState | None:
    """None when there is no file, or none that this version wrote."""
    try:
        fields = json.loads(path.read_text())
        return ServersState(
            owner=ProcessIdentity(**fields["owner"]),
            supervisor=_process(fields["supervisor"]),
            postgres=_process(fields["postgres"]),
            valkey=_process(fields["valkey"]),
            postgres_dsn=fields["postgres_dsn"],
            redis_url=fields["redis_url"],
            note=fields["note"],
        )
    except (FileNotFoundError, NotADirectoryError, KeyError, TypeError, ValueError):
        return None


def _process(fields: dict[str, int | str] | None) -> ProcessIdentity | None:
    return None if fields is None else ProcessIdentity(int(fields["pid"]), str(fields["started"]))


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Hold the lock for the block if nobody holds it; whether it is held."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


@contextmanager
def wait_for_lock(path: Path) -> Iterator[None]:
    """Hold the lock for the block, waiting for whoever holds it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
