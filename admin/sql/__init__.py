"""Named statements: what pages read beside records, in files beside this one.

`-- name: x` begins a statement; comments below it say what it is for. Values are `:named`. Every
statement runs in a transaction with the scope of whoever asks, so none names a partner.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import TextClause

_HEAD: Final = "-- name: "


def _read() -> dict[str, TextClause]:
    found: dict[str, TextClause] = {}
    for path in sorted(Path(__file__).parent.glob("*.sql")):
        for part in f"\n{path.read_text()}".split(f"\n{_HEAD}")[1:]:
            name, _, body = part.partition("\n")
            if name in found:
                raise ValueError(f"two statements are called {name}")
            found[name] = text(body)
    return found


STATEMENTS: Final = _read()
