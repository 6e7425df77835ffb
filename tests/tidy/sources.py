"""The repository's files, as the checks see them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "checkout" / "v1"
PACKAGES = ("checkout", "loaders", "admin", "loadtests")

_LOCKS = {"requirements.txt", "requirements-dev.txt"}
_NOT_OURS = {".git", ".venv", "var"}


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        capture_output=True,
        check=False,
        cwd=ROOT,
    )
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        found = {ROOT / name for name in names if name}
    else:  # an archive of the sources, without git
        found = {path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.parts)}
    return tuple(sorted(path for path in found if path.is_file()))


@cache
def written_files() -> tuple[Path, ...]:
    """Text that people wrote: neither generated, nor locked, nor binary."""
    return tuple(
        path
        for path in repository_files()
        if not is_generated(path) and path.name not in _LOCKS and b"\0" not in path.read_bytes()
    )


def python_files(*places: str) -> list[Path]:
    """Hand-written Python below the places, which may be folders or files."""
    roots = [ROOT / place for place in places]
    return [
        path
        for path in written_files()
        if path.suffix == ".py" and any(root in (path, *path.parents) for root in roots)
    ]


def is_generated(path: Path) -> bool:
    return GENERATED in path.parents


@cache
def syntax_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def shown(path: Path) -> str:
    """The path as messages name it."""
    return str(path.relative_to(ROOT))
