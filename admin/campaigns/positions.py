"""Where in a JSON text a field stands: for faults at the line that has to be changed."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
#: A name, or what stands in brackets.
_STEP: Final = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")


def lines_of(text: str) -> dict[str, int]:
    """The line, from 1, of each field of a JSON text by its path (``rewards[0].rate_bp``)."""
    found: dict[str, int] = {"": 1}
    # Of each open object or list: its path, and the name or number of what is being read in it.
    open_paths: list[list[str | int]] = []
    wants_name = False
    line, counted = 1, 0
    for token in _TOKEN.finditer(text):
        sign = token.group()
        line += text.count("\n", counted, token.start())
        counted = token.start()
        if sign in "}]":
            if open_paths:
                open_paths.pop()
            wants_name = False
        elif sign == ",":
            if open_paths and isinstance(open_paths[-1][1], int):
                open_paths[-1][1] += 1
            else:
                wants_name = True
        elif sign == ":":
            wants_name = False
        elif wants_name and open_paths:
            open_paths[-1][1] = sign.strip('"')
            found[_path(open_paths)] = line
        else:
            path = _path(open_paths)
            found.setdefault(path, line)
            if sign in "{[":
                open_paths.append([path, 0 if sign == "[" else ""])
                wants_name = sign == "{"
    return found


def _path(open_paths: list[list[str | int]]) -> str:
    if not open_paths:
        return ""
    path, inside = open_paths[-1]
    if isinstance(inside, int):
        return f"{path}[{inside}]"
    return f"{path}.{inside}" if path else inside


def line_of(lines: dict[str, int], field: str) -> int:
    """The line of a field, or of what it lies in if it is not there itself."""
    while field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return lines[field]


def by_number(document: object, field: str) -> str:
    """A path with entries of lists by their numbers, where it names them by their codes."""
    path = ""
    for step in _STEP.finditer(field):
        name, entry = step.groups()
        if name is not None:
            path = f"{path}.{name}" if path else name
            document = document.get(name) if isinstance(document, dict) else None
            continue
        entries = document if isinstance(document, list) else []
        number = _number_of(entries, entry)
        path = f"{path}[{number}]"
        document = (
            entries[int(number)] if number.isdecimal() and int(number) < len(entries) else None
        )
    return path


def _number_of(entries: list[object], entry: str) -> str:
    for number, one in enumerate(entries):
        if isinstance(one, dict) and one.get("code") == entry:
            return str(number)
    return entry
