"""The file of codes that are issued in bulk: as durable as their rows, and gone if there are none.

The database keeps digests only, so the file is the one copy of the codes. It is ``FILE.part`` until
the rows have committed, complete and on disk before they do, and then becomes ``FILE``. Whoever
writes it knows its SHA-256, which the history keeps.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any, TextIO


class CodesKeptError(Exception):
    """The codes were issued, or may have been, and are in ``FILE.part``; the text says which."""


class CodesFile:
    """A text file that is written once, with the SHA-256 of all that was written."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def write(self, text: str) -> int:
        """As a file does."""
        self.hash.update(text.encode())
        return self._file.write(text)


@asynccontextmanager
async def codes_file(connection: asyncpg.Connection[Any], output: Path) -> AsyncIterator[CodesFile]:
    """A transaction whose codes are written to a new file that only its owner reads.

    Raises:
        FileExistsError: the file or its ``.part`` is there; neither was touched, nothing was done.
        CodesKeptError: see there. With any other error nothing was committed and no file is left;
            but who interrupts the commit itself finds the ``.part``.
    """
    part = output.with_name(output.name + ".part")
    descriptor = _create(part, output)
    # The transaction is ours, because only so do we know whether COMMIT can have been sent.
    is_committing = False
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            async with connection.transaction():
                yield CodesFile(file)
                file.flush()
                os.fsync(file.fileno())
                is_committing = True
    except BaseException as error:
        if not is_committing or _was_refused(error, connection):
            part.unlink(missing_ok=True)
        elif isinstance(error, Exception):
            raise CodesKeptError(
                f"nobody knows whether the codes in {part} were issued: {error}"
            ) from error
        raise
    try:
        part.rename(output)
    except OSError as error:
        raise CodesKeptError(f"the codes in {part} were issued: {error}") from error


def _create(part: Path, output: Path) -> int:
    """The descriptor of the new part; a part that is there may be the only copy of its codes."""
    if output.exists():
        raise FileExistsError(f"{output} is there already; it is not written over")
    try:
        # One call, so that of two runs one is refused, and the mode is never wider.
        return os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise FileExistsError(f"{part} is there already; it is not written over") from None


def _was_refused(error: BaseException, connection: asyncpg.Connection[Any]) -> bool:
    """Whether the database itself answered that it did not commit, and lives on."""
    return isinstance(error, asyncpg.PostgresError) and not connection.is_closed()
