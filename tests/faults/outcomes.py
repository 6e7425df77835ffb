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

from tests.faults.comparison import WITHOUT_KEY
from tests.service.world import NORTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asyncpg import Connection

    from tests.faults.journal import Call, Journal


@dataclass(slots=True)
class Outcomes:
    """Ids of calls."""

    #: Nobody knew, and it was written.
    written: list[str] = field(default_factory=list)
    #: Nobody knew, and nothing was written.
    unwritten: list[str] = field(default_factory=list)
    #: The service said that nothing was written, and something was.
    denied: list[str] = field(default_factory=list)


async def outcomes_of(journal: Journal, database: Connection[Any]) -> Outcomes:
    """Of all calls that leave a key, where the database goes by this machine's clock."""
    rows = await database.fetch(
        "select method, request_id, created_at from request_key where partner_id = $1", NORTH
    )
    ahead_s = time.time() - time.monotonic()
    begun_s = {
        (row["method"], row["request_id"]): row["created_at"].timestamp() - ahead_s for row in rows
    }
    return sort_out(journal.calls, begun_s)


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
