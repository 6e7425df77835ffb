"""The list of cards: of very many, few are found without looking through all of them."""

from __future__ import annotations

from typing import Any, Final, cast

import asyncpg
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from admin.records.members import IdentifierView
from admin.records.tables import Identifier
from tests.admin.test_partners_apart import as_admin
from tests.service import world

#: Of a thousand cards one is of another type, one blocked, one replaced, one nobody's yet, and one
#: ends otherwise.
_CARDS: Final = """
insert into identifier (bucket, partner_id, kind, digest, member_bucket, member_id, masked,
    blocked_at, type_code, issue_id, replaced_by)
select crc32(digest) % 64, $1::uuid, 'card', digest, case when what <> 4 then 0 end,
    case when what <> 4 then $1::uuid end, case when what = 5 then '…K7Q2' else '…AAAA' end,
    case when what in (2, 3) then now() end, case when what = 1 then 'rare' else 'usual' end,
    case when what = 4 then $1::uuid end, case when what = 3 then sha224(digest)::bytea end
from (select n % 1000 as what, decode(md5(n::text), 'hex') as digest
    from generate_series(1, 3000) n) made
"""
TYPES: Final = ("rare", "usual")
_POSTGRESQL: Final[Any] = postgresql.dialect()  # type: ignore[no-untyped-call]


async def test_few_cards_of_a_million_are_taken_from_an_index(world_dsn: str) -> None:
    """Of a rare type, blocked, replaced, nobody's: in the list's order; and by how they end."""
    superuser = await asyncpg.connect(world_dsn)
    await superuser.execute(_CARDS, world.NORTH)
    await superuser.execute("analyze identifier")
    await superuser.close()
    filters: Any = IdentifierView.column_filters
    _, of_type, of_state = filters
    usual = cast("list[tuple[str, bool]]", IdentifierView.column_default_sort)
    order = [getattr(Identifier, name) for name, _ in usual]
    every = select(Identifier)
    asked = [
        ("identifier_of_type", await of_type.get_filtered_query(every, "rare", Identifier)),
        *[
            (index, await of_state.get_filtered_query(every, state, Identifier))
            for index, state in (
                ("identifier_blocked", "blocked"),
                ("identifier_blocked", "replaced"),
                ("identifier_of_nobody", "new"),
            )
        ],
        ("admin_find_identifiers", IdentifierView().search_query(every, "7Q2")),
        ("admin_find_identifiers", IdentifierView().search_query(every, "12340K7Q2")),
    ]
    async with as_admin(world_dsn, "north") as admin:
        for index, statement in asked:
            text = (
                statement.order_by(*order)
                .limit(25)
                .compile(dialect=_POSTGRESQL, compile_kwargs={"literal_binds": True})
            )
            # The world has some, of no such type.
            found = [row for row in await admin.fetch(str(text)) if row["type_code"] in TYPES]
            assert len(found) == 3, text
            plan = "\n".join(row[0] for row in await admin.fetch(f"explain {text}"))
            assert index in plan, plan


async def test_cards_are_found_by_how_they_end_of_ones_own_partner(world_dsn: str) -> None:
    """By as many characters as one has, of those that are shown."""
    superuser = await asyncpg.connect(world_dsn)
    await superuser.execute(_CARDS, world.NORTH)
    for partner, found in (("north", [3, 3, 3, 0, 0]), ("south", [0, 0, 0, 0, 0])):
        async with as_admin(world_dsn, partner) as admin:
            ends = ("Q2", "K7Q2", "99K7Q2", "K7Q", "k7q2")
            counted = (
                "select count(*) from admin_find_identifiers($1, 100) where found_kind = 'card'"
            )
            assert [await admin.fetchval(counted, end) for end in ends] == found, partner
    await superuser.close()
