"""The process that owns the embedded servers, for the sake of another one.

The owner holds one end of a pipe, the lifeline. When the owner ends, in whatever way (SIGKILL
included), the lifeline ends, and the servers are stopped in order. So nothing outlives its owner,
and the servers' parent is always the one that waits for them. A supervisor that is itself killed
leaves a state file, by which the next start on the directory ends what is left.

Started by `servers.py` as `python -m checkout.embedded.supervisor SPEC`; it answers on standard
output: once when everything runs (or why not), and once per command.
"""

from __future__ import annotations

import errno
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from types import FrameType

from checkout.embedded.accounts import Account, server_account
from checkout.embedded.binaries import locate_binaries
from checkout.embedded.errors import (
    AlreadyRunningError,
    DirectoryUnusableError,
    EmbeddedError,
)
from checkout.embedded.placement import Placement, place, remove_files
from checkout.embedded.postgres import PostgresServer
from checkout.embedded.processes import end_process, identify_process, is_alive
from checkout.embedded.spec import ServersSpec, encode_answer
from checkout.embedded.state import ServersState, read_state, try_lock, write_state
from checkout.embedded.valkey import ValkeyServer

# A predecessor whose owner died is stopping its servers: it gets this long.
_PREDECESSOR_WAIT_S = 45
_LEFTOVER_GRACE_S = 20
_POLL_S = 0.05
_COMMAND_BYTES = 1024


def main() -> int:
    spec = ServersSpec.decode(sys.argv[1])
    os.umask(0o022)  # `nobody` must reach what root makes; secrets have modes of their own
    ending = _ending_pipe()
    try:
        account = server_account()
        placement = place(spec.directory, account)
        with hold_directory(placement):
            try:
                _supervise(spec, placement, account, ending)
            finally:
                if spec.temporary:
                    remove_files(spec.directory)
                    shutil.rmtree(spec.directory, ignore_errors=True)
    except EmbeddedError as error:
        _answer(error)
        return 1
    except OSError as error:
        _answer(_unusable(error, spec.directory))
        return 1
    except Exception as error:
        _answer(EmbeddedError(f"the embedded servers' supervisor failed: {error!r}"))
        raise  # its log gets the traceback
    return 0


def _unusable(error: OSError, directory: Path) -> DirectoryUnusableError:
    """What the system says about a path; a failed copy (`shutil.Error`) quotes it in a list."""
    if error.errno == errno.ENOSPC or os.strerror(errno.ENOSPC) in str(error):
        return DirectoryUnusableError(f"{directory} cannot be written, the disk is full")
    if error.strerror is None:
        return DirectoryUnusableError(f"{directory} cannot be used: {str(error)[:200]}")
    return DirectoryUnusableError(f"{error.strerror}: {error.filename} ({directory})")


@contextmanager
def hold_directory(placement: Placement) -> Iterator[None]:
    """Hold the lock, waiting for a predecessor whose owner is gone; what it left over is ended."""
    end_s = time.monotonic() + _PREDECESSOR_WAIT_S
    while True:
        with try_lock(placement.lock_file) as held:
            if held:
                end_leftovers(placement)
                yield
                return
        state = read_state(placement.state_file)
        if state is not None and is_alive(state.owner):
            raise AlreadyRunningError(
                f"process {state.owner.pid} already runs servers on {placement.directory}: end it "
                f"with `make stop`, or choose another directory"
            )
        if time.monotonic() >= end_s:
            raise AlreadyRunningError(
                f"servers on {placement.directory} are still ending after "
                f"{_PREDECESSOR_WAIT_S} s: end them with `make stop`"
            )
        time.sleep(_POLL_S)


