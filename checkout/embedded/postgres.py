"""PostgreSQL from the wheel: a cluster of our own, on loopback TCP, with a password.

Guarantees: initialised whole or not at all (built beside, then renamed); durable unless a profile
says otherwise; started only on data of its own major version and account; ended by SIGINT, which
closes connections and writes a checkpoint (SIGTERM would wait for clients).

Costs: the first start takes about a second, later ones less than a tenth.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from checkout.embedded.accounts import UNPRIVILEGED_USER, Account, user_name
from checkout.embedded.binaries import Binaries
from checkout.embedded.errors import (
    DataVersionError,
    DirectoryUnusableError,
    EmbeddedError,
    ServerFailedError,
)
from checkout.embedded.logs import ServerLog
from checkout.embedded.ports import HOST, POSTGRES_PORT_SETTING, listen_on_port
from checkout.embedded.processes import children_of, command_of, end_process, identify_process
from checkout.embedded.server import ENVIRONMENT, ServerProcess, explain_failure

SUPERUSER = "postgres"
DATABASE = "checkout"

_READY_WAIT_S = 120  # crash recovery of a large log takes its time
_STOP_GRACE_S = 20
_BACKENDS_WAIT_S = 15
_POLL_S = 0.05
# Linux can sync a file system in one call; elsewhere it is done file by file.
_SYNC_ALL = "syncfs" if sys.platform == "linux" else "fsync"
_PASSWORD_FILE = "embedded-password"  # noqa: S105 -- a file's name


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresProfile:
    """What differs between a demo on a developer's machine and a throwaway cluster."""

    # Off only for clusters whose loss costs nothing: a power cut then destroys the whole cluster.
    durable: bool = True
    # 2 cores and 24 GiB: the demo's data fits into memory, and the service needs the rest.
    shared_buffers_mb: int = 512
    # The log between two checkpoints: larger means fewer full-page images, and more to recover.
    wal_max_mb: int = 4096
    # Workers hold about 10 connections each; the rest is for the admin, psql and migrations.
    connections_max: int = 100


RUN_PROFILE = PostgresProfile()
# Tests hold little data, and those that need not be durable hold it in memory, the log included.
DURABLE_TEST_PROFILE = PostgresProfile(shared_buffers_mb=128, wal_max_mb=512)
TEST_PROFILE = PostgresProfile(durable=False, shared_buffers_mb=128, wal_max_mb=256)


