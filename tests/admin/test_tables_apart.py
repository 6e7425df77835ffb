"""Every table that the admin's role reads, out of the catalog: of each it sees one partner's rows.

A new table needs rows of both partners here, or a reason why its rows are nobody's. Views of what
is closed to the role are in `test_partners_apart`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from tests.admin.test_partners_apart import OWNER_OF, as_admin
from tests.service import world
from tests.service.office import seed_staff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from uuid import UUID

#: Tables that have no partner, and why it does no harm that everybody reads them.
NOBODYS: Final = {
    "directory_version": "one row, a number that moves when any place does",
    "sign_in_failure": "of hashes of logins and addresses, before anybody is known",
    "verified_check": "counts over all partners, without the keys of rows",
    "staff_list": "each person sees their own alone, whatever the partner: tested below",
}
#: A row for each partner `p` of what a seeded world has none of.
_ROWS: Final = (
    (
        "campaign_version select partner_id, code, 1, document, now(), 'x', ''"
        " from campaign where code = 'fruit'"
    ),
    "terminal_token_use select token_hash, now() from terminal_token",
    "card_type select partner_id, 'plastic', 'Plastic', '9643', 13 from partner",
    (
        "admin_job (job_id, partner_id, kind, series, total, author, reason)"
        " select partner_id, partner_id, 'coupons', 'x', 1, 'x', 'x' from partner"
    ),
    *(
        f"{table} (partner_id, code) select partner_id, 'same' from partner"
        for table in ("tag", "segment", "member_list", "coupon_series")
    ),
    "member_attribute (partner_id, code, kind) select partner_id, 'same', 'text' from partner",
    "worker_snapshot select uuidv7(), partner_id, 'x', 'x', 1, now(), now() from partner",
    "worker_refusal select uuidv7(), now(), partner_id, 'x', 'x', 1 from partner",
    "campaign_stop select partner_id, 'fruit', true, now() from partner",
    (
        "member_history_key select bucket, member_id, uuidv7(), decode(repeat('00', 61), 'hex'),"
        " decode(repeat('00', 32), 'hex')"
        " from member"
    ),
    (
        "staff_session (token_hash, staff_id, ends_at)"
        " select sha256(login::bytea), staff_id, now() from staff where partner_id is not null"
    ),
    (
        "staff_link (token_hash, staff_id, expires_at)"
        " select sha256(login::bytea), staff_id, now() from staff where partner_id is not null"
    ),
    (
        "staff_factor (staff_id, secret) select staff_id, repeat('A', 32)"
        " from staff where partner_id is not null"
    ),
    "staff_list select staff_id, 'store', '{}' from staff",
)
#: Told to the history by whoever signs in, of each partner.
_NOTED: Final = (
    "set checkout.admin_author = 'x';"
    " select admin_note(partner_id, 'staff', 'x', 'signed_in', null, null) from partner"
)


@pytest.fixture
async def superuser(world_dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A world in which every table that the role reads has rows of both partners."""
    connection = await asyncpg.connect(world_dsn)
    await seed_staff(connection)
    for rows in _ROWS:
        await connection.execute(f"insert into {rows}")
    await connection.execute(_NOTED)
    yield connection
    await connection.close()


async def _columns(database: asyncpg.Connection[Any], right: str) -> dict[str, list[str]]:
    """Of each table, the columns that the admin's role has a right to."""
    rows = await database.fetch(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
        " and not c.relispartition and a.attnum > 0 and not a.attisdropped"
        " and a.attgenerated = '' and has_column_privilege('checkout_admin', c.oid, a.attnum, $1)"
        " order by 1, a.attnum",
        right,
    )
    found: dict[str, list[str]] = {}
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


async def _of_partners(database: asyncpg.Connection[Any]) -> dict[str, list[str]]:
    """Tables whose rows belong to partners, with the columns that the role reads.

    Every other one has its reason, and whoever removes a table removes that.
    """
    tables = await _columns(database, "select")
    assert set(NOBODYS) <= set(tables)
    found = {table: names for table, names in tables.items() if table not in NOBODYS}
    ownerless = {t for t, names in found.items() if "partner_id" not in names} - set(OWNER_OF)
    assert not ownerless, "whose are the rows? say so in OWNER_OF, or in NOBODYS why nobody's"
    return found


