"""What is left of each line goes to the additive contender that is granted most on it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from checkout.engine.lanes.allotting import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.combination import Search
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender

#: Choices among equally good contenders that are compared; beyond, the lower in order is taken.
_TIES_MAX: Final = 2_000


class Leftovers:
    """The additive contenders of a lane, and what each is granted on each line."""

    def __init__(self, search: Search, contenders: Sequence[Contender]) -> None:
        """They come in order."""
        self._search = search
        self._contenders = contenders
        self._lines = {c.code: set(lines_of(c, search.phase)) for c in contenders}
        self._known: dict[tuple[str, CanonicalLine, int], int] = {}

    def give(
        self,
        left: Allotment,
        granted: dict[str, int],
        allotments: dict[str, Allotment],
        *,
        always: bool = False,
    ) -> None:
        """Complete a combination, and offer it to the search; `always`: beyond its steps."""
        self._try_all(left, always=always)
        best: list[tuple[CanonicalLine, int, list[str]]] = []
        for line, quantity in left.items():
            if not quantity:
                continue
            values = [
                (self._known.get((contender.code, line, quantity), 0), contender.code)
                for contender in self._contenders
            ]
            most = max((value for value, _ in values), default=0)
            if most:
                best.append((line, most, [code for value, code in values if value == most]))
        chosen = self._fewest([codes for _, _, codes in best], set(granted))
        granted = dict(granted)
        allotments = dict(allotments)
        for line, most, codes in best:
            code = next(code for code in codes if code in chosen)
            granted[code] = granted.get(code, 0) + most
            allotments[code] = {**allotments.get(code, {}), line: left[line]}
        self._search.offer(granted, allotments)

    def _try_all(self, left: Allotment, *, always: bool) -> None:
        """Try each contender once on all of its lines whose value is not known yet."""
        for contender in self._contenders:
            unknown = {
                line: quantity
                for line, quantity in left.items()
                if quantity
                and line in self._lines[contender.code]
                and (contender.code, line, quantity) not in self._known
            }
            if not unknown:
                continue
            trial = self._search.trial(contender, unknown, always=always)
            if trial is None:
                return
            for line, quantity in unknown.items():
                self._known[contender.code, line, quantity] = trial.by_line.get(line, 0)

    def _fewest(self, choices: Sequence[Sequence[str]], granted: set[str]) -> set[str]:
        """The fewest contenders with one in each choice, beside those granted; lowest first."""
        chosen = set(granted)
        for codes in choices:
            if len(codes) == 1:
                chosen.add(codes[0])
        open_choices = [codes for codes in choices if chosen.isdisjoint(codes)]
        if not open_choices:
            return chosen
        order = [c.code for c in self._contenders if any(c.code in o for o in open_choices)]
        tried = 0
        for many in range(1, len(order) + 1):
            for more in itertools.combinations(order, many):
                tried += 1
                if all(not set(more).isdisjoint(codes) for codes in open_choices):
                    return chosen.union(more)
                if tried > _TIES_MAX:
                    return chosen.union([codes[0] for codes in open_choices])
        return chosen
