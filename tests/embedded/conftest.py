from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout.embedded import make_temporary_directory, stop_servers
from checkout.embedded.accounts import Account, server_account
from tests.embedded.owner_process import SOURCES, WHEELS


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory that the servers' account can enter; whatever runs on it ends with the test."""
    directory = make_temporary_directory(durable=False)
    yield directory / "var"
    stop_servers(directory / "var")
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def _root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user: run the suite as root to see this")


@pytest.fixture
def nobodys_python(_root: None) -> str:
    """An interpreter that user nobody can run, with our sources and packages."""
    nobody = server_account()
    for folder in (SOURCES, WHEELS):
        if not nobody.can_enter(folder):
            pytest.skip(f"user nobody cannot enter {folder}, so it cannot run this code there")
    for name in (sys.executable, "python3", "python3.14", "python3.13", "python3.12", "python3.11"):
        found = shutil.which(name, path="/usr/local/bin:/usr/bin")
        if found is not None and runs_for(nobody, found):
            return found
    pytest.skip("user nobody finds no Python 3.11 or newer that it may run")


def runs_for(account: Account, python: str) -> bool:
    program = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        done = subprocess.run(
            [python, "-c", program],
            check=False,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except PermissionError:
        return False
    return done.returncode == 0
