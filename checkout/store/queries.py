"""Every statement of the service by name, read once from the ``.sql`` files beside this module.

A query begins with ``-- name: its_name``; what follows up to the next name is its text. A test
finds names that nobody uses and uses without a name.

Statements that write many rows at once name their parameters after what they hold:
``:receipt.month::date[]`` is the column of months of the group ``receipt``. The driver's numbers
are given here, so that nobody has to count.

A statement of many parts (``with a as (…), b as (…) select 1``) can be sent without those that have
nothing to write: PostgreSQL makes ready every part of a plan before it runs one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_PARAMETER: Final = re.compile(r"(?<!:):(\w+)\.(\w+)")
_PART: Final = re.compile(r"^\w+ as \($.*?^\)", re.MULTILINE | re.DOTALL)

#: A query's named parameters, in the order of the driver's numbers: group and field.
Parameters = tuple[tuple[str, str], ...]


def _read_queries() -> tuple[dict[str, str], dict[str, Parameters], dict[str, str]]:
    queries: dict[str, str] = {}
    parameters: dict[str, Parameters] = {}
    named: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "queries").glob("*.sql")):
        parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            if name in queries:
                message = f"query {name} stands twice, again in {path.name}"
                raise RuntimeError(message)
            named[name] = text.strip()
            queries[name], parameters[name] = _numbered(named[name])
    return queries, parameters, named


def _numbered(text: str) -> tuple[str, Parameters]:
    """The text with ``$1``, ``$2``, … in place of named parameters, and their names."""
    numbers: dict[tuple[str, str], int] = {}

    def number(found: re.Match[str]) -> str:
        key = (found[1], found[2])
        return f"${numbers.setdefault(key, len(numbers) + 1)}"

    return _PARAMETER.sub(number, text), tuple(numbers)


QUERIES, _PARAMETERS, _NAMED = _read_queries()


def columns_of(query: str, rows: Mapping[str, Collection[object]]) -> list[list[Any]]:
    """The arguments of a query with named parameters: of each group's rows, a column per field.

    Raises:
        KeyError: the query names a group that is not given.
    """
    return [_column(rows[group], name) for group, name in _PARAMETERS[query]]


def narrowed(
    query: str, rows: Mapping[str, Collection[object]], families: tuple[frozenset[str], ...]
) -> tuple[str, list[list[Any]]]:
    """A query of many parts without those that have nothing to write, and its arguments.

    Of a family, the groups that are written together as a rule, all parts are kept if one has rows:
    so that there are few texts, each of which a connection plans once. What is in no family stays.

    Raises:
        KeyError: the query names a group that is not given.
    """
    idle = frozenset(
        group for family in families if not any(map(rows.get, family)) for group in family
    )
    text, parameters = _without(query, idle)
    return text, [_column(rows[group], name) for group, name in parameters]


@lru_cache(maxsize=256)
def _without(query: str, idle: frozenset[str]) -> tuple[str, Parameters]:
    """The query without the parts of some groups; one without parameters goes with that before."""
    kept: list[str] = []
    is_kept = True
    for part in _PART.findall(_NAMED[query]):
        groups = {group for group, _ in _PARAMETER.findall(part)}
        is_kept = not groups & idle if groups else is_kept
        if is_kept:
            kept.append(part)
    parts = ",\n".join(kept)
    return _numbered(f"-- {query}\nwith\n{parts}\nselect 1")


def _column(rows: Collection[object], name: str) -> list[Any]:
    if not rows:
        return []
    return list(map(attrgetter(name), rows))
