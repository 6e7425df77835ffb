"""Ids that no other call of the run has."""

from __future__ import annotations

import itertools

_NUMBERS = itertools.count(1)


def fresh(noun: str) -> str:
    """An id that no other call of the run has."""
    return f"{noun}-{next(_NUMBERS)}"
