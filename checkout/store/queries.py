"""Every statement of the service by name, read once from the ``.sql`` files beside this module.

A query begins with ``-- name: its_name``; what follows up to the next name is its text. A test
finds names that nobody uses and uses without a name.

Statements that write many rows at once name their parameters after what they hold:
``:receipt.month::date[]`` is the column of months of the group ``receipt``. The driver's numbers
are given here, so that nobody has to count.
"""

from __future__ import annotations

import re
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_PARAMETER: Final = re.compile(r"(?<!:):(\w+)\.(\w+)")

#: A query's named parameters, in the order of the driver's numbers: group and field.
Parameters = tuple[tuple[str, str], ...]


def _read_queries() -> tuple[dict[str, str], dict[str, Parameters]]:
    queries: dict[str, str] = {}
    parameters: dict[str, Parameters] = {}
    for path in sorted((Path(__file__).parent / "queries").glob("*.sql")):
        parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name in queries:
                message = f"query {name} stands twice, again in {path.name}"
                raise RuntimeError(message)
            queries[name], parameters[name] = _numbered(text.strip())
    return queries, parameters


def _numbered(text: str) -> tuple[str, Parameters]:
    """The text with ``$1``, ``$2``, … in place of named parameters, and their names."""
    numbers: dict[tuple[str, str], int] = {}

    def number(found: re.Match[str]) -> str:
        key = (found[1], found[2])
        return f"${numbers.setdefault(key, len(numbers) + 1)}"

    return _PARAMETER.sub(number, text), tuple(numbers)


QUERIES, _PARAMETERS = _read_queries()


def columns_of(query: str, rows: Mapping[str, Collection[object]]) -> list[list[Any]]:
    """The arguments of a query with named parameters: of each group's rows, a column per field.

    Raises:
        KeyError: the query names a group that is not given.
    """
    return [_column(rows[group], name) for group, name in _PARAMETERS[query]]


def _column(rows: Collection[object], name: str) -> list[Any]:
    if not rows:
        return []
    return list(map(attrgetter(name), rows))
