"""What pages are measured on: the demo's data, receipts, and members by the million.

With a million members there are some 1,360,000 cards, phones and ids, and 300,000 entries of the
history: what thirty clerks do in the greater part of a year.
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
#: Of each ten members.
ENTRIES_OF_TEN: Final = 3


def _statement(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


_MEMBERS: Final = _statement("members")
_CARDS: Final = _statement("cards")
_HISTORY: Final = _statement("history")
_COUNTS: Final = """
select
    (select count(*) from member) as members, (select count(*) from identifier) as identifiers,
    (select count(*) from admin_history) as entries, (select count(*) from receipt) as receipts,
    (select count(*) from identifier where type_code = 'plain') as more_cards,
    (select count(*) from admin_history where author like 'clerk-%' or author = 'seldom') as told
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


@contextmanager
def page_stand(
    directory: Path, members: int, receipts: int, say: Callable[[str], None]
) -> Iterator[PageStand]:
    """Fill a database unless it is, and serve the pages on it for the block."""
    settings = Settings(port=_free_port(), workers=1, var_dir=directory)
    with local_installation(settings, directory, say) as installation:
        sold = asyncio.run(_sold(installation.owner_dsn))
        if sold < receipts:
            installation.run_loader("play", "--receipts", str(receipts - sold))
        asyncio.run(_fill(installation.owner_dsn, members, say))
        free_port = installation.environment | {"CHECKOUT_ADMIN_PORT": "0"}
        with running_pages(free_port) as address:
            yield PageStand(address, "owner", installation.secrets.staff_password)


async def _sold(dsn: str) -> int:
    """How many receipts there are."""
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("select count(*) from receipt"))
    finally:
        await connection.close()


async def _fill(dsn: str, members: int, say: Callable[[str], None]) -> None:
    """Make what is missing, and say how much there is."""
    connection = await asyncpg.connect(dsn)
    try:
        partner_id = await connection.fetchval("select partner_id from partner order by code")
        await connection.execute(_JOB, partner_id)
        if await fill_rows(connection, partner_id, members, say):
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
