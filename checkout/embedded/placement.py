"""Where the servers keep their files.

State, lock and logs always lie in the directory that was asked for (`var/`). Data and, where
needed, copies of the programs lie there too, unless we are root and another user cannot traverse
an ancestor of it (a home of mode 0700, say): then they go to a directory of our own under the
system's persistent temporary folder. We never widen anybody's permissions to get there.

That directory carries a marker with the path of the checkout it serves: it is used, and removed,
only when the marker says it is ours.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from checkout.embedded.accounts import UNPRIVILEGED_USER, Account, user_name
from checkout.embedded.errors import DirectoryUnusableError

# Survives a restart of the machine, unlike /tmp; still the system may clean it.
PERSISTENT_TEMPORARY = Path("/var/tmp")  # noqa: S108 -- made safely: see _claim_shelter
STATE_FILE = "embedded.json"
_MARKER = "belongs-to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The folders of one pair of servers; `note` is a sentence worth printing, or empty."""

    directory: Path
    home: Path
    note: str

    @property
    def state_file(self) -> Path:
        return self.directory / STATE_FILE

    @property
    def lock_file(self) -> Path:
        return self.directory / "embedded.lock"

    @property
    def logs(self) -> Path:
        return self.directory / "log"

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def programs(self) -> Path:
        return self.home / "programs"


def place(directory: Path, account: Account, *, shelters: Path = PERSISTENT_TEMPORARY) -> Placement:
    """Make the folders and decide where the data goes."""
    directory = directory.resolve()
    try:
        if not directory.exists():
            directory.mkdir(parents=True)
            directory.chmod(0o711)
        (directory / "log").mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise DirectoryUnusableError(
            f"cannot write to {directory}: {error.strerror}; "
            f"make it writable for user {user_name(os.geteuid())} or choose another directory"
        ) from error
    if account.can_enter(directory):
        return Placement(directory=directory, home=directory, note="")
    home = _claim_shelter(directory, shelters)
    if not account.can_enter(home):
        raise DirectoryUnusableError(
            f"user {UNPRIVILEGED_USER}, as whom root runs PostgreSQL, can enter neither "
            f"{directory} nor {home}: move the checkout to a directory that others may traverse"
        )
    note = (
        f"data lies in {home}, because user {UNPRIVILEGED_USER}, as whom root runs PostgreSQL, "
        f"cannot enter {directory}; the system may clean it away"
    )
    return Placement(directory=directory, home=home, note=note)


def remove_files(directory: Path, *, shelters: Path = PERSISTENT_TEMPORARY) -> list[Path]:
    """Remove what the servers left in the directory and in its marked shelter; what was removed.

    The caller holds the lock: nothing runs there.
    """
    directory = directory.resolve()
    removed: list[Path] = []
    shelter = shelter_of(directory, shelters)
    if shelter.exists() and _is_ours(shelter, directory):
        shutil.rmtree(shelter)
        removed.append(shelter)
    placement = Placement(directory=directory, home=directory, note="")
    for path in (placement.postgres_data, placement.programs, placement.logs):
        if path.is_dir():
            shutil.rmtree(path)
            removed.append(path)
    placement.state_file.unlink(missing_ok=True)  # the lock stays: we hold it
    return removed


def shelter_of(directory: Path, shelters: Path = PERSISTENT_TEMPORARY) -> Path:
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return shelters / f"loyalty-checkout-{digest}"


def _claim_shelter(directory: Path, shelters: Path) -> Path:
    shelter = shelter_of(directory, shelters)
    try:
        # mkdir neither follows a link nor takes what is there; 0711 lets `nobody` through
        # without listing it.
        shelter.mkdir(mode=0o711)
    except FileExistsError:
        if not _is_ours(shelter, directory):
            raise DirectoryUnusableError(
                f"{shelter} is not a directory that this checkout made (a link, another owner or "
                f"another marker): look at it and remove it"
            ) from None
    except OSError as error:
        raise DirectoryUnusableError(f"cannot make {shelter}: {error.strerror}") from error
    shelter.chmod(0o711)
    (shelter / _MARKER).write_text(f"{directory}\n")
    return shelter


def _is_ours(shelter: Path, directory: Path) -> bool:
    status = shelter.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        return False
    marker = shelter / _MARKER
    if marker.is_file() and not marker.is_symlink():
        return marker.read_text() == f"{directory}\n"
    # Killed between mkdir and the marker: ours, and empty.
    return not any(shelter.iterdir())
