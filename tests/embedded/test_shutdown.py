"""`make stop` and `make clean`: ending and removing what is ours, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checkout.embedded import AlreadyRunningError, clean_directory, stop_servers
from checkout.embedded.processes import is_alive
from tests.embedded.owner_process import SOURCES, WAIT_S, owner_of


def run_command(command: str, directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "checkout.embedded", command, "--directory", str(directory)],
        capture_output=True,
        check=False,
        cwd=SOURCES,
        text=True,
    )


def test_stop_ends_the_owner_and_its_servers(directory: Path) -> None:
    """The service is ended first and by SIGTERM, then nothing of it runs any more."""
    with owner_of(directory) as owner:
        state = owner.state
        done = run_command("stop", directory)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"ended the service (pid {owner.process.pid})")
        assert owner.process.wait(WAIT_S) == 0
    for process in (state.supervisor, state.postgres, state.valkey):
        assert not is_alive(process)


def test_stop_without_anything_running_says_so(directory: Path) -> None:
    """Stopping twice, or before the first start, is no error."""
    done = run_command("stop", directory)
    assert (done.returncode, done.stdout) == (0, "nothing runs here\n")


def test_clean_refuses_while_servers_run(directory: Path) -> None:
    """Data is not removed beneath a running server."""
    with owner_of(directory) as owner:
        with pytest.raises(AlreadyRunningError, match="make stop"):
            clean_directory(directory)
        assert is_alive(owner.state.postgres)


def test_clean_removes_what_the_servers_left(directory: Path) -> None:
    """Data and logs go; a file of somebody else in the same directory stays."""
    with owner_of(directory):
        pass
    (directory / "somebody-elses").write_text("kept")
    done = run_command("clean", directory)
    assert done.returncode == 0, done.stderr
    left = sorted(path.name for path in directory.iterdir())
    assert left == ["embedded.lock", "somebody-elses"]


def test_clean_of_a_directory_that_does_not_exist_does_nothing(directory: Path) -> None:
    """A fresh checkout can be cleaned."""
    assert clean_directory(directory / "absent") == []
    assert stop_servers(directory / "absent") == []
