"""Every check by name, read once from the ``.sql`` files beside this module.

A check begins with ``-- name: its_name``, says in the comment below what it makes sure, and is a
query of what it looked at: `key` names the row, `is_wrong` judges it (null counts as wrong).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_SENTENCE: Final = re.compile(r"\A(?:--.*\n)+", re.MULTILINE)

#: Keys of violations that a report names; their number is always complete.
KEYS_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true of every row it looks at."""

    name: str
    sentence: str
    query: str

    @property
    def counting(self) -> str:
        """How many rows it looked at, and how many are wrong; keys are not even computed."""
        return (
            "select count(*), count(*) filter (where is_wrong is not false) "  # noqa: S608 - ours
            f"from ({self.query}) as checked"
        )

    @property
    def naming(self) -> str:
        """The first keys of what is wrong."""
        return (
            f"select key from ({self.query}) as checked "  # noqa: S608 - a text of this package
            f"where is_wrong is not false order by key limit {KEYS_MAX}"
        )


def _read_checks() -> tuple[Check, ...]:
    checks = []
    for path in sorted((Path(__file__).parent / "checks").glob("*.sql")):
        parts = _NAME.split(path.read_text(encoding="utf-8"))
        for name, text in zip(parts[1::2], parts[2::2], strict=True):
            body = text.strip()
            found = _SENTENCE.match(body)
            if found is None:
                raise RuntimeError(f"check {name} in {path.name} says no sentence")
            sentence = " ".join(line.removeprefix("--").strip() for line in found[0].splitlines())
            checks.append(Check(name, sentence, body[found.end() :]))
    return tuple(checks)


CHECKS: Final = _read_checks()
