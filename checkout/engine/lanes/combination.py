"""`best_combination`: which contender gets which units, so that most is taken off.

The rule is in ``docs/rules.md`` §3. Contenders that have no line in common are looked at apart.
They are of three kinds. *Counting* ones may get some units of a line: in lanes of scope `unit`,
those that are not granted in proportion to units. Of the others, *additive* ones are granted on
each line whatever they are granted elsewhere: what is left of a line simply goes to the best of
them. The rest are *joint*: what they are granted depends on all lines that they get, such as one
amount spread over them.

The search begins with what is found quickly. Then it goes through what counting and joint
contenders may get, one contender after the other, gives what is left to additive ones, and passes
over what cannot be worth as much as the best so far. It counts its trials; when `work_steps` are
used up the best found so far stands, with an upper bound beside it. Contenders that `not_with`
keeps apart are tried without the one and without the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.lanes.allotting import (
    Counting,
    Joint,
    components,
    lines_of,
    refuses_later,
    stand_apart,
)
from checkout.engine.lanes.field import Field
from checkout.engine.lanes.leftovers import Leftovers
from checkout.engine.lanes.simple_combinations import offer_plain, offer_simple
from checkout.engine.lanes.upper_bound import UpperBound
from checkout.engine.rewards.discount import DiscountReward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.lanes.discounts import DiscountPhase
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.lanes.phase import Contender, Trial

#: Allotments looked at per trial allowed: looking is cheaper than trying.
_LOOKS_PER_STEP: Final = 10
#: Choices among contenders that do not stand beside each other.
_BRANCHES_MAX: Final = 64
#: Contenders that do not stand beside some other: of more, not all choices are looked at.
_APART_MAX: Final = 16
#: Contenders whose lines have to be decided on: with more, only what is found quickly counts.
_DECIDERS_MAX: Final = 40


class Found:
    """A combination: who gets what, and how much no combination is worth more than."""

    __slots__ = ("_lane", "allotments", "at_most")

    def __init__(self, lane: CompiledLane, allotments: dict[str, Allotment], at_most: int) -> None:
        """Keep all."""
        self._lane = lane
        self.allotments = allotments
        self.at_most = at_most

    def field(self) -> Field:
        """Lets each contender work on its own."""
        field = Field(self._lane)
        field.allot(self.allotments)
        return field


class Search:
    """Contenders with lines in common: the steps that are left, and the best found so far."""

    def __init__(
        self, lane: CompiledLane, contenders: Sequence[Contender], phase: DiscountPhase, steps: int
    ) -> None:
        """Start with nothing found."""
        self.phase = phase
        self._lane = lane
        self.contenders = contenders
        self.places = {contender.code: i for i, contender in enumerate(contenders)}
        self.by_code = {contender.code: contender for contender in contenders}
        self.by_unit = lane.by_unit
        meant = {line for contender in contenders for line in lines_of(contender, phase)}
        #: All there is to give away, in canonical order.
        self.whole = {line: line.quantity_milli for line in phase.case.lines if line in meant}
        self.steps_left = steps
        self.looks_left = steps * _LOOKS_PER_STEP
        self.branches_left = _BRANCHES_MAX
        self.exhausted = False
        self.best_key: tuple[int, int, list[int]] = (0, 0, [])
        self.best: dict[str, Allotment] = {}
        self._tried: dict[tuple[str, tuple[tuple[int, int], ...]], Trial] = {}

    @property
    def best_value(self) -> int:
        """What the best combination so far is worth."""
        return -self.best_key[0]

    def look(self) -> bool:
        """Whether one more allotment may be looked at."""
        self.looks_left -= 1
        if self.looks_left < 0:
            self.exhausted = True
        return not self.exhausted

    def trial(
        self, contender: Contender, allotment: Allotment, *, always: bool = False
    ) -> Trial | None:
        """What a contender would be granted on an allotment; none when the steps are used up."""
        key = (contender.code, tuple((id(line), q) for line, q in allotment.items()))
        known = self._tried.get(key)
        if known is not None:
            return known
        if self.steps_left <= 0 and not always:
            self.exhausted = True
            return None
        self.steps_left -= 1
        field = Field(self._lane)
        field.allot({contender.code: allotment})
        trial = self._tried[key] = self.phase.trial(contender, field)
        return trial

    def in_order(self, allotment: Allotment) -> Allotment:
        """The same in canonical order."""
        return {line: allotment[line] for line in self.whole if line in allotment}

    def offer(self, granted: dict[str, int], allotments: dict[str, Allotment]) -> None:
        """Keep a combination if it is better: worth more, by fewer contenders, lower in order."""
        codes = sorted(self.places[code] for code, value in granted.items() if value)
        key = (-sum(granted.values()), len(codes), codes)
        if key < self.best_key:
            self.best_key = key
            self.best = {code: allotments[code] for code, value in granted.items() if value}


def find_combination(
    lane: CompiledLane, contenders: Sequence[Contender], phase: DiscountPhase
) -> Found:
    """The combination that takes most off."""
    allotments: dict[str, Allotment] = {}
    at_most = 0
    steps = lane.work_steps
    for together in components(contenders, phase):
        search = Search(lane, together, phase, max(steps, 1))
        # Also where some do not stand beside each other, it is never worse than these.
        offer_plain(search, together)
        if _count_apart(together) > _APART_MAX:
            search.exhausted = True
            _search(search, _standing_together(together))
        else:
            _search_apart(search, list(together))
        steps = search.steps_left
        found = search.best_value
        allotments.update(search.best)
        if search.exhausted:
            found = max(UpperBound(together, phase).of(search.whole), found)
        at_most += found
    return Found(lane, allotments, at_most)


def _count_apart(contenders: Sequence[Contender]) -> int:
    """How many do not stand beside some other one."""
    codes = {contender.code for contender in contenders}
    apart: set[str] = set()
    for contender in contenders:
        others = codes & contender.campaign.not_with
        if others:
            apart |= {contender.code, *others}
    return len(apart)


def _standing_together(contenders: Sequence[Contender]) -> list[Contender]:
    """In order, those that stand beside all before them."""
    chosen: list[Contender] = []
    for contender in contenders:
        if not any(stand_apart(contender, other) for other in chosen):
            chosen.append(contender)
    return chosen


def _search_apart(search: Search, contenders: list[Contender]) -> None:
    """Leave one of two contenders out that do not stand beside each other, then the other."""
    if search.branches_left <= 0:
        search.exhausted = True
        return
    for i, one in enumerate(contenders):
        for other in contenders[i + 1 :]:
            if stand_apart(one, other):
                for left_out in (other, one):
                    _search_apart(search, [c for c in contenders if c is not left_out])
                return
    search.branches_left -= 1
    _search(search, contenders)


def _search(search: Search, contenders: Sequence[Contender]) -> None:
    """Go through what counting and joint contenders get, and leave the rest to additive ones."""
    phase = search.phase
    deciders: list[Counting | Joint] = []
    joint: list[Counting | Joint] = []
    additive = []
    for contender in contenders:
        if search.by_unit and Counting.is_one(contender, phase):
            deciders.append(Counting(contender, phase))
        elif _is_additive(contender, phase):
            additive.append(contender)
        else:
            joint.append(Joint(contender, phase))
    deciders += joint
    leftovers = Leftovers(search, additive)
    if not deciders:
        leftovers.give(search.whole, {}, {}, always=True)
        return
    offer_simple(search, contenders, deciders, leftovers)
    if len(deciders) > _DECIDERS_MAX:
        search.exhausted = True
        return
    rests = [
        UpperBound([*[d.contender for d in deciders[at:]], *additive], phase)
        for at in range(len(deciders) + 1)
    ]
    _Descent(search, deciders, rests, leftovers).decide(0, dict(search.whole), {}, {})


class _Descent:
    """Goes through all that deciders may get, one after the other."""

    __slots__ = ("_alone", "_deciders", "_leftovers", "_rests", "_search")

    def __init__(
        self,
        search: Search,
        deciders: Sequence[Counting | Joint],
        rests: Sequence[UpperBound],
        leftovers: Leftovers,
    ) -> None:
        """`rests` bound what the deciders from each place on, and additive ones, are granted."""
        self._search = search
        self._deciders = deciders
        self._rests = rests
        self._alone = [UpperBound([d.contender], search.phase) for d in deciders]
        self._leftovers = leftovers

    def decide(
        self,
        at: int,
        left: Allotment,
        granted: dict[str, int],
        allotments: dict[str, Allotment],
    ) -> None:
        """All that a decider may get of what is left, nothing last; then the next one."""
        search = self._search
        so_far = sum(granted.values())
        if so_far + self._rests[at].of(left) < search.best_value:
            return
        if at == len(self._deciders):
            self._leftovers.give(left, granted, allotments)
            return
        decider = self._deciders[at]
        contender = decider.contender
        alone, rest = self._alone[at], self._rests[at + 1]
        for allotment in decider.allotments(left):
            if not search.look():
                break
            if isinstance(decider, Counting) and not decider.is_possible(allotment):
                continue
            after = {line: quantity - allotment.get(line, 0) for line, quantity in left.items()}
            if so_far + alone.of(allotment) + rest.of(after) < search.best_value:
                continue
            trial = search.trial(contender, allotment)
            if trial is None:
                break
            if not trial.total or not decider.fits(trial, allotment):
                continue
            self.decide(
                at + 1,
                after,
                {**granted, contender.code: trial.total},
                {**allotments, contender.code: allotment},
            )
        search.exhausted = search.exhausted or decider.is_cut_short
        self.decide(at + 1, left, granted, allotments)


def _is_additive(contender: Contender, phase: DiscountPhase) -> bool:
    """Whether what a contender is granted on a line does not depend on its other lines."""
    return (
        not phase.bounds_of(contender.campaign)
        and all(isinstance(r, DiscountReward) and r.is_additive for r in contender.rewards)
        and not refuses_later(contender)
    )
