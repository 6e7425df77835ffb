"""One child process that is a server: started, awaited, ended or killed.

The child is ours (never adopted), so its pid stays its own until we have reaped it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from checkout.embedded.accounts import Account
from checkout.embedded.errors import (
    DirectoryUnusableError,
    EmbeddedError,
    PortTakenError,
    ServerFailedError,
)
from checkout.embedded.logs import ServerLog
from checkout.embedded.processes import ProcessIdentity, identify_process

_POLL_S = 0.01
# Nothing of the caller's environment changes how a server behaves (PGDATA, LANG, LD_PRELOAD ...).
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(slots=True, kw_only=True)
class ServerProcess:
    """A server's process and its log; `name` is what messages call it."""

    name: str
    account: Account
    log: ServerLog
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        return 0 if self._child is None else self._child.pid

    @property
    def identity(self) -> ProcessIdentity | None:
        return identify_process(self.pid)

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def spawn(self, command: Sequence[str | Path], *, stdin: bytes = b"") -> None:
        """Start the program; what it reads from standard input is given at once."""
        with self.log.open() as log:
            self._child = subprocess.Popen(
                command,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C in a terminal reaches the owner, who ends the servers in order.
                start_new_session=True,
                user=self.account.user,
                group=self.account.group,
                extra_groups=self.account.extra_groups,
            )
        pipe = self._child.stdin
        if pipe is not None:
            pipe.write(stdin)
            pipe.close()

    def wait_until_ready(self, ready: Callable[[], bool], *, wait_s: float) -> None:
        end_s = time.monotonic() + wait_s
        while not self._answers(ready):
            if not self.is_running:
                raise self._failure()
            if time.monotonic() >= end_s:
                self.end(Signals.SIGKILL, grace_s=wait_s)
                raise ServerFailedError(
                    f"{self.name} did not answer within {wait_s:.0f} s; the end of its log "
                    f"({self.log.path}):\n{self.log.tail()}"
                )
            time.sleep(_POLL_S)

    def end(self, *signals: Signals, grace_s: float) -> None:
        """Signal in turn, each time waiting for the end; SIGKILL comes last in any case."""
        child = self._child
        if child is None:
            return
        for number in (*signals, Signals.SIGKILL):
            child.send_signal(number)  # a reaped child is not signalled
            try:
                child.wait(grace_s)
            except subprocess.TimeoutExpired:
                continue
            break
        self._child = None

    @staticmethod
    def _answers(ready: Callable[[], bool]) -> bool:
        try:
            return ready()
        except OSError:  # not listening yet, or its files not there yet
            return False

    def _failure(self) -> EmbeddedError:
        return explain_failure(self.name, self.log.tail(), self.log.path)


def explain_failure(name: str, text: str, source: Path) -> EmbeddedError:
    """The error for a program that ended by itself, by what it said last."""
    if "No space left on device" in text:
        return DirectoryUnusableError(f"{name} could not write, the disk is full ({source})")
    if "Address already in use" in text:
        return PortTakenError(f"{name} could not listen, its port was taken meanwhile ({source})")
    return ServerFailedError(f"{name} ended by itself; the end of its log ({source}):\n{text}")
