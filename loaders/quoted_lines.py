"""When a till asks while the lines of a basket are added."""

from __future__ import annotations

from typing import Final

#: After each line, but at most so many times, that of the hold included.
QUOTES_MAX: Final = 5


def quoted_after(lines: int) -> list[int]:
    """After how many lines the till asks; the whole basket is left to the hold."""
    if lines <= QUOTES_MAX:
        return list(range(1, lines))
    return [lines * step // QUOTES_MAX for step in range(1, QUOTES_MAX)]
