"""Every statement of the service by name, read once from the ``.sql`` files beside this module.

A query begins with ``-- name: its_name``; what follows up to the next name is its text. A test
finds names that nobody uses and uses without a name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


def _read_queries() -> dict[str, str]:
    queries: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "queries").glob("*.sql")):
        parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name in queries:
                message = f"query {name} stands twice, again in {path.name}"
                raise RuntimeError(message)
            queries[name] = text.strip()
    return queries


QUERIES: Final = _read_queries()
