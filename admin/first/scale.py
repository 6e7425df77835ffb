"""The lines of a picture: round amounts from nothing to above the highest."""

from __future__ import annotations

from typing import Final

#: Lines above the lowest, at most.
LINES_MAX: Final = 4
_ROUND: Final = (1, 2, 5, 10)


def scale_of(highest: int) -> list[int]:
    """Amounts with equal steps, each 1, 2 or 5 times a power of ten; the last is the top.

    The top is at least the highest; of nothing it is one step.
    """
    size = 1
    while highest > LINES_MAX * _ROUND[-1] * size:
        size *= 10
    step = next(times * size for times in _ROUND if highest <= LINES_MAX * times * size)
    return [step * place for place in range(max(-(-highest // step), 1) + 1)]
