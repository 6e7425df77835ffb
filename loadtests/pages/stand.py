"""What pages are measured on: the demo's data, receipts, copies of a member by the million."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.flows.identifiers import IdentifierHasher
from checkout.launch.local import local_installation
from checkout.launch.pages import running_pages
from checkout.settings import Settings
from loaders.growth.filling import fill
from loaders.growth.template import UnfitTemplateError, read_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from loaders.growth.template import Template

SEED: Final = 7
SERIES: Final = 3
#: Members of the demo that are looked at for one that can be copied.
LOOKED_AT_MAX: Final = 200
#: Copies have no names of their own; members have, many to a family name, and a phone each.
_NAMED: Final = """
update member_profile p set
    last_name = 'Family' || n.number % 4000, first_name = 'Given' || n.number % 200,
    phone = '+7900' || lpad(n.number::text, 7, '0'), email = 'm' || n.number || '@example.org'
from (
    select bucket, member_id, row_number() over () as number from member_profile where phone = ''
) n
where p.bucket = n.bucket and p.member_id = n.member_id
"""


@dataclass(frozen=True, slots=True)
class PageStand:
    """Pages that are served, and who may see all of them."""

    address: str
    login: str
    password: str
    #: Of the schema's owner.
    dsn: str


@contextmanager
def page_stand(
    directory: Path, members: int, receipts: int, say: Callable[[str], None]
) -> Iterator[PageStand]:
    """Fill a database unless it is, and serve the pages on it for the block.

    Raises:
        RuntimeError: the demo has no member that can be copied.
    """
    settings = Settings(port=_free_port(), workers=1, var_dir=directory)
    with local_installation(settings, directory, say) as installation:
        sold = asyncio.run(_sold(installation.owner_dsn))
        if sold < receipts:
            installation.run_loader("play", "--receipts", str(receipts - sold))
        hasher = IdentifierHasher(bytes.fromhex(installation.secrets.pepper))
        asyncio.run(_fill(installation.owner_dsn, members, hasher, say))
        free_port = installation.environment | {"CHECKOUT_ADMIN_PORT": "0"}
        with running_pages(free_port) as address:
            yield PageStand(
                address, "owner", installation.secrets.staff_password, installation.owner_dsn
            )


async def _sold(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("select count(*) from receipt"))
    finally:
        await connection.close()


async def _fill(
    dsn: str, members: int, hasher: IdentifierHasher, say: Callable[[str], None]
) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        partner_id = await connection.fetchval("select partner_id from partner order by code")
        made = await fill(
            connection,
            [await _template(connection)],
            partner_id,
            members,
            seed=SEED,
            digest=lambda partner, card: hasher.digest(partner, "card", card),
            series=SERIES,
            say=say,
        )
        if made:
            say("naming them")
            # Nobody has looked at them yet: no version need move, nothing be invalidated.
            async with connection.transaction():
                await connection.execute("set local session_replication_role = replica")
                await connection.execute(_NAMED)
            await connection.execute("vacuum analyze")
    finally:
        await connection.close()


async def _template(connection: asyncpg.Connection[Any]) -> Template:
    """Of whom earlier runs made copies; else a member that can be copied and has bought nothing."""
    found = await connection.fetch(
        "select member_id from member, partner p where p.partner_id = member.partner_id"
        " and case when p.settings ? $1"
        " then member_id::text = p.settings #>> array[$1, 'templates', '0']"
        " else not exists (select from receipt r where r.member_id = member.member_id) end"
        " order by p.code, member_id limit $2",
        f"grown{SERIES}",
        LOOKED_AT_MAX,
    )
    for row in found:
        try:
            return await read_template(connection, row["member_id"])
        except UnfitTemplateError:
            continue
    raise RuntimeError("the demo has no member that can be copied")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
