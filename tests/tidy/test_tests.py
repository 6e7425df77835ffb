"""The tests themselves: each says in a sentence what it shows, and none sleeps."""

from __future__ import annotations

import ast

import pytest

from tests.tidy.sources import python_files, shown, syntax_of

NAME_WORDS_MIN = 3


def find_tests(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    ]


def complaints_about(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    found: list[str] = []
    if len(test.name.removeprefix("test_").split("_")) < NAME_WORDS_MIN:
        found.append(f"{test.lineno}: {test.name}: a name of one or two words is no sentence")
    docstring = ast.get_docstring(test) or ""
    if not docstring.split("\n\n")[0].endswith((".", "?", "!")):
        found.append(f"{test.lineno}: {test.name}: the docstring is no sentence")
    return found


def find_sleeps(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="sleep") | ast.Name(id="sleep"),
                args=[ast.Constant(value=int() | float() as seconds), *_],
            ) if seconds > 0:
                found.append(f"{node.lineno}: sleeps {seconds} s")
    return found


def test_each_test_says_in_a_sentence_what_it_shows() -> None:
    """Every test has a docstring that is a sentence and a name that nearly is one."""
    found = [
        f"{shown(path)}:{complaint}"
        for path in python_files("tests")
        for test in find_tests(syntax_of(path))
        for complaint in complaints_about(test)
    ]
    assert not found


def test_no_test_sleeps() -> None:
    """A test waits for a condition, with a bound, never for time to pass."""
    found = [
        f"{shown(path)}:{sleep}"
        for path in python_files("tests")
        for sleep in find_sleeps(syntax_of(path))
    ]
    assert not found


@pytest.mark.parametrize(
    "code", ["time.sleep(1)", "await asyncio.sleep(0.1)", "sleep(2)", "trio.sleep(1, x)"]
)
def test_the_check_of_sleeps_finds_them(code: str) -> None:
    """Sleeping for a constant time is found, whoever sleeps."""
    assert find_sleeps(ast.parse(f"async def wait():\n    {code}"))


@pytest.mark.parametrize("code", ["await asyncio.sleep(0)", "wait(1)"])
def test_the_check_of_sleeps_allows_giving_way(code: str) -> None:
    """Letting other tasks run takes no time and is no sleep."""
    assert not find_sleeps(ast.parse(f"async def wait():\n    {code}"))


def test_the_check_of_docstrings_finds_what_is_missing() -> None:
    """A test without a sentence, or with a name of one word, is found."""
    planted = ast.parse("def test_it(): ...\n\ndef test_it_does_work():\n    '''Works.'''\n")
    assert [len(complaints_about(test)) for test in find_tests(planted)] == [2, 0]
