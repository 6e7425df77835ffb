"""Every text that the wording of rules says, found in its sources: what a catalogue must have."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import checkout.engine
import checkout.wording
from checkout.wording.kinds import CODES, KINDS, REWARDS, WHYS
from tests.unit.told_texts import told_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = Path(checkout.wording.__file__).parent
#: Where explanations are made: what is said there goes through `words`.
EXPLAINING: Final = Path(checkout.engine.__file__).parent
#: Functions whose texts are said: the name, and which argument it is.
_SAYING: Final = {"say": 0, "said": 0, "counted": 1, "_on_category": 2}
#: What is counted stands in catalogues under the noun with this.
_COUNTED: Final = " (n)"


def said_texts() -> set[str]:
    """Literal arguments of what says a text, phrases, and constants that are said by name."""
    found = {text for family in (CODES, KINDS, REWARDS, WHYS) for text in family.values()}
    found |= told_texts()
    for path in (*SOURCES.glob("*.py"), *EXPLAINING.rglob("*.py")):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign)
            and isinstance(target := node.target, ast.Name)
            and node.value is not None
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found.update(_said_by(node, constants, is_wording=path.parent == SOURCES))
    return found


def _said_by(call: ast.Call, constants: dict[str, ast.expr], *, is_wording: bool) -> Iterator[str]:
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "words.say":
        yield from _texts(_constant(call.args[0], constants))
    name = call.func.id if is_wording and isinstance(call.func, ast.Name) else ""
    if name == "phrases":
        assert isinstance(call.args[1], ast.Dict)
        for told in call.args[1].values:
            yield from _texts(told)
    place = _SAYING.get(name)
    if place is None or len(call.args) <= place:
        return
    argument = call.args[place]
    argument = _constant(argument, constants)
    if not isinstance(argument, ast.Dict):
        yield from (f"{text}{_COUNTED if name == 'counted' else ''}" for text in _texts(argument))


def _constant(argument: ast.expr, constants: dict[str, ast.expr]) -> ast.expr:
    """What a name stands for, also where one of several is taken from it."""
    if isinstance(argument, ast.Subscript):
        argument = argument.value
    return constants.get(argument.id, argument) if isinstance(argument, ast.Name) else argument


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