async def rows_of_partner(database: asyncpg.Connection[Any], partner_id: UUID) -> dict[str, str]:
    """Of each table a hash of a partner's rows, but for what its workers tell of themselves."""
    return {
        table: await database.fetchval(
            f"select md5(coalesce(string_agg(x::text, '' order by x::text), '')) from {table} x"
            f" where {_owned(table)}",
            partner_id,
        )
        for table in await _of_partners(database)
        if table not in {"worker_snapshot", "worker_refusal"}
    }


def _told(table: str, columns: Iterable[str], where: str = "true") -> str:
    return f"select md5(row({', '.join(columns)})::text) from {table} x where {where}"


def _owned(table: str) -> str:
    return f"{OWNER_OF.get(table, 'x.partner_id')} = $1"


async def test_a_partner_sees_its_own_rows_only(
    world_dsn: str, superuser: asyncpg.Connection[Any]
) -> None:
    """All of its rows and none of another's, of every table; whatever is asked."""
    tables = await _of_partners(superuser)
    for partner, partner_id in world.PARTNERS.items():
        async with as_admin(world_dsn, partner) as admin:
            for table, columns in tables.items():
                own = await superuser.fetch(_told(table, columns, _owned(table)), partner_id)
                assert own, f"{table} has no row of {partner}: put one into _ROWS"
                seen = await admin.fetch(_told(table, columns))
                assert sorted(seen) == sorted(own), (table, partner)


@pytest.mark.parametrize(("partner", "reach"), [("", ""), ("", "partner"), ("", "nonsense")])
@pytest.mark.usefixtures("superuser")
async def test_without_a_scope_nothing_is_seen(world_dsn: str, partner: str, reach: str) -> None:
    """A transaction that says nothing, or nonsense, sees no row: forgetting is safe."""
    async with as_admin(world_dsn, partner, reach) as admin:
        for table, columns in (await _of_partners(admin)).items():
            assert not await admin.fetch(_told(table, columns)), table
        assert not await admin.fetch("select from staff_list")


async def test_whatever_is_changed_is_ones_own(
    world_dsn: str, superuser: asyncpg.Connection[Any]
) -> None:
    """Without any condition, a change or a deletion reaches the partner's own rows of a table."""
    updated = await _columns(superuser, "update")
    deleted = await superuser.fetch(
        "select table_name from information_schema.role_table_grants"
        " where grantee = 'checkout_admin' and privilege_type = 'DELETE'"
    )
    statements = [
        *(
            (table, f"update {table} set {', '.join(f'{c} = {c}' for c in columns)}")
            for table, columns in updated.items()
        ),
        *((row[0], f"delete from {row[0]}") for row in deleted),
    ]
    assert len(statements) > 15
    async with as_admin(world_dsn) as admin:
        for table, statement in statements:
            if table not in NOBODYS:
                own = await superuser.fetchval(
                    f"select count(*) from {table} x where {_owned(table)}", world.NORTH
                )
                reached = (await admin.execute(statement)).split()[-1]
                assert int(reached) == own, statement


async def test_no_row_is_made_for_another_partner(
    world_dsn: str, superuser: asyncpg.Connection[Any]
) -> None:
    """Of every table: a row like those of the other, or of the installation, is refused."""
    inserted = await _columns(superuser, "insert")
    assert len(inserted) > 15
    async with as_admin(world_dsn) as admin:
        for table, columns in inserted.items():
            if table in NOBODYS:
                continue
            row = await superuser.fetchval(
                f"select to_jsonb(x)::text from {table} x where {_owned(table)} limit 1",
                world.SOUTH,
            )
            names = ", ".join(columns)
            insert = f"insert into {table} ({names}) select {names} from"
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                async with admin.transaction():
                    await admin.execute(f"{insert} jsonb_populate_record(null::{table}, $1)", row)


async def test_each_sees_their_own_choice_of_columns(
    world_dsn: str, superuser: asyncpg.Connection[Any]
) -> None:
    """Of all lists of all people the ones of who asks."""
    staff_id = await superuser.fetchval("select staff_id from staff where partner_id is null")
    async with as_admin(world_dsn) as admin:
        assert not await admin.fetch("select from staff_list")
        await admin.execute(
            "select set_config('checkout.admin_author_id', $1, true)", str(staff_id)
        )
        assert await admin.fetchval("select array_agg(staff_id) from staff_list") == [staff_id]
