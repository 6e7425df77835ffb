"""One amount over several lines, as a reward's settings say (``docs/rules.md`` §3, "Spreading")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.schema.rewards import FullLine, SpreadBy
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.rewards import Spread


class CompiledSpread:
    """How a reward's amount lies on its lines."""

    __slots__ = ("_by_value", "_left_over", "_moves")

    def __init__(self, rule: Spread) -> None:
        """Take over the settings."""
        self._by_value = rule.by is SpreadBy.VALUE
        self._moves = rule.full_line is FullLine.MOVES
        self._left_over = rule.left_over

    def weights_of(self, portions: list[Portion]) -> list[int]:
        """What the parts are proportional to."""
        if self._by_value:
            return [portion.base_minor for portion in portions]
        return [UNIT_MILLI if p.line.weighed else p.quantity_milli for p in portions]

    def parts(self, total: int, weights: list[int], bounds: list[int]) -> list[int]:
        """The parts of a total; less where bounds leave no room, or a full line's part lapses."""
        if self._moves:
            return allocate(min(total, sum(bounds)), weights, bounds, self._left_over)
        if not any(weights):
            return [0] * len(weights)
        whole = [total if weight else 0 for weight in weights]
        parts = allocate(total, weights, whole, self._left_over)
        return [min(part, bounds[i]) for i, part in enumerate(parts)]
