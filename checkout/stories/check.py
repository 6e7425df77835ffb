"""`python -m checkout check`: what publishing a snapshot would say, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from checkout.flows.served import unserved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TextIO

    from checkout.engine.problems import Problem


def check_file(path: Path, out: TextIO) -> int:
    """Print problems and warnings of a snapshot; the exit code: 1 if it cannot be published."""
    try:
        snapshot = parse_snapshot(orjson.loads(path.read_bytes()))
    except orjson.JSONDecodeError as error:
        out.write(f"{path.name} is no JSON: {error}\n")
        return 1
    except InvalidDocumentError as error:
        return _print(error.problems, [], out)
    problems = check_snapshot(snapshot)
    if problems:
        return _print(problems, [], out)
    return _print(unserved(snapshot), warnings_of(snapshot), out)


def _print(problems: Sequence[Problem], warnings: Sequence[Problem], out: TextIO) -> int:
    """One line each, problems first, then how many there are."""
    for noun, found in (("problem", problems), ("warning", warnings)):
        out.writelines(f"{noun}: {each.field}: {each.message}\n" for each in found)
    out.write(f"{_counted(problems, 'problem')}, {_counted(warnings, 'warning')}\n")
    return 1 if problems else 0


def _counted(found: Sequence[Problem], noun: str) -> str:
    return f"{len(found)} {noun}" + ("" if len(found) == 1 else "s")
