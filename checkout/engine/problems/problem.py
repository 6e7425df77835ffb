"""A fault of a snapshot, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Problems that the text of an error names; it carries all of them.
SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the path of the field, and a sentence that says what to change."""

    field: str
    message: str


class InvalidSnapshotError(Exception):
    """A snapshot that cannot be compiled."""

    def __init__(self, problems: list[Problem]) -> None:
        """Carry all problems; the text shows the first few."""
        self.problems = problems
        shown = "; ".join(f"{p.field}: {p.message}" for p in problems[:SHOWN_MAX])
        more = len(problems) - SHOWN_MAX
        super().__init__(shown + (f"; and {more} more" if more > 0 else ""))
