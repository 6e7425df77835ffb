"""Calls that were left without an answer, beside what of them was written by then.

The time of a request's key is when the transaction began that wrote it. An older one than the
moment at which a client was left without an answer is of the attempt that nobody answered; a
younger one came of its repetition. Whoever heard that nothing was written must not have an older
one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.faults.commits import Place
from tests.faults.comparison import WITHOUT_KEY
from tests.service.world import NORTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from asyncpg import Connection

    from tests.faults.journal import Call


@dataclass(slots=True)
class Outcomes:
    """Ids of calls."""

    #: Nobody knew, and it was written.
    written: list[str] = field(default_factory=list)
    #: Nobody knew, and nothing was written.
    unwritten: list[str] = field(default_factory=list)
    #: The service said that nothing was written, and something was.
    denied: list[str] = field(default_factory=list)


async def begun_of(database: Connection[Any]) -> dict[tuple[str, str], float]:
    """When (monotonic) the transactions began that left a key, by method and request.

    Right where the database goes by this machine's clock.
    """
    rows = await database.fetch(
        "select method, request_id, created_at from request_key where partner_id = $1", NORTH
    )
    ahead_s = time.time() - time.monotonic()
    return {
        (row["method"], row["request_id"]): row["created_at"].timestamp() - ahead_s for row in rows
    }


def sort_out(calls: Iterable[Call], begun_s: Mapping[tuple[str, str], float]) -> Outcomes:
    """By when the transactions began (monotonic) whose keys are there."""
    found = Outcomes()
    for call in calls:
        if call.method in WITHOUT_KEY:
            continue
        began_s = begun_s.get((call.method, call.request_id), float("inf"))
        if call.unknown_at_s is not None:
            known = found.written if began_s < call.unknown_at_s else found.unwritten
            known.append(call.request_id)
        elif call.denied_at_s is not None and not call.is_twice and began_s < call.denied_at_s:
            found.denied.append(call.request_id)
    return found


@dataclass(frozen=True, slots=True)
class Death:
    """Of PostgreSQL: when (monotonic), and where."""

    at_s: float
    place: Place


def left_by(
    place: Place,
    deaths: Sequence[Death],
    calls: Collection[Call],
    begun_s: Mapping[tuple[str, str], float],
) -> list[Outcomes]:
    """What nobody knew after each death there, until PostgreSQL died again."""
    ends = [*(death.at_s for death in deaths[1:]), float("inf")]
    return [
        sort_out(
            [
                call
                for call in calls
                if call.unknown_at_s is not None and death.at_s <= call.unknown_at_s < end
            ],
            begun_s,
        )
        for death, end in zip(deaths, ends, strict=True)
        if death.place is place
    ]


def inside_commit(
    deaths: Sequence[Death],
    calls: Collection[Call],
    begun_s: Mapping[tuple[str, str], float],
) -> dict[Place, tuple[int, int]]:
    """Of deaths inside of COMMIT: how many there were, and how many were seen to be there.

    Before it was on disk, some call was unknown then and not written; after, one was unknown and
    written.
    """
    before = left_by(Place.BEFORE_DISK, deaths, calls, begun_s)
    after = left_by(Place.AFTER_DISK, deaths, calls, begun_s)
    return {
        Place.BEFORE_DISK: (len(before), sum(bool(each.unwritten) for each in before)),
        Place.AFTER_DISK: (len(after), sum(bool(each.written) for each in after)),
    }


def unseen(seen: Mapping[Place, tuple[int, int]]) -> list[str]:
    """Places where no death was seen: the cell does not show what it is there for."""
    return [
        f"PostgreSQL died {deaths} times {place}, and no call shows it"
        for place, (deaths, shown) in seen.items()
        if not shown
    ]
