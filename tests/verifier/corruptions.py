"""Reads ``corruptions.sql``: for each check, statements that spoil what it must notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEAD: Final = re.compile(r"^-- spoils: (\w+)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^--.*\n?", re.MULTILINE)

#: What the statements use: a document with one value replaced, and one with a piece of its text
#: written otherwise, which else stays as the service wrote it.
REWRITING: Final = """
create function pg_temp.spoilt(document bytea, path text[], value jsonb) returns bytea
language sql immutable as
$$
    select convert_to(jsonb_set(convert_from(document, 'UTF8')::jsonb, path, value)::text, 'UTF8')
$$;
create function pg_temp.rewritten(document bytea, was text, becomes text) returns bytea
language sql immutable as
$$
    select convert_to(replace(convert_from(document, 'UTF8'), was, becomes), 'UTF8')
$$;
"""


@dataclass(frozen=True, slots=True)
class Corruption:
    """What to do to the database, and the check that must say so."""

    check: str
    statements: tuple[str, ...]


def _read_corruptions() -> tuple[Corruption, ...]:
    parts = _HEAD.split((Path(__file__).parent / "corruptions.sql").read_text(encoding="utf-8"))
    return tuple(
        Corruption(name, tuple(filter(None, map(str.strip, _COMMENT.sub("", text).split(";\n")))))
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    )


CORRUPTIONS: Final = _read_corruptions()
