"""Combinations that are found quickly: a search that is cut short is never worse than them.

What `first` and `best` would find; contenders one after the other, in any order of a few, each
taking what it uses of what is left, with the rest going to additive ones; and each whose total is
bounded, such as a voucher, on as few units as bring it in full, before the others.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from checkout.engine.lanes.allotting import Counting, Joint, stand_apart
from checkout.engine.lanes.upper_bound import total_at_most_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.combination import Search
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.leftovers import Leftovers
    from checkout.engine.lanes.phase import Contender, Trial

#: Orders of deciding contenders that are tried: all of those of four, their choices included.
_ORDERS_MAX: Final = 65
#: Once so many trials beyond the steps of the search have been made, no further order is tried.
_STEPS_BEYOND_MAX: Final = 300


def offer_simple(
    search: Search,
    contenders: Sequence[Contender],
    deciders: Sequence[Counting | Joint],
    leftovers: Leftovers,
) -> None:
    """Offer all of them to the search, beyond its steps; the contenders stand beside each other."""
    offer_plain(search, contenders)
    for order in itertools.islice(_orders(deciders), _ORDERS_MAX):
        if search.steps_left < -_STEPS_BEYOND_MAX:
            break
        left = dict(search.whole)
        granted: dict[str, int] = {}
        allotments: dict[str, Allotment] = {}
        for decider in order:
            open_to_it = decider.most_of(left)
            _take(search, decider.contender, open_to_it, left, granted, allotments)
        leftovers.give(left, granted, allotments, always=True)
    for decider in deciders:
        if total_at_most_of(decider.contender, search.phase) is not None:
            _offer_frugal(search, decider, deciders, leftovers)


def _orders(
    deciders: Sequence[Counting | Joint],
) -> Iterator[tuple[Counting | Joint, ...]]:
    """Orders of all of them, then of fewer; one after the other, as there are very many."""
    for many in range(len(deciders), 0, -1):
        yield from itertools.permutations(deciders, many)


def _offer_frugal(
    search: Search,
    first: Counting | Joint,
    deciders: Sequence[Counting | Joint],
    leftovers: Leftovers,
) -> None:
    """One contender on no more than it needs, then the others in order on what is left."""
    taken = _taken(search, first.contender, first.most_of(search.whole))
    if taken is None or search.steps_left < -_STEPS_BEYOND_MAX:
        return
    total, allotment = taken
    for line in reversed(tuple(allotment)):
        allotment = _with_least_of(search, first, allotment, line, total)
    left = {line: q - allotment.get(line, 0) for line, q in search.whole.items()}
    granted = {first.contender.code: total}
    allotments = {first.contender.code: allotment}
    for decider in deciders:
        if decider is not first:
            open_to_it = decider.most_of(left)
            _take(search, decider.contender, open_to_it, left, granted, allotments)
    leftovers.give(left, granted, allotments, always=True)


def _with_least_of(
    search: Search,
    decider: Counting | Joint,
    allotment: Allotment,
    line: CanonicalLine,
    total: int,
) -> Allotment:
    """The allotment with the fewest units of a line that still bring the total, if more never harm.

    What is found is a combination in any case: it is tried as it stands.
    """
    sizes = [0, *reversed(decider.sizes_of(line, allotment[line]))]

    def with_size(place: int) -> Allotment:
        found = {**allotment, line: sizes[place]}
        return {each: quantity for each, quantity in found.items() if quantity}

    low, high = 0, len(sizes) - 1
    while low < high:
        middle = (low + high) // 2
        tried = with_size(middle)
        trial = _try(search, decider.contender, tried) if tried else None
        if trial is not None and trial.total >= total and decider.fits(trial, tried):
            high = middle
        else:
            low = middle + 1
    return with_size(high) if high < len(sizes) - 1 else allotment


def offer_plain(search: Search, contenders: Sequence[Contender]) -> None:
    """Offer what `first` and `best` would find, beyond the steps of the search."""
    _offer_first(search, contenders)
    _offer_best(search, contenders)


def _offer_first(search: Search, contenders: Sequence[Contender]) -> None:
    """One after the other, in order, on what the earlier ones left."""
    left = dict(search.whole)
    granted: dict[str, int] = {}
    allotments: dict[str, Allotment] = {}
    for contender in contenders:
        if any(stand_apart(contender, search.by_code[code]) for code in granted):
            continue
        open_to_it = {line: quantity for line, quantity in left.items() if quantity}
        _take(search, contender, open_to_it, left, granted, allotments)
    search.offer(granted, allotments)


def _take(
    search: Search,
    contender: Contender,
    open_to_it: Allotment,
    left: Allotment,
    granted: dict[str, int],
    allotments: dict[str, Allotment],
) -> None:
    """Book what a contender takes of what is open to it."""
    taken = _taken(search, contender, open_to_it) if open_to_it else None
    if taken is not None:
        granted[contender.code], allotments[contender.code] = taken
        for line, quantity in taken[1].items():
            left[line] -= quantity


def _offer_best(search: Search, contenders: Sequence[Contender]) -> None:
    """Each line to the contender that would be granted most on it."""
    winners: dict[CanonicalLine, tuple[int, str]] = {}
    for contender in contenders:
        for line, value in _try(search, contender, search.whole).by_line.items():
            if value > winners.get(line, (0, ""))[0]:
                winners[line] = (value, contender.code)
    granted: dict[str, int] = {}
    allotments: dict[str, Allotment] = {}
    for contender in contenders:
        won = {
            line: search.whole[line]
            for line in search.whole
            if line in winners and winners[line][1] == contender.code
        }
        if any(stand_apart(contender, search.by_code[code]) for code in granted):
            continue
        taken = _taken(search, contender, won) if won else None
        if taken is not None:
            granted[contender.code], allotments[contender.code] = taken
    search.offer(granted, allotments)


def _taken(
    search: Search, contender: Contender, open_to_it: Allotment
) -> tuple[int, Allotment] | None:
    """What a contender is granted of what is open to it, and what it takes for that."""
    trial = _try(search, contender, open_to_it)
    if not trial.total:
        return None
    if search.by_unit and Counting.is_one(contender, search.phase):
        return _all_used(search, contender, trial)
    allotment = {line: q for line, q in open_to_it.items() if line in trial.by_line}
    return _try(search, contender, allotment).total, allotment


def _all_used(search: Search, contender: Contender, trial: Trial) -> tuple[int, Allotment] | None:
    """What it uses, until it uses all that it gets; none if it is granted nothing on that."""
    while trial.total:
        used = search.in_order(trial.used)
        trial = _try(search, contender, used)
        if trial.used == used:
            return (trial.total, used) if trial.total else None
    return None


def _try(search: Search, contender: Contender, allotment: Allotment) -> Trial:
    trial = search.trial(contender, allotment, always=True)
    assert trial is not None, "it is always tried"
    return trial
