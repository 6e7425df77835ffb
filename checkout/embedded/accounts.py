"""The account under which the servers run.

PostgreSQL refuses to run as root, and Valkey has no reason to. So root starts both as `nobody`;
everybody else starts them as themselves.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from checkout.embedded.errors import EmbeddedError

UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What `subprocess` needs to start a program as this account; all None is "as ourselves"."""

    user: int | None
    group: int | None
    extra_groups: tuple[int, ...] | None

    @property
    def uid(self) -> int:
        return os.geteuid() if self.user is None else self.user

    def own(self, path: Path) -> None:
        """Give a file or folder to the account."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)

    def can_enter(self, directory: Path) -> bool:
        """Whether the account can reach files in the directory, through all its ancestors."""
        if self.user is None:
            return os.access(directory, os.X_OK)
        probe = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(directory)],
            check=False,
            cwd="/",
            user=self.user,
            group=self.group,
            extra_groups=self.extra_groups,
        )
        return probe.returncode == 0


OURSELVES = Account(user=None, group=None, extra_groups=None)


def server_account() -> Account:
    if os.geteuid() != 0:
        return OURSELVES
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and this machine has no user "
            f"'{UNPRIVILEGED_USER}' to run it as: start as a plain user"
        ) from None
    return Account(user=entry.pw_uid, group=entry.pw_gid, extra_groups=())


def user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
