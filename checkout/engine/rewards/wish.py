"""What a reward wishes on its portions, before anything bounds it (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.schema.rewards import Spread


class Wish:
    """A wish line by line (`wanted`), or one `total` that a `rule` spreads by `weights`.

    `quantities` are the thousandths that are rewarded on each portion; `used` those that are taken
    from other contenders, where they differ. `missing` units are to be added to the receipt.
    """

    __slots__ = (
        "applications",
        "bases",
        "missing",
        "portions",
        "quantities",
        "rates",
        "rooms",
        "rule",
        "total",
        "used",
        "wanted",
        "weights",
    )

    def __init__(
        self,
        portions: Sequence[Portion],
        bases: Sequence[int],
        quantities: Sequence[int],
        rates: Sequence[int] | None = None,
    ) -> None:
        """A wish on these portions; what is wished is set by one of the two ways below."""
        self.portions = portions
        self.bases = bases
        self.quantities = quantities
        self.rates = rates
        #: What may be taken off on each portion, where that is less than the portion's room.
        self.rooms: Sequence[int] | None = None
        self.wanted: Sequence[int] = ()
        self.total = 0
        self.rule: Spread | None = None
        self.weights: Sequence[int] = ()
        self.applications = 1
        self.used: Sequence[tuple[CanonicalLine, int]] | None = None
        self.missing = 0

    def line_by_line(self, wanted: Sequence[int]) -> Wish:
        """So much on each portion."""
        self.wanted = wanted
        self.total = sum(wanted)
        return self

    def spread(self, total: int, weights: Sequence[int], rule: Spread) -> Wish:
        """So much in total, over all portions."""
        self.total = total
        self.weights = weights
        self.rule = rule
        return self
