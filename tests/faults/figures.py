"""Numbers of the report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def percentile_ms(seconds: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed; 0 for none."""
    if not seconds:
        return 0.0
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] * 1_000


def share(part: Sequence[Any], whole: Sequence[Any]) -> float:
    """Percent; 0 of nothing, so that no demand is met by nothing."""
    return 0.0 if not whole else 100.0 * len(part) / len(whole)
