"""`pgbench` on the same cluster: what PostgreSQL does here without us."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import psutil

from loadtests.service.drive import tree_s

if TYPE_CHECKING:
    from loadtests.service.stand import Stand

#: 5 million accounts; 8 clients in 2 threads, prepared statements.
SCALE: Final = 50
CLIENTS: Final = ("-c", "8", "-j", "2", "-M", "prepared")


@dataclass(frozen=True, slots=True)
class Transactions:
    """tpcb-like transactions."""

    per_s: float
    #: PostgreSQL's processor time for one, µs.
    postgres_us: float


def fill(stand: Stand, scale: int = SCALE) -> None:
    """Make pgbench's own tables, in a database of their own."""
    _run(stand, "createdb", "pgbench")
    _run(stand, "pgbench", "-i", "-q", "-s", str(scale), "pgbench")


def measure(stand: Stand, seconds: int) -> Transactions:
    """Transactions per second, and what each costs PostgreSQL."""
    before = tree_s(stand.postgres_pid)
    said = _run(stand, "pgbench", *CLIENTS, "-T", str(seconds), "-n", "pgbench")
    took_s = tree_s(stand.postgres_pid) - before
    found = re.search(r"tps = ([\d.]+)", said)
    done = re.search(r"transactions actually processed: (\d+)", said)
    assert found is not None, said
    assert done is not None, said
    return Transactions(float(found.group(1)), took_s / int(done.group(1)) * 1e6)


def _run(stand: Stand, program: str, *arguments: str) -> str:
    dsn = urlsplit(stand.dsn)
    environment = {
        "PGHOST": dsn.hostname or "",
        "PGPORT": str(dsn.port),
        "PGUSER": dsn.username or "",
        "PGPASSWORD": dsn.password or "",
    }
    done = subprocess.run(
        [str(Path(psutil.Process(stand.postgres_pid).exe()).with_name(program)), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
