"""What contenders of a combination may get: units of lines, or whole lines, largest first."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from checkout.engine.limits import allowed_quantities
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.unit_reward import UnitCountingReward
from checkout.engine.schema.rewards import ReducedGoods
from checkout.primitives import UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender, Trial


#: Sizes of one line's part that a contender is tried with, the largest ones.
_SIZES_MAX: Final = 50


def lines_of(contender: Contender, phase: DiscountPhase) -> list[CanonicalLine]:
    """All lines that a contender's rewards look at, in canonical order."""
    meant: set[CanonicalLine] = set()
    for reward in contender.rewards:
        assert isinstance(reward, DiscountReward), "discount lanes hold discounts"
        meant.update(phase.portions.lines_of(reward))
    return [line for line in phase.case.lines if line in meant]


def components(contenders: Sequence[Contender], phase: DiscountPhase) -> list[list[Contender]]:
    """Contenders that have lines in common, or do not stand beside each other, in order."""
    groups: list[tuple[set[CanonicalLine], list[Contender]]] = []
    for contender in contenders:
        lines = set(lines_of(contender, phase))
        together = [contender]
        apart = []
        for its_lines, group in groups:
            if lines.isdisjoint(its_lines) and not any(stand_apart(contender, c) for c in group):
                apart.append((its_lines, group))
            else:
                lines |= its_lines
                together += group
        groups = [*apart, (lines, together)]
    places = {contender.code: i for i, contender in enumerate(contenders)}
    found = [sorted(group, key=lambda c: places[c.code]) for _, group in groups]
    return sorted(found, key=lambda group: places[group[0].code])


def refuses_later(contender: Contender) -> bool:
    """Whether a later reward refuses reduced goods: an earlier one may reduce another line."""
    return any(reward.reduced_goods is ReducedGoods.REFUSE for reward in contender.rewards[1:])


def stand_apart(one: Contender, other: Contender) -> bool:
    """Whether `not_with` keeps two contenders from being granted something together."""
    return other.code in one.campaign.not_with or one.code in other.campaign.not_with


class Decider:
    """A contender whose lines have to be decided on before the rest goes to others."""

    __slots__ = ("contender", "lines")

    def __init__(self, contender: Contender, phase: DiscountPhase) -> None:
        """Find its lines."""
        self.contender = contender
        self.lines = lines_of(contender, phase)


class Joint(Decider):
    """What it is granted depends on all lines that it gets; it gets whole lines."""

    __slots__ = ()
    is_cut_short = False

    def allotments(self, left: Allotment) -> Iterator[Allotment]:
        """Every choice of lines, all of them first."""
        lines = [line for line in self.lines if left[line]]
        for many in range(len(lines), 0, -1):
            for chosen in itertools.combinations(lines, many):
                yield {line: left[line] for line in chosen}

    def sizes_of(self, line: CanonicalLine, left_milli: int) -> list[int]:
        """What it may get of a line, most first: all of it."""
        del line
        return [left_milli]

    def most_of(self, left: Allotment) -> Allotment:
        """All that is left of its lines."""
        return {line: left[line] for line in self.lines if left[line]}

    def fits(self, trial: Trial, allotment: Allotment) -> bool:
        """Whole lines are taken whatever is used of them."""
        del trial, allotment
        return True


class Counting(Decider):
    """It is granted other than in proportion to units, and gets those that it uses."""

    __slots__ = ("_allowed", "_single", "is_cut_short")

    def __init__(self, contender: Contender, phase: DiscountPhase) -> None:
        """Keep what limits allow, and the one reward whose counts can be ruled out early."""
        super().__init__(contender, phase)
        self._allowed = allowed_quantities(contender.campaign, phase.case) or {}
        only = contender.rewards[0] if len(contender.rewards) == 1 else None
        self._single = only if isinstance(only, UnitCountingReward) else None
        #: Whether the last allotments did not go through all sizes of some line.
        self.is_cut_short = False

    @staticmethod
    def is_one(contender: Contender, phase: DiscountPhase) -> bool:
        """Whether dividing the units of a line may gain more for a contender than rounding.

        It does not if all its rewards are proportional, and nothing bounds its units or total.
        """
        return (
            not all(
                isinstance(reward, DiscountReward) and reward.is_proportional
                for reward in contender.rewards
            )
            or refuses_later(contender)
            or bool(phase.bounds_of(contender.campaign))
            or allowed_quantities(contender.campaign, phase.case) is not None
        )

    def allotments(self, left: Allotment) -> Iterator[Allotment]:
        """Every number of whole units of each line, and its fraction; most first, never nothing."""
        lines = []
        choices = []
        self.is_cut_short = False
        for line in self.lines:
            quantities = self._quantities(line, left[line], _SIZES_MAX)
            self.is_cut_short = self.is_cut_short or len(quantities) == _SIZES_MAX
            if quantities:
                lines.append(line)
                choices.append([*quantities, 0])
        for chosen in itertools.product(*choices):
            if any(chosen):
                yield {line: q for line, q in zip(lines, chosen, strict=True) if q}

    def fits(self, trial: Trial, allotment: Allotment) -> bool:
        """It uses all that it gets."""
        return trial.used == allotment

    def is_possible(self, allotment: Allotment) -> bool:
        """Whether the number of units can be used up at all."""
        if self._single is None:
            return True
        units = sum(1 if line.weighed else q // UNIT_MILLI for line, q in allotment.items())
        return self._single.could_use(units)

    def most_of(self, left: Allotment) -> Allotment:
        """The most that it may get of what is left."""
        most = {line: self._quantities(line, left[line], 1) for line in self.lines if left[line]}
        return {line: quantities[0] for line, quantities in most.items() if quantities}

    def sizes_of(self, line: CanonicalLine, left_milli: int) -> list[int]:
        """What it may get of a line, most first."""
        return self._quantities(line, left_milli, _SIZES_MAX)

    def _quantities(self, line: CanonicalLine, left_milli: int, many: int) -> list[int]:
        """What it may get of a line, most first, so many at most.

        One reward that counts units needs no fraction.
        """
        allowed = self._allowed.get(line, line.quantity_milli)
        if line.weighed:
            size = min(line.quantity_milli, allowed)
            return [size] if 0 < size <= left_milli else []
        rests = [0] if self._single is not None else [line.quantity_milli % UNIT_MILLI, 0]
        found: list[int] = []
        # Below what limits allow, only the first size that passes it is of any use.
        units = min(left_milli, allowed + UNIT_MILLI) // UNIT_MILLI
        for count in range(units, -1, -1):
            for rest in rests:
                size = min(count * UNIT_MILLI + rest, allowed)
                if size and count * UNIT_MILLI + rest <= left_milli and size not in found[-2:]:
                    found.append(size)
                    if len(found) == many:
                        return found
        return found
