"""Every text that faults of rules say, found in their sources: what a catalogue must have."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import checkout.engine.problems
from checkout.api import operator_campaigns
from checkout.engine.problems.known import grounds_of
from checkout.engine.schema.snapshot import Snapshot
from checkout.flows import served
from tests.unit.spoiled_rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGINE: Final = Path(checkout.engine.problems.__file__).parents[1]
SOURCES: Final = (
    *sorted((ENGINE / "problems").glob("*.py")),
    *sorted((ENGINE / "schema").glob("*.py")),
    Path(served.__file__),
    Path(operator_campaigns.__file__),
)
#: Codes of all certificates that programs take: no noun of a sentence.
_NO_NOUN: Final = "certificate series taken"
#: Said of dates, which points and certificates have.
_WHAT: Final = {"points", "certificates"}


def told_texts() -> set[str]:
    """Texts of sentences, of their parts, and nouns that faults name codes by."""
    found = _WHAT | {"and", "or"}
    for ground in grounds_of(Snapshot.model_validate(RULES)).values():
        found |= set(ground.codes) - {_NO_NOUN}
    for path in SOURCES:
        with_tables = path.parent.name == "problems"
        found.update(_texts_of(ast.parse(path.read_text()), with_tables=with_tables))
    return found


def _texts_of(tree: ast.Module, *, with_tables: bool) -> Iterator[str]:
    """Sentences stand in calls, or in tables of a module, from which calls take them."""
    no_texts = {id(inner) for outer in ast.walk(tree) for inner in _no_texts(outer)}
    counts = {"counted": " (n)"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    if name == "told" or (name == "ValueError" and argument.value):
                        yield argument.value
                    elif name in counts and argument is node.args[1]:
                        yield f"{argument.value}{counts[name]}"
                    elif name == "same_names" and argument is node.args[1]:
                        yield argument.value
    if not with_tables:
        return
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in no_texts
            and " " in node.value.strip()
            and node.value != _NO_NOUN
        ):
            yield node.value


def _no_texts(node: ast.AST) -> Iterator[ast.AST]:
    """Documentation, parts of paths, nouns that are counted."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
        yield body[0].value
    if isinstance(node, ast.JoinedStr):
        yield from ast.walk(node)
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("counted", "same_names")
    ):
        yield from node.args
