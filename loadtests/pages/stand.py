"""What pages are measured on: the demo's data, receipts, and members by the million.

With a million members there are some 1,360,000 cards, phones and ids, and 300,000 entries of the
history: what thirty clerks do in the greater part of a year. Some hundred receipts are really sold,
and copied as often as it takes. A database that is kept is filled further, never anew.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.launch.local import local_installation
from checkout.launch.pages import running_pages
from checkout.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

#: Members, or entries of the history, in one transaction.
PIECE: Final = 100_000
RECEIPTS_PIECE: Final = 10_000
#: Receipts that are really sold; the others are copies of them.
SOLD: Final = 300
#: Over how many weeks they were sold.
WEEKS: Final = 4
#: Of each ten members.
ENTRIES_OF_TEN: Final = 3


def _statement(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


_MEMBERS: Final = _statement("members")
_CARDS: Final = _statement("cards")
_HISTORY: Final = _statement("history")
_RECEIPTS: Final = _statement("receipts")
_COUNTS: Final = """
select
    (select count(*) from member) as members, (select count(*) from identifier) as identifiers,
    (select count(*) from admin_history) as entries, (select count(*) from receipt) as receipts,
    (select count(*) from identifier where type_code = 'plain') as more_cards,
    (select count(*) from admin_history where author like 'clerk-%' or author = 'seldom') as told,
    (select count(*) from receipt where starts_with(purchase_id, 'copy-')) as copies
"""

#: What only people begin, in the pages: one that is done, unless there is one.
_JOB: Final = """
insert into admin_job
    (partner_id, kind, series, total, done, state, taken_at, ended_at, author, reason)
select $1, 'certificates', 'gift', 1, 1, 'done', now(), now(), 'owner', 'to be looked at'
where not exists (select from admin_job)
"""


@dataclass(frozen=True, slots=True)
class PageStand:
    """Pages that are served, and who may see all of them."""

    address: str
    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Filling:
    """How much there is in the end; what there is already stays."""

    members: int
    receipts: int
    #: Over how many weeks these were sold.
    weeks: int = WEEKS


@contextmanager
def page_stand(
    directory: Path, filling: Filling, say: Callable[[str], None]
) -> Iterator[PageStand]:
    """Fill a database as far as it is not, and serve the pages on it for the block."""
    settings = Settings(port=_free_port(), workers=1, var_dir=directory)
    with local_installation(settings, directory, say) as installation:
        missing = min(SOLD, filling.receipts) - asyncio.run(_sold(installation.owner_dsn))
        if missing > 0:
            installation.run_loader("play", "--receipts", str(missing))
        asyncio.run(_fill(installation.owner_dsn, filling, say))
        free_port = installation.environment | {"CHECKOUT_ADMIN_PORT": "0"}
        with running_pages(free_port) as address:
            yield PageStand(address, "owner", installation.secrets.staff_password)


async def _sold(dsn: str) -> int:
    """How many receipts there are that are no copies."""
    connection = await asyncpg.connect(dsn)
    try:
        found = await connection.fetchrow(_COUNTS)
        return int(found["receipts"] - found["copies"])
    finally:
        await connection.close()


async def _fill(dsn: str, filling: Filling, say: Callable[[str], None]) -> None:
    """Make what is missing, and say how much there is."""
    connection = await asyncpg.connect(dsn)
    try:
        partner_id = await connection.fetchval("select partner_id from partner order by code")
        await connection.execute(_JOB, partner_id)
        has_more = await fill_rows(connection, partner_id, filling.members, say)
        if await fill_receipts(connection, partner_id, filling, say) or has_more:
            say("vacuum analyze")
            await connection.execute("vacuum analyze")
        found = await connection.fetchrow(_COUNTS)
        say(
            f"{found['members']:,} members, {found['identifiers']:,} cards, phones and ids,"
            f" {found['entries']:,} entries of the history, {found['receipts']:,} receipts"
        )
    finally:
        await connection.close()


async def fill_rows(
    connection: asyncpg.Connection[Any],
    partner_id: UUID,
    members: int,
    say: Callable[[str], None],
) -> bool:
    """Members up to so many, and what belongs to them; whether anything was missing."""
    there = await connection.fetchrow(_COUNTS)
    entries = members * ENTRIES_OF_TEN // 10
    for begin in range(there["members"] + 1, members + 1, PIECE):
        end = min(begin + PIECE - 1, members)
        await _make(connection, _MEMBERS, partner_id, begin, end)
        say(f"{end:,} of {members:,} members")
    has_more = there["members"] < members or not there["more_cards"]
    if has_more:
        await _make(connection, _CARDS, partner_id)
        say("cards in all states, phones, ids")
    for begin in range(there["told"] + 1, entries + 1, PIECE):
        end = min(begin + PIECE - 1, entries)
        await _make(connection, _HISTORY, partner_id, begin, end, entries)
        say(f"{end:,} of {entries:,} entries of the history")
    return has_more or there["told"] < entries


async def fill_receipts(
    connection: asyncpg.Connection[Any],
    partner_id: UUID,
    filling: Filling,
    say: Callable[[str], None],
) -> bool:
    """Copies of receipts until there are so many; whether any were missing."""
    there = await connection.fetchrow(_COUNTS)
    copies = filling.receipts - (there["receipts"] - there["copies"])
    # In a database that is kept, of months for which there was nothing yet.
    await connection.execute(
        "select create_month_partitions((now() - make_interval(weeks => $1))::date, now()::date)",
        filling.weeks,
    )
    for begin in range(there["copies"] + 1, copies + 1, RECEIPTS_PIECE):
        end = min(begin + RECEIPTS_PIECE - 1, copies)
        await _make(connection, _RECEIPTS, partner_id, begin, end, copies, filling.weeks)
        say(f"{end:,} of {copies:,} copies of receipts")
    return bool(there["copies"] < copies)


async def _make(connection: asyncpg.Connection[Any], statement: str, *values: object) -> None:
    async with connection.transaction():
        # Nobody has looked at them yet: no version need move, nothing be invalidated.
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(statement, *values)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
