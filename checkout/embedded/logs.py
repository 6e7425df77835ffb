"""The servers' logs: appended to, kept small, and quoted when a server fails."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_ROTATE_BYTES = 16 * 1024 * 1024
_QUOTED_LINES = 12


@dataclass(slots=True)
class ServerLog:
    """One log file; `tail` quotes what was written since it was last opened."""

    path: Path
    _began_bytes: int = field(default=0)

    def open(self) -> BinaryIO:
        """Open for the server to append; a large log makes room first, keeping one old file."""
        if self.path.exists() and self.path.stat().st_size > _ROTATE_BYTES:
            self.path.replace(self.path.with_suffix(".old.log"))
        # Statements may be quoted in it: nobody else reads it.
        descriptor = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._began_bytes = os.fstat(descriptor).st_size
        return os.fdopen(descriptor, "ab")

    def tail(self) -> str:
        with self.path.open("rb") as log:
            log.seek(self._began_bytes)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_QUOTED_LINES:])
