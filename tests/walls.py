"""Walls of cases: many that are alike, of which `make test` takes a part, and `make walls` all.

What takes a part has the mark `wall`, by which `make walls` finds it; CI runs both.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

IS_WHOLE: Final = os.environ.get("CHECKOUT_TEST_WALLS") == "whole"
#: Of so many cases `make test` takes one.
ONE_IN: Final = 5


def part_of(whole: int, one_in: int = ONE_IN) -> int:
    """So many of a wall's cases are tried; and so often, of whole times, they meet something."""
    return whole if IS_WHOLE else whole // one_in


def some_of(cases: Sequence[T], one_in: int = ONE_IN) -> Sequence[T]:
    """All cases of a wall, or one in so many."""
    return cases if IS_WHOLE else cases[::one_in]
