"""What a reward wishes on its portions, before anything bounds it (``docs/rules.md`` §3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.rewards.portion import Portion
    from checkout.engine.rewards.spreading import CompiledSpread


class Wish:
    """A wish line by line (`wanted`), or one `total` that a `rule` spreads by `weights`.

    `bases` and `quantities`, the thousandths that are rewarded, are those of the portions where
    they are none; `used` are those that are taken from other contenders, where they differ.
    `rates` are what is shown. `missing` units are to be added to the receipt.
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
        portions: list[Portion],
        rates: list[int] | None = None,
        bases: list[int] | None = None,
        quantities: list[int] | None = None,
    ) -> None:
        """A wish on these portions; what is wished is set by one of the two ways below."""
        self.portions = portions
        self.rates = rates
        self.bases = bases
        self.quantities = quantities
        #: What may be taken off on each portion, where that is less than the portion's room.
        self.rooms: list[int] | None = None
        self.wanted: list[int] = []
        self.total = 0
        self.rule: CompiledSpread | None = None
        self.weights: list[int] = []
        self.applications = 1
        self.used: list[tuple[CanonicalLine, int]] | None = None
        self.missing = 0

    def base_minor(self, i: int) -> int:
        """From what the wish on one portion is taken."""
        return self.portions[i].base_minor if self.bases is None else self.bases[i]

    def quantity_milli(self, i: int) -> int:
        """How much of one portion is rewarded."""
        return self.portions[i].quantity_milli if self.quantities is None else self.quantities[i]

    def line_by_line(self, wanted: list[int]) -> Wish:
        """So much on each portion."""
        self.wanted = wanted
        self.total = sum(wanted)
        return self

    def spread(self, total: int, weights: list[int], rule: CompiledSpread) -> Wish:
        """So much in total, over all portions."""
        self.total = total
        self.weights = weights
        self.rule = rule
        return self