@dataclass(slots=True, kw_only=True)
class PostgresServer:
    """One cluster: its data directory, port and process. A port of None becomes any free one."""

    binaries: Binaries
    data: Path
    port: int | None
    profile: PostgresProfile
    process: ServerProcess

    @classmethod
    def at(
        cls,
        data: Path,
        *,
        binaries: Binaries,
        port: int | None,
        profile: PostgresProfile,
        account: Account,
        logs: Path,
    ) -> PostgresServer:
        log = ServerLog(logs / "postgres.log")
        process = ServerProcess(name="PostgreSQL", account=account, log=log)
        return cls(binaries=binaries, data=data, port=port, profile=profile, process=process)

    @property
    def dsn(self) -> str:
        password = (self.data / _PASSWORD_FILE).read_text().strip()
        return f"postgresql://{SUPERUSER}:{password}@{HOST}:{self.port}/{DATABASE}"

    def start(self) -> None:
        """Initialise if new, start, and wait until it takes connections; nothing if it runs."""
        if self.process.is_running:
            return
        self._initialise()
        self._require_fitting_data()
        self._end_forgotten_postmaster()
        self.port = listen_on_port(
            self.port, self._start_at, server="PostgreSQL", setting=POSTGRES_PORT_SETTING
        )

    def stop(self) -> None:
        """Close connections, write a checkpoint, end."""
        self.process.end(Signals.SIGINT, Signals.SIGQUIT, grace_s=_STOP_GRACE_S)

    def kill(self) -> None:
        """End as a power cut would: the next start recovers from the log."""
        # Left alone, busy backends would finish their statement first, and keep the memory.
        backends = children_of(self.process.pid) if self.process.is_running else []
        self.process.end(Signals.SIGKILL, grace_s=_STOP_GRACE_S)
        for backend in backends:
            end_process(backend, Signals.SIGKILL, grace_s=_STOP_GRACE_S)

    def _start_at(self, port: int) -> None:
        parameters = [word for pair in self._parameters(port) for word in ("-c", "=".join(pair))]
        command: list[str | Path] = [
            self.binaries.postgres_bin / "postgres",
            "-D",
            self.data,
            *parameters,
        ]
        end_s = time.monotonic() + _BACKENDS_WAIT_S
        while True:
            self.process.spawn(command)
            try:
                return self.process.wait_until_ready(self._is_ready, wait_s=_READY_WAIT_S)
            except ServerFailedError as error:
                # After a kill the old server's backends hold its memory until they notice.
                lingering = "pre-existing shared memory block" in str(error)
                if not lingering or time.monotonic() >= end_s:
                    raise
            time.sleep(_POLL_S)

    def _parameters(self, port: int) -> Iterator[tuple[str, str]]:
        profile = self.profile
        yield "listen_addresses", HOST
        yield "port", str(port)
        # Socket paths longer than about 100 bytes fail; loopback TCP works in any directory.
        yield "unix_socket_directories", ""
        # Shown by `ps`, so that nobody takes this one for the machine's own server.
        yield "cluster_name", "loyalty-checkout"
        # Which statements cost what; it can only be loaded at the start.
        yield "shared_preload_libraries", "pg_stat_statements"
        yield "max_connections", str(profile.connections_max)
        yield "shared_buffers", f"{profile.shared_buffers_mb}MB"
        # What the planner may assume to find cached, ours and the system's together.
        yield "effective_cache_size", f"{profile.shared_buffers_mb * 8}MB"
        # Building indexes after a bulk import is the only large maintenance here.
        yield "maintenance_work_mem", "256MB"
        # SSD: a random page costs about what the next one does; 4.0 would shun indexes.
        yield "random_page_cost", "1.1"
        # Two cores serve many short statements, each on one of them.
        yield "max_parallel_workers_per_gather", "0"
        # Shared segments lie in the data directory: they go with it even after a kill, and the
        # small /dev/shm of a container sets no limit.
        yield "dynamic_shared_memory_type", "mmap"
        # Full-page images are most of the log after a checkpoint; compressing them is cheap.
        # The wheel is built without lz4, so "on" means pglz here, and TOAST keeps pglz too.
        yield "wal_compression", "on"
        # Checkpoints by time rather than by volume: each makes the log larger again.
        yield "max_wal_size", f"{profile.wal_max_mb}MB"
        yield "checkpoint_timeout", "15min"
        # After a crash every file is synced before recovery: 4 s one by one, 0.1 s in one call.
        yield "recovery_init_sync_method", _SYNC_ALL
        yield "timezone", "UTC"
        yield "log_timezone", "UTC"
        yield "log_line_prefix", "%m [%p] %u@%d "
        # A statement this slow, or a lock waited for this long, is worth a line.
        yield "log_min_duration_statement", "1s"
        yield "log_lock_waits", "on"
        if not profile.durable:
            yield "fsync", "off"
            yield "synchronous_commit", "off"
            yield "full_page_writes", "off"

    def _initialise(self) -> None:
        if self.data.exists():
            return
        # Built beside and renamed: an initialisation broken off is thrown away, never started.
        unfinished = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.process.account.own(unfinished)
        with self._password_file() as password_file:
            initdb: list[str | Path] = [
                *(self.binaries.postgres_bin / "initdb", "--pgdata", unfinished),
                *("--username", SUPERUSER, "--pwfile", password_file),
                *("--auth", "scram-sha-256"),
                # The password is random and long: stretching it would only slow connecting.
                *("--set", "scram_iterations=1"),
                *("--encoding", "UTF8", "--locale-provider", "builtin"),
                *("--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions"),
                *((f"--sync-method={_SYNC_ALL}",) if self.profile.durable else ("--no-sync",)),
            ]
            self._run(initdb)
            password_file.rename(unfinished / _PASSWORD_FILE)
        postgres = self.binaries.postgres_bin / "postgres"
        self._run(
            [postgres, "--single", "-D", unfinished, "postgres"], f"CREATE DATABASE {DATABASE}\n"
        )
        unfinished.rename(self.data)

    @contextmanager
    def _password_file(self) -> Iterator[Path]:
        path = self.data.with_name("postgres-password.new")
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as password:
            password.write(f"{secrets.token_hex(16)}\n")
        self.process.account.own(path)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _run(self, command: list[str | Path], stdin: str = "") -> None:
        done = subprocess.run(
            command,
            check=False,
            cwd="/",
            env=ENVIRONMENT,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self.process.account.user,
            group=self.process.account.group,
            extra_groups=self.process.account.extra_groups,
        )
        if done.returncode != 0 or "ERROR:" in done.stdout or "FATAL:" in done.stdout:
            raise explain_failure("initdb", done.stdout.strip(), self.data.parent)

    def _require_fitting_data(self) -> None:
        try:
            major = int((self.data / "PG_VERSION").read_text())
            owner = self.data.stat().st_uid
        except (OSError, ValueError) as error:
            raise DirectoryUnusableError(
                f"{self.data} is no data directory of PostgreSQL that we can read ({error}): "
                f"move it away, or remove it with `make clean`"
            ) from error
        uid = self.process.account.uid
        if owner != uid:
            raise DirectoryUnusableError(
                f"{self.data} belongs to user {user_name(owner)}, but PostgreSQL would run as "
                f"{user_name(uid)} (root runs it as {UNPRIVILEGED_USER}): start as "
                f"the user who made it, or remove it with `make clean`"
            )
        if major != self.binaries.postgres_major:
            raise DataVersionError(
                f"{self.data} was written by PostgreSQL {major}, this one is "
                f"{self.binaries.postgres_major}: dump it with the old version and restore it "
                f"here, or remove it with `make clean`"
            )

    def _end_forgotten_postmaster(self) -> None:
        """End a server that still runs on this data, and clear the traces of one that does not.

        We hold the lock of this directory, so a postmaster on this data is a leftover of ours.
        A pid file whose pid passed to another program stops PostgreSQL from starting: it goes,
        and the other program is left alone.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        forgotten = identify_process(pid)
        if forgotten is None:
            return  # PostgreSQL itself clears a pid file without process
        if str(self.data) not in command_of(pid):
            pid_file.unlink()
        elif not end_process(forgotten, Signals.SIGINT, Signals.SIGQUIT, grace_s=_STOP_GRACE_S):
            raise EmbeddedError(f"PostgreSQL (pid {pid}) on {self.data} does not end: end it")

    def _is_ready(self) -> bool:
        # The postmaster's own word, in the file's last line; asking costs no connection.
        # It is there, empty, a moment before it is written.
        words = (self.data / "postmaster.pid").read_text().split()
        return words[:1] == [str(self.process.pid)] and words[-1:] == ["ready"]
