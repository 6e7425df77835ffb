"""What `first` and `best` would find, as combinations: a search cut short is never worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.lanes.allotting import Counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.lanes.combination import Search
    from checkout.engine.lanes.field import Allotment
    from checkout.engine.lanes.phase import Contender, Trial


def offer_simple(search: Search, contenders: Sequence[Contender]) -> None:
    """Offer both to the search, beyond its steps."""
    whole = {line: line.quantity_milli for line in search.phase.case.lines}
    _offer_first(search, contenders, whole)
    _offer_best(search, contenders, whole)


def _offer_first(search: Search, contenders: Sequence[Contender], whole: Allotment) -> None:
    """One after the other, in order, on what the earlier ones left."""
    left = dict(whole)
    granted: dict[str, int] = {}
    allotments: dict[str, Allotment] = {}
    for contender in contenders:
        taken = _taken(search, contender, {line: q for line, q in left.items() if q})
        if taken is None:
            continue
        granted[contender.code], allotments[contender.code] = taken
        for line, quantity in taken[1].items():
            left[line] -= quantity
    search.offer(granted, allotments)


def _offer_best(search: Search, contenders: Sequence[Contender], whole: Allotment) -> None:
    """Each line to the contender that would be granted most on it."""
    winners: dict[CanonicalLine, tuple[int, str]] = {}
    for contender in contenders:
        for line, value in _try(search, contender, whole).by_line.items():
            if value > winners.get(line, (0, ""))[0]:
                winners[line] = (value, contender.code)
    granted: dict[str, int] = {}
    allotments: dict[str, Allotment] = {}
    for contender in contenders:
        won = {line: whole[line] for line, (_, code) in winners.items() if code == contender.code}
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
    if search.by_unit and Counting.is_one(contender):
        return _try(search, contender, trial.used).total, trial.used
    allotment = {line: open_to_it[line] for line in trial.by_line}
    return _try(search, contender, allotment).total, allotment


def _try(search: Search, contender: Contender, allotment: Allotment) -> Trial:
    trial = search.trial(contender, allotment, always=True)
    assert trial is not None, "it is always tried"
    return trial
