"""Root and plain users, open and closed directories."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from checkout.embedded import (
    DirectoryUnusableError,
    clean_directory,
)
from checkout.embedded import binaries as binaries_module
from checkout.embedded.accounts import OURSELVES, Account, server_account
from checkout.embedded.binaries import locate_binaries
from checkout.embedded.placement import place, remove_files, shelter_of
from tests.embedded.owner_process import owner_of, servers_on


class _ClosedToAll(Account):
    def can_enter(self, directory: Path) -> bool:
        return "shelters" in directory.parts


# An account that can enter no checkout, whoever runs the test.
CLOSED_TO_ALL = _ClosedToAll(user=None, group=None, extra_groups=None)


def closed_directory(directory: Path) -> Path:
    """A directory below one that only its owner may enter, like a home of mode 0700."""
    home = directory / "home"
    home.mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    return home / "checkout" / "var"


@pytest.mark.usefixtures("_root")
def test_root_in_a_closed_directory_keeps_its_data_in_a_marked_shelter(directory: Path) -> None:
    """PostgreSQL runs as nobody beside the closed directory, whose permissions stay as they are."""
    closed = closed_directory(directory)
    shelter = shelter_of(closed)
    try:
        with servers_on(closed) as servers:
            assert str(shelter) in servers.note
            assert (shelter / "postgres" / "PG_VERSION").exists()
        assert (directory / "home").stat().st_mode & 0o777 == 0o700
        assert (shelter / "belongs-to").read_text() == f"{closed}\n"
        assert shelter in clean_directory(closed)
        assert not shelter.exists()
    finally:
        shutil.rmtree(shelter, ignore_errors=True)


def test_a_plain_user_runs_the_servers_as_itself(directory: Path, nobodys_python: str) -> None:
    """Without root nothing is copied and nobody else owns the data."""
    nobody = server_account()
    directory.mkdir()
    nobody.own(directory)
    with owner_of(directory, account=nobody, python=nobodys_python) as owner:
        assert owner.answer.get("postgres_dsn"), owner.answer
        assert (directory / "postgres").stat().st_uid == nobody.uid
        assert not (directory / "programs").exists()


def test_a_plain_user_without_permission_learns_what_to_do(
    directory: Path, nobodys_python: str
) -> None:
    """A directory of root's, met by a plain user, is an error that names it and its remedy."""
    directory.mkdir(mode=0o755)
    with owner_of(
        directory, account=server_account(), python=nobodys_python, refused=True
    ) as owner:
        assert owner.answer["error"] == "DirectoryUnusableError"
        assert f"cannot write to {directory}" in owner.answer["message"]


@pytest.mark.usefixtures("_root")
def test_data_of_another_account_is_refused_by_name(directory: Path) -> None:
    """Data that a plain user made is not taken over by root."""
    with owner_of(directory):
        pass
    os.chown(directory / "postgres", 1, 1)
    with (
        pytest.raises(DirectoryUnusableError, match="belongs to user"),
        servers_on(directory),
    ):
        pass


def test_a_link_in_the_place_of_the_shelter_is_refused(directory: Path) -> None:
    """In a folder where everybody may write, a planted link must not lead us elsewhere."""
    shelters = directory / "shelters"
    elsewhere = directory / "elsewhere"
    shelters.mkdir(parents=True)
    elsewhere.mkdir()
    var = directory / "var"
    shelter_of(var.resolve(), shelters).symlink_to(elsewhere)
    with pytest.raises(DirectoryUnusableError, match="is not a directory that this checkout made"):
        place(var, CLOSED_TO_ALL, shelters=shelters)
    remove_files(var, shelters=shelters)
    assert elsewhere.exists()


def test_a_shelter_with_another_marker_is_neither_used_nor_removed(directory: Path) -> None:
    """A shelter belongs to the checkout whose path its marker holds."""
    shelters = directory / "shelters"
    var = directory / "var"
    shelter = shelter_of(var.resolve(), shelters)
    shelter.mkdir(parents=True)
    (shelter / "belongs-to").write_text("/somewhere/else\n")
    with pytest.raises(DirectoryUnusableError, match="another marker"):
        place(var, CLOSED_TO_ALL, shelters=shelters)
    remove_files(var, shelters=shelters)
    assert shelter.exists()


def test_programs_out_of_reach_are_copied_once(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy is made where the account cannot start the wheel's program, and used again."""
    real = binaries_module._version_of

    def unreachable(program: Path, account: object) -> str:
        if directory not in program.parents:
            raise PermissionError(13, "Permission denied", str(program))
        return real(program, account)  # type: ignore[arg-type]

    monkeypatch.setattr(binaries_module, "_version_of", unreachable)
    directory.mkdir()
    first = locate_binaries(directory / "programs", OURSELVES)
    made_ns = first.valkey_server.stat().st_ctime_ns
    second = locate_binaries(directory / "programs", OURSELVES)
    assert second == first
    assert second.valkey_server.stat().st_ctime_ns == made_ns
    assert directory in first.postgres_bin.parents
