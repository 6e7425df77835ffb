"""One amount over several lines, as a reward's settings say (``docs/rules.md`` §3, "Spreading")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.rewards import FullLine, SpreadBy
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.rewards import Spread


def weights_of(portions: list[Portion], rule: Spread) -> list[int]:
    """What the parts are proportional to."""
    if rule.by is SpreadBy.VALUE:
        return [portion.base_minor for portion in portions]
    return [UNIT_MILLI if p.line.weighed else p.quantity_milli for p in portions]


def spread(total: int, weights: Sequence[int], bounds: Sequence[int], rule: Spread) -> list[int]:
    """The parts of a total; less where bounds leave no room, or a full line's part lapses."""
    if rule.full_line is FullLine.MOVES:
        return allocate(min(total, sum(bounds)), weights, bounds, rule.left_over)
    if not any(weights):
        return [0] * len(weights)
    parts = allocate(total, weights, [total if weight else 0 for weight in weights], rule.left_over)
    return [min(part, bound) for part, bound in zip(parts, bounds, strict=True)]
