"""What pages are measured on: the demo's data, receipts, and members by the million."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg

from checkout.launch.local import local_installation
from checkout.launch.pages import running_pages
from checkout.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Members in one transaction.
PIECE: Final = 100_000
_MEMBERS: Final = (Path(__file__).parent / "members.sql").read_text(encoding="utf-8")

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
    """Make what members are missing."""
    connection = await asyncpg.connect(dsn)
    try:
        partner_id = await connection.fetchval("select partner_id from partner order by code")
        await connection.execute(_JOB, partner_id)
        there = await connection.fetchval("select count(*) from member")
        for begin in range(there + 1, members + 1, PIECE):
            async with connection.transaction():
                # Nobody has looked at them yet: no version need move, nothing be invalidated.
                await connection.execute("set local session_replication_role = replica")
                end = min(begin + PIECE - 1, members)
                await connection.execute(_MEMBERS, partner_id, begin, end)
            say(f"{end:,} of {members:,} members")
        if there < members:
            await connection.execute("vacuum analyze")
    finally:
        await connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
