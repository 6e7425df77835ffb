"""Embedded servers as their owner sees them: a block of code in which both run.

Guarantees: inside the block both answer; after it, or after any death of this process, they end;
two processes never run servers on one directory; nothing that we did not start is ever signalled.

Costs: about 1.2 s for the first start on a directory, 0.3 s for later ones.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checkout.embedded.accounts import server_account
from checkout.embedded.errors import EmbeddedError
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.postgres import RUN_PROFILE, TEST_PROFILE, PostgresProfile
from checkout.embedded.processes import ProcessIdentity, identify_process, is_alive
from checkout.embedded.spec import ServerName, ServersSpec, Verb, require_success
from checkout.embedded.state import read_state, wait_for_lock

# Longer than the supervisor itself waits for its servers.
_END_WAIT_S = 90
# Linux keeps a file system in memory here; elsewhere the folder does not exist.
_MEMORY = Path("/dev/shm")  # noqa: S108 -- only mkdtemp writes to it
_MEMORY_ROOM_BYTES = 1024**3
# The folder that holds the package `checkout`; it need not be installed.
_SOURCES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedServers:
    """Both servers' addresses, with passwords; `note` is a sentence worth printing, or empty."""

    postgres_dsn: str
    redis_url: str
    note: str
    _supervisor: subprocess.Popen[str] | None = field(default=None, repr=False)

    def kill(self, server: ServerName) -> None:
        """End a server as a power cut would."""
        self._command("kill", server)

    def stop(self, server: ServerName) -> None:
        """End a server in order."""
        self._command("stop", server)

    def start(self, server: ServerName) -> None:
        """Start a killed or stopped server again, on its port and data, and wait for it."""
        self._command("start", server)

    def _command(self, verb: Verb, server: ServerName) -> None:
        supervisor = self._supervisor
        if supervisor is None or supervisor.stdin is None or supervisor.stdout is None:
            raise EmbeddedError("shared servers belong to several: they are not to be ended")
        supervisor.stdin.write(f"{verb} {server}\n")
        supervisor.stdin.flush()
        require_success(supervisor.stdout.readline())


@contextmanager
def embedded_servers(
    directory: Path,
    *,
    postgres_port: int | None,
    valkey_port: int | None,
    profile: PostgresProfile = RUN_PROFILE,
) -> Iterator[EmbeddedServers]:
    """Run both servers for the block, with PostgreSQL's data kept in the directory.

    A port of None is any free one. Raises `EmbeddedError` with a message for the terminal.
    """
    spec = ServersSpec(
        owner=_ourselves(),
        directory=directory,
        postgres_port=postgres_port,
        valkey_port=valkey_port,
        profile=profile,
        temporary=False,
    )
    with _supervised(spec) as servers:
        yield servers


@contextmanager
def temporary_servers(*, profile: PostgresProfile = TEST_PROFILE) -> Iterator[EmbeddedServers]:
    """Run both servers for the block on free ports; their data goes with them."""
    spec = _temporary_spec(make_temporary_directory(durable=profile.durable), profile)
    with _supervised(spec) as servers:
        yield servers


def make_temporary_directory(*, durable: bool) -> Path:
    """A directory for servers; `nobody` may pass through, others cannot list it.

    What need not survive goes to memory where there is room: copying a migrated database takes
    15 ms there and up to 400 ms on a virtual disk.
    """
    in_memory = not durable and _memory_has_room()
    directory = Path(
        tempfile.mkdtemp(prefix="loyalty-checkout-", dir=_MEMORY if in_memory else None)
    )
    directory.chmod(0o711)
    return directory


def _memory_has_room() -> bool:
    if not os.access(_MEMORY, os.W_OK | os.X_OK):
        return False
    status = os.statvfs(_MEMORY)
    # Containers often mount it noexec; that matters when the programs must be copied there.
    executable = not status.f_flag & getattr(os, "ST_NOEXEC", 0)
    return status.f_bavail * status.f_frsize >= _MEMORY_ROOM_BYTES and (
        executable or server_account().can_enter(Path(sys.prefix))
    )


def join_shared_servers(
    directory: Path, *, lifeline: Path, profile: PostgresProfile = TEST_PROFILE
) -> EmbeddedServers:
    """Temporary servers for several processes: the first that asks starts them.

    They live as long as somebody holds the named pipe `lifeline` open for writing.
    """
    with wait_for_lock(directory / "joining.lock"):
        state = read_state(directory / STATE_FILE)
        if state is None or not is_alive(state.supervisor) or not state.postgres_dsn:
            _start_shared(_temporary_spec(directory, profile), lifeline)
        return _addresses(directory)


def _start_shared(spec: ServersSpec, lifeline: Path) -> None:
    reading = os.open(lifeline, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reading, True)
    try:
        supervisor = _spawn(spec, reading)
    finally:
        os.close(reading)
    answers = supervisor.stdout
    assert answers is not None
    with answers:
        require_success(answers.readline())
    # It outlives us on purpose; without this Python would complain that we did not wait for it.
    supervisor.returncode = 0


@contextmanager
def _supervised(spec: ServersSpec) -> Iterator[EmbeddedServers]:
    with _spawn(spec, subprocess.PIPE) as supervisor:
        lifeline, answers = supervisor.stdin, supervisor.stdout
        assert lifeline is not None
        assert answers is not None
        try:
            require_success(answers.readline())
            addresses = _addresses(spec.directory)
            yield EmbeddedServers(
                postgres_dsn=addresses.postgres_dsn,
                redis_url=addresses.redis_url,
                note=addresses.note,
                _supervisor=supervisor,
            )
        finally:
            lifeline.close()
            try:
                supervisor.wait(_END_WAIT_S)
            except subprocess.TimeoutExpired:
                supervisor.kill()  # the next start ends what it leaves


def _spawn(spec: ServersSpec, lifeline: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "checkout.embedded.supervisor", spec.encode()],
        cwd=_SOURCES,
        stdin=lifeline,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it opens a log of its own as soon as there is a place for it
        text=True,
        start_new_session=True,  # Ctrl-C is for the owner, who ends the servers last
    )


def _addresses(directory: Path) -> EmbeddedServers:
    state = read_state(directory / STATE_FILE)
    if state is None:
        raise EmbeddedError(f"the servers on {directory} ended just after their start")
    return EmbeddedServers(
        postgres_dsn=state.postgres_dsn, redis_url=state.redis_url, note=state.note
    )


def _temporary_spec(directory: Path, profile: PostgresProfile) -> ServersSpec:
    return ServersSpec(
        owner=_ourselves(),
        directory=directory,
        postgres_port=None,
        valkey_port=None,
        profile=profile,
        temporary=True,
    )


def _ourselves() -> ProcessIdentity:
    ourselves = identify_process(os.getpid())
    if ourselves is None:
        raise EmbeddedError("the system does not tell when this process started (/proc, ps)")
    return ourselves
