"""Faults as tests look at them: in English, once it is sure that they can be said in Russian."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from checkout.engine.receipt import LineKind
from checkout.engine.schema.snapshot import Snapshot
from checkout.wording.again import again
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.problems import Problem

_WORD: Final = re.compile("[A-Za-z_]{2,}")
_RUSSIAN: Final = re.compile("[\u0430-\u044f]")
#: Names that are so in every language.
_NAMES: Final = frozenset({"JSON", "IANA", "Europe", "Moscow", "true", "false"})


def in_both(problems: Iterable[Problem], document: object = None) -> list[tuple[str, str]]:
    """Fields and English sentences; the Russian ones have no Latin words but names of documents."""
    found = list(problems)
    with speaking("ru"):
        told = {each.message: again(each.message) for each in found}
    allowed = json_names() | _NAMES | set(_words_in(document))
    for english, russian in told.items():
        assert _RUSSIAN.search(russian), english
        assert set(_WORD.findall(russian)) - allowed == set(), russian
    return [(each.field, each.message) for each in found]


@cache
def json_names() -> frozenset[str]:
    """Fields of rules, and the words that stand in them."""
    return frozenset(_words_in(list(_names_in(Snapshot.model_json_schema())))) | set(LineKind)


def _names_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from map(str, schema.get("enum", ()))
        if "const" in schema:
            yield str(schema["const"])
        for inner in schema.values():
            yield from _names_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _names_in(inner)


def _words_in(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield from _WORD.findall(str(name))
            yield from _words_in(value)
    elif isinstance(document, list | tuple):
        for value in document:
            yield from _words_in(value)
    elif isinstance(document, str | bool):
        yield from _WORD.findall(str(document))
        yield from _WORD.findall(str(document).lower())
