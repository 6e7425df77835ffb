"""Valkey from the wheel: a cache in memory, on loopback, with a password; nothing is kept.

It is told everything on standard input, so that `ps` shows neither password nor settings.
"""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from checkout.embedded.accounts import Account
from checkout.embedded.logs import ServerLog
from checkout.embedded.ports import HOST, VALKEY_PORT_SETTING, listen_on_port
from checkout.embedded.server import ServerProcess

_READY_WAIT_S = 20
_STOP_GRACE_S = 10
_PROBE_TIMEOUT_S = 1.0


@dataclass(slots=True, kw_only=True)
class ValkeyServer:
    """One server: its port, password and process. A port of None becomes any free one."""

    program: Path
    home: Path
    port: int | None
    process: ServerProcess
    password: str = field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    def at(
        cls, home: Path, *, program: Path, port: int | None, account: Account, logs: Path
    ) -> ValkeyServer:
        process = ServerProcess(name="Valkey", account=account, log=ServerLog(logs / "valkey.log"))
        return cls(program=program, home=home, port=port, process=process)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> None:
        """Start empty and wait until it answers; nothing if it runs."""
        if self.process.is_running:
            return
        self.port = listen_on_port(
            self.port, self._start_at, server="Valkey", setting=VALKEY_PORT_SETTING
        )

    def stop(self) -> None:
        self.process.end(Signals.SIGTERM, grace_s=_STOP_GRACE_S)

    def kill(self) -> None:
        self.process.end(Signals.SIGKILL, grace_s=_STOP_GRACE_S)

    def _start_at(self, port: int) -> None:
        self.process.spawn([self.program, "-"], stdin=self._configuration(port).encode())
        self.process.wait_until_ready(lambda: self._is_ready(port), wait_s=_READY_WAIT_S)

    def _configuration(self, port: int) -> str:
        return "\n".join(
            (
                f"bind {HOST}",
                f"port {port}",
                f"requirepass {self.password}",
                f'dir "{self.home}"',
                # A cache that anybody may lose: neither snapshots nor a log.
                'save ""',
                "appendonly no",
                # Full means that the least used goes, never that a write fails.
                "maxmemory 512mb",
                "maxmemory-policy allkeys-lfu",
                # Each test worker has a logical database of its own.
                "databases 64",
                "",
            )
        )

    def _is_ready(self, port: int) -> bool:
        with socket.create_connection((HOST, port), _PROBE_TIMEOUT_S) as probe:
            # The password tells our server from a stranger who took the port.
            probe.sendall(f"AUTH {self.password}\r\n".encode())
            return probe.recv(5) == b"+OK\r\n"
