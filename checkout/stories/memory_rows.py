"""Rows of a table that is a dict: they are copied on their way in and out."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Key = TypeVar("Key")
Row = TypeVar("Row")


def read_rows(table: Mapping[Key, Row], keys: Iterable[Key]) -> dict[Key, Row]:
    """Copies of those that exist."""
    return {key: copy.deepcopy(table[key]) for key in keys if key in table}


def insert_rows(table: dict[Key, Row], new: Iterable[tuple[Key, Row]]) -> None:
    """Put copies in; a key that is there already is refused, as a primary key would."""
    for key, row in new:
        assert key not in table, f"a new row has the key of an old one: {key}"
        table[key] = copy.deepcopy(row)


def update_rows(table: Mapping[Key, Row], changed: Mapping[Key, Row], *names: str) -> None:
    """Take over some fields of rows that exist; as in SQL, what does not exist is not made."""
    for key, row in changed.items():
        known = table.get(key)
        if known is not None:
            for name in names:
                setattr(known, name, getattr(row, name))
