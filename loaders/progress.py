"""How the commands tell what they do."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """Tell it at once, also to a pipe."""
    sys.stdout.write(f"    {line}\n")
    sys.stdout.flush()