def end_leftovers(placement: Placement) -> list[str]:
    """End servers whose supervisor was killed; the names of those that were. Needs the lock."""
    state = read_state(placement.state_file)
    if state is None:
        return []
    ended: list[str] = []
    leftovers = (
        ("PostgreSQL", state.postgres, (Signals.SIGINT, Signals.SIGQUIT, Signals.SIGKILL)),
        ("Valkey", state.valkey, (Signals.SIGTERM, Signals.SIGKILL)),
    )
    for name, process, signals in leftovers:
        if process is not None and is_alive(process):
            end_process(process, *signals, grace_s=_LEFTOVER_GRACE_S)
            ended.append(f"{name} (pid {process.pid})")
    placement.state_file.unlink(missing_ok=True)
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Both servers, and the state file that says so."""

    spec: ServersSpec
    placement: Placement
    postgres: PostgresServer
    valkey: ValkeyServer

    def start(self) -> None:
        self.record()
        self.valkey.start()
        self.record()
        self.postgres.start()
        self.record()

    def stop(self) -> None:
        self.postgres.stop()
        self.valkey.stop()
        self.placement.state_file.unlink(missing_ok=True)

    def obey(self, command: str) -> None:
        """One line from the owner: start, stop or kill one of the servers."""
        match command.split():
            case ["start", "postgres"]:
                self.postgres.start()
            case ["stop", "postgres"]:
                self.postgres.stop()
            case ["kill", "postgres"]:
                self.postgres.kill()
            case ["start", "valkey"]:
                self.valkey.start()
            case ["stop", "valkey"]:
                self.valkey.stop()
            case ["kill", "valkey"]:
                self.valkey.kill()
            case _:
                raise EmbeddedError(f"unknown command {command!r}")
        self.record()

    def record(self) -> None:
        postgres, valkey = self.postgres.process.identity, self.valkey.process.identity
        state = ServersState(
            owner=self.spec.owner,
            supervisor=identify_process(os.getpid()),
            postgres=postgres,
            valkey=valkey,
            postgres_dsn=self.postgres.dsn if postgres else "",
            redis_url=self.valkey.url if valkey else "",
            note=self.placement.note,
        )
        write_state(self.placement.state_file, state)


def _supervise(spec: ServersSpec, placement: Placement, account: Account, ending: int) -> None:
    log = os.open(placement.logs / "supervisor.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    binaries = locate_binaries(placement.programs, account)
    pair = _Pair(
        spec=spec,
        placement=placement,
        postgres=PostgresServer.at(
            placement.postgres_data,
            binaries=binaries,
            port=spec.postgres_port,
            profile=spec.profile,
            account=account,
            logs=placement.logs,
        ),
        valkey=ValkeyServer.at(
            placement.home,
            program=binaries.valkey_server,
            port=spec.valkey_port,
            account=account,
            logs=placement.logs,
        ),
    )
    try:
        pair.start()
        _answer(None)
        _obey_until_the_end(pair, ending)
    finally:
        pair.stop()


def _obey_until_the_end(pair: _Pair, ending: int) -> None:
    lifeline = sys.stdin.fileno()
    pending = b""
    while True:
        readable, _, _ = select.select([lifeline, ending], [], [])
        if ending in readable:
            return
        received = os.read(lifeline, _COMMAND_BYTES)
        if not received:
            return
        *commands, pending = (pending + received).split(b"\n")
        for command in commands:
            try:
                pair.obey(command.decode())
            except EmbeddedError as error:
                _answer(error)
            else:
                _answer(None)


def _ending_pipe() -> int:
    """A descriptor that becomes readable when we are asked to end.

    A handler that raised could do so between a server's start and our knowing its pid.
    """
    asked, ask = os.pipe()
    os.set_blocking(ask, False)
    signal.set_wakeup_fd(ask, warn_on_full_buffer=False)

    def wake(_number: int, _frame: FrameType | None) -> None:
        """The wakeup descriptor says it all."""

    for number in (Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP):
        signal.signal(number, wake)
    return asked


def _answer(error: EmbeddedError | None) -> None:
    with suppress(BrokenPipeError):  # the owner is gone: the lifeline will say so
        os.write(sys.stdout.fileno(), encode_answer(error).encode())


if __name__ == "__main__":
    sys.exit(main())
