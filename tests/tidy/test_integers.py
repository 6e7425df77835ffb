"""Money, points and quantities are integers: the pure rooms know no floats."""

from __future__ import annotations

import ast

import pytest

from tests.tidy.sources import python_files, shown, syntax_of

PURE = ("checkout/engine", "checkout/ledger", "checkout/primitives.py")
# Whatever makes floats out of integers, or calls for them.
FLOAT_NAMES = {"float", "complex", "Decimal"}
FLOAT_MODULES = {"cmath", "decimal", "numpy", "statistics"}


def floats_in(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                found.append(f"{node.lineno}: the literal {node.value!r}")
            case ast.Name(id=name) if name in FLOAT_NAMES:
                found.append(f"{node.lineno}: the name {name}")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"{node.lineno}: true division, use a named rounding")
            case ast.Import(names=names) if {name.name for name in names} & FLOAT_MODULES:
                found.append(f"{node.lineno}: an import of a module of floats")
            case ast.ImportFrom(module=module) if module in FLOAT_MODULES:
                found.append(f"{node.lineno}: an import of a module of floats")
    return found


def test_the_pure_rooms_compute_with_integers_only() -> None:
    """Neither float literals, nor the name float, nor true division stand in the pure rooms."""
    files = python_files(*PURE)
    assert files
    found = [f"{shown(path)}:{what}" for path in files for what in floats_in(syntax_of(path))]
    assert not found


@pytest.mark.parametrize(
    "code", ["x = 0.5", "x = float(1)", "x = a / b", "x /= 2", "from decimal import Decimal"]
)
def test_the_check_of_floats_finds_each_way_to_one(code: str) -> None:
    """Each way in which a float could enter is found."""
    assert floats_in(ast.parse(code))


@pytest.mark.parametrize("code", ["x = 5 // 2", "x = '0.5'", "x = price * 100"])
def test_the_check_of_floats_leaves_integers_alone(code: str) -> None:
    """Integer arithmetic and text are no floats."""
    assert not floats_in(ast.parse(code))
