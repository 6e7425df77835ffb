"""Every text that the wording of rules says, found in its sources: what a catalogue must have."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

import checkout.wording
from checkout.wording.kinds import ANSWERS, KINDS, WHYS

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: Final = Path(checkout.wording.__file__).parent
#: Functions whose texts are said: the name, and which argument it is.
_SAYING: Final = {"say": 0, "said": 0, "counted": 1, "_on_category": 2}
#: What is counted stands in catalogues under the noun with this.
_COUNTED: Final = " (n)"


def said_texts() -> set[str]:
    """Literal arguments of what says a text, phrases, and constants that are said by name."""
    found = {*KINDS.values(), *WHYS.values(), *ANSWERS}
    for path in SOURCES.glob("*.py"):
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
                found.update(_said_by(node, constants))
    return found


def _said_by(call: ast.Call, constants: dict[str, ast.expr]) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "phrases":
        assert isinstance(call.args[1], ast.Dict)
        for told in call.args[1].values:
            yield from _texts(told)
    place = _SAYING.get(name)
    if place is None or len(call.args) <= place:
        return
    argument = call.args[place]
    if isinstance(argument, ast.Subscript):
        argument = argument.value
    if isinstance(argument, ast.Name):
        argument = constants.get(argument.id, argument)
    if not isinstance(argument, ast.Dict):
        yield from (f"{text}{_COUNTED if name == 'counted' else ''}" for text in _texts(argument))


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
