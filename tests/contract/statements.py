"""Counts the statements that a worker sends, by name: what the heads of flows promise."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING

from checkout.store.queries import QUERIES
from tests.service import world
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncpg.connection import LoggedQuery

    from tests.service.running import Service

#: The round trips that the head of checkout/flows/batch.py names.
BATCH = [
    "begin",
    "lock_keys",
    "read_keys",
    "lock_members",
    "read_members",
    "lock_budgets",
    "write_book",
    "commit",
]
_ENDS = {"commit", "rollback"}
_NAMES = {text: name for name, text in QUERIES.items()}
#: What workers ask in the background.
_BACKGROUND = {
    *("poll", "read_budgets", "read_shared_slots", "take_invalidations", "due_holds"),
    *("due_visits", "read_window_rule", "read_gift_stocks"),
    "is_month_there",
    *("make_months", "read_partners", "read_terminals", "read_publications"),
}


class Statements:
    """Names of statements per connection, in order."""

    def __init__(self) -> None:
        self._by_connection: dict[int, list[str]] = {}

    def log(self, connection: int, query: str) -> None:
        if "typeinfo_tree" in query.lower()[:60] or "'jit'" in query:
            return  # the driver asks once for each type that a connection has not met
        # What is sent without the parts that have nothing to write begins with its name.
        name = _NAMES.get(query) or query.partition("\n")[0].strip("-; ").lower()
        self._by_connection.setdefault(connection, []).append(name)

    def batches(self) -> list[list[str]]:
        """The statements of each batch, also of one that was given up."""
        found = []
        for names in self._by_connection.values():
            for place, name in enumerate(names):
                if name == "lock_keys":
                    begins = place - 1
                    ends = next(p for p in range(place, len(names)) if names[p] in _ENDS)
                    after = names[ends + 1 : ends + 2]
                    extra = [n for n in after if n not in {"begin", *_BACKGROUND}]
                    found.append(names[begins : ends + 1] + extra)
        return found

    def reads(self) -> list[str]:
        """Statements that belong to no batch and to no background work."""
        return [
            name
            for names in self._by_connection.values()
            for name in names
            if name not in {*_BACKGROUND, "begin", "commit", "begin;", "commit;"}
        ]


async def open_all(service: Service) -> None:
    """Let the pool open all its connections, and each learn the statements' types."""
    pool = service.workers[0].group_commit._store._pool  # type: ignore[attr-defined]
    async with AsyncExitStack() as stack:
        for _ in range(pool.get_max_size()):
            await stack.enter_async_context(pool.acquire())
    till = service.till()
    sale = receipt(line("bread"), card=world.CARD)
    for _ in range(3):
        await asyncio.gather(*(till.confirm(fresh("warm"), sale) for _ in range(10)))


@contextmanager
def counted(service: Service, *, background: bool = False) -> Iterator[Statements]:
    """The statements that a worker sends while the block runs; or its background work."""
    statements = Statements()
    worker = service.workers[0]
    commit = worker.background_commit if background else worker.group_commit
    pool = commit._store._pool  # type: ignore[attr-defined]
    opened = [holder._con for holder in pool._holders if holder._con is not None]
    loggers = []
    for number, one in enumerate(opened):

        def logger(record: LoggedQuery, number: int = number) -> None:
            statements.log(number, record.query)

        one.add_query_logger(logger)
        loggers.append((one, logger))
    try:
        yield statements
    finally:
        for one, logger in loggers:
            one.remove_query_logger(logger)
