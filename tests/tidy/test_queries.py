"""SQL has names: each query stands once in a .sql file and is used by its name."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.tidy.sources import ROOT, python_files, shown, syntax_of

QUERIES = ROOT / "checkout" / "store" / "queries"
HEADER = re.compile(r"^-- name: ([a-z][a-z0-9_]*)$", re.MULTILINE)


def query_files() -> list[Path]:
    files = sorted(QUERIES.glob("*.sql"))
    if not files:
        pytest.skip("checkout/store/queries holds no .sql file yet")
    return files


def names_used_in(tree: ast.AST) -> set[str]:
    """Every name by which a query could be meant: a text, an attribute or a keyword."""
    used: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text):
                used.add(text)
            case ast.Attribute(attr=name):
                used.add(name)
    return used


def test_every_query_is_named_once() -> None:
    """No two queries share a name, in whatever files they stand."""
    names = Counter(name for path in query_files() for name in HEADER.findall(path.read_text()))
    assert names
    assert not [name for name, times in names.items() if times > 1]


def test_every_query_is_used_by_its_name() -> None:
    """A query that nothing in the store names is dead: it goes."""
    used: set[str] = set()
    for path in python_files("checkout/store"):
        used |= names_used_in(syntax_of(path))
    unused = [
        f"{shown(path)}: {name}"
        for path in query_files()
        for name in HEADER.findall(path.read_text())
        if name not in used
    ]
    assert not unused


def test_every_statement_stands_below_a_name() -> None:
    """Nothing but comments precedes the first name of a file, and no header is misspelt."""
    strange: list[str] = []
    for path in query_files():
        text = path.read_text()
        before = HEADER.split(text, maxsplit=1)[0]
        lines = [line for line in before.splitlines() if line and not line.startswith("--")]
        headers = [line for line in text.splitlines() if re.match(r"--\s*name\b", line)]
        strange += [f"{shown(path)}: {line}" for line in lines]
        strange += [f"{shown(path)}: {line}" for line in headers if not HEADER.fullmatch(line)]
    assert not strange
