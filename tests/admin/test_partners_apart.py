"""Going around the pages: plain SQL as the admin's role sees one partner, and writes no more."""

from __future__ import annotations

import datetime as dt
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checkout.v1.receipt_pb2 import AlreadyPaid
from tests.service import world
from tests.service.coupons import issue, publish_coupon_rules
from tests.service.office import seed_staff
from tests.service.put_aside import put_aside
from tests.service.running import as_role
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.service.running import Service

#: What the admin's role has no right to read at all.
CLOSED = (
    *("receipt", "entry", "posting", "lot", "lot_movement", "hold", "purchase_key", "request_key"),
    *("certificate", "coupon", "outbox", "limit_slot", "budget", "correction", "snapshot_part"),
)
#: Views of closed tables: the table, and what names the partner of a row `x` of it.
VIEWS = {
    "admin_receipt": ("receipt", "selling_partner_id"),
    "admin_return": ("return_receipt", "partner_id"),
    "admin_purchase": ("purchase_key", "partner_id"),
    "admin_freeze": ("point_freeze", "partner_id"),
    "admin_coupon_origin": ("coupon", "partner_id"),
}
_NAMED_ALIKE = ("certificate", "certificate_entry", "coupon", "coupon_use", "correction", "budget")
VIEWS |= {f"admin_{one}": (one, "partner_id") for one in (*_NAMED_ALIKE, "intervention")}
_OF_MEMBER = (
    "(select partner_id from member m where m.bucket = x.bucket and m.member_id = x.member_id)"
)
_OF_TERMINAL = "(select partner_id from terminal t where t.terminal_id = {}.terminal_id)"
_OF_STAFF = "(select partner_id from staff s where s.staff_id = x.staff_id)"
#: Whose a row `x` of a table is that does not name its partner itself.
OWNER_OF = {
    "terminal_token": _OF_TERMINAL.format("x"),
    "terminal_token_use": (
        f"(select {_OF_TERMINAL.format('k')} from terminal_token k"
        " where k.token_hash = x.token_hash)"
    ),
    **dict.fromkeys(
        ("member_profile", "participation", "account", "member_history_key"), _OF_MEMBER
    ),
    # A session names the partner that somebody of the installation works on.
    **dict.fromkeys(("staff_session", "staff_link", "staff_factor"), _OF_STAFF),
}
_OF_POSTING = (
    "(select partner_id from posting p where (p.bucket, p.month, p.posting_id)"
    " = (x.bucket, x.month, x.posting_id))"
)
_OF_SALE = (
    "(select selling_partner_id from receipt r"
    " where r.bucket = x.bucket and r.receipt_id = x.receipt_id)"
)
VIEWS["admin_lot"] = ("lot", _OF_MEMBER)
VIEWS["admin_movement"] = ("(select * from entry where role = 'member')", _OF_MEMBER)
VIEWS["admin_leg"] = ("entry", _OF_POSTING)
VIEWS["admin_certificate_leg"] = ("certificate_entry", "partner_id")
_SERIES = "(select partner_id, jsonb_array_elements(document -> 'certificates') from program)"
VIEWS["admin_certificate_series"] = (_SERIES, "partner_id")
VIEWS["admin_return_line"] = ("return_line", _OF_SALE)
VIEWS["admin_member_tag"] = ("(select * from member_tag where given > 0)", _OF_MEMBER)
VIEWS["admin_member_list"] = ("member_list_entry", _OF_MEMBER)
VIEWS["admin_visit"] = ("(select * from visit where category_code = '')", _OF_MEMBER)
VIEWS["admin_known_member"] = ("member", "partner_id")
VIEWS["admin_gift_given"] = ("gift_given", "partner_id")
VIEWS["admin_merge"] = ("member_merge", "partner_id")
VIEWS["admin_person_link"] = ("person_link", "partner_id")
VIEWS["admin_sold_without"] = ("(select * from receipt where already_paid)", "selling_partner_id")
VIEWS["admin_row_of_job"] = (
    "admin_job_row",
    "(select partner_id from admin_job j where j.job_id = x.job_id)",
)
_ALIKE_TOO = ("qr_claim", "bulk", "gift_stock", "gift_entry", "reconciliation")
VIEWS |= {f"admin_{one}": (one, "partner_id") for one in (*_ALIKE_TOO, "return_without_receipt")}
_OF_EVENT = (
    "(select partner_id from partner p"
    " where p.code = convert_from(x.payload, 'UTF8')::jsonb ->> 'partner')"
)
VIEWS["admin_event_put_aside"] = ("pgqueuer", _OF_EVENT)
_OF_OWNER = _OF_MEMBER.replace("x.member_id", "x.owner_id")
_OF_STORE = "(select partner_id from store s where s.store_id = x.owner_id)"
VIEWS["admin_limit_slot"] = ("limit_slot", f"coalesce({_OF_OWNER}, {_OF_STORE}, x.owner_id)")
VIEWS["admin_stop"] = ("campaign_stop", "partner_id")
#: As far as a view needs one, without what the member's row has.
_TAG = "member_tag (given, bucket, member_id, tag) select 1,"
_VISIT = (
    "visit (visits, spend_minor, points_minor, day, receipt_id, bucket, member_id, program_code)"
    " select 1, 1, 0, now(), uuidv7(),"
)


@asynccontextmanager
async def as_admin(
    dsn: str, partner: str = "north", reach: str = "partner", author: str = "tester"
) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection of the admin's role, in a transaction that works on a partner's rows."""
    connection = await asyncpg.connect(as_role(dsn, "checkout_admin"))
    transaction = connection.transaction()
    await transaction.start()
    for name, value in {
        "partner": str(world.PARTNERS[partner]) if partner else "",
        "reach": reach,
        "author": author,
    }.items():
        await connection.execute("select set_config($1, $2, true)", f"checkout.admin_{name}", value)
    try:
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


@pytest.fixture
async def world_with_staff(world_dsn: str) -> str:
    connection = await asyncpg.connect(world_dsn)
    await seed_staff(connection)
    await connection.close()
    return world_dsn


async def test_dictionaries_and_sets_of_members_end_with_the_partner(world_dsn: str) -> None:
    """Neither an entry nor a member of another partner is seen or marked, whoever names them."""
    superuser = await asyncpg.connect(world_dsn)
    tables = ("tag", "segment", "member_list", "coupon_series", "member_attribute")
    for table in tables:
        more = table == "member_attribute"
        await superuser.execute(
            f"insert into {table} (partner_id, code{', kind' if more else ''})"
            f" select partner_id, 'same'{', $$text$$' if more else ''} from partner"
        )
    await superuser.execute(
        'update member_profile set traits = \'{"tags": ["same"], "segments": ["same"]}\''
    )
    await superuser.execute(
        "insert into member_list_entry select bucket, member_id, 'same' from member"
        " where household_size is null"
    )
    await superuser.execute(
        "insert into visit (bucket, member_id, receipt_id, program_code, day, spend_minor, visits,"
        " points_minor) select bucket, member_id, member_id, 'main', '2026-01-01', 1, 1, 0"
        " from member"
    )
    own = await superuser.fetchval("select count(*) from member where partner_id = $1", world.NORTH)
    theirs = await superuser.fetchrow(
        "select bucket, member_id from member where partner_id = $1", world.SOUTH
    )
    begun = await superuser.fetchval(
        "update segment set counted_at = now() where partner_id = $1 returning counted_at",
        world.NORTH,
    )
    async with as_admin(world_dsn) as admin:
        for table in tables:
            assert await admin.fetchval(f"select count(*) from {table}") == 1, table
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with admin.transaction():
                    await admin.execute(f"delete from {table}")
        for found in (
            "admin_members_tagged('same', null)",
            'admin_members_known(\'{"segments": ["same"]}\', null)',
            "admin_members_listed('same', null)",
        ):
            assert await admin.fetchval(f"select count(*) from {found}") == own, found
        for view in ("admin_known_member", "admin_visit", "admin_member_tag", "admin_member_list"):
            row = f"select count(*) from {view} where bucket = $1 and member_id = $2"
            assert not await admin.fetchval(row, *theirs), view
        mark = "select admin_mark_segment('same', $1, $2, '{}', 1000)"
        earlier = begun - dt.timedelta(seconds=1)
        assert await admin.fetchval(mark, earlier, theirs["bucket"]) is None, "taken since"
        marked = await admin.fetchval(mark, begun, theirs["bucket"])
        assert marked == await admin.fetchval(
            "select count(*) from member where bucket = $1", theirs["bucket"]
        )
        filled = await admin.fetchval(
            "select admin_fill_list('same', $1, $2, '', 1)",
            [theirs["bucket"]],
            [theirs["member_id"]],
        )
        assert filled == own
    async with as_admin(world_dsn, partner="") as admin:
        assert not await admin.fetchval("select count(*) from tag")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await admin.fetchval(mark, begun, 1)
    await superuser.close()


@pytest.mark.parametrize(
    "statement",
    [
        "insert into chain values ($1, 'stolen', 'Stolen')",
        "insert into category values ($1, 'stolen')",
        "insert into product (partner_id, sku) values ($1, 'stolen')",
        (
            "insert into store (partner_id, code, chain_code, program_code, name)"
            " values ($1, 'x', 'chain', 'main', 'x')"
        ),
        "insert into terminal (partner_id, store_code, code) values ($1, 's1', 'x')",
        "insert into staff (partner_id, login, name, role) values ($1, 'thief', 'x', 'owner')",
        (
            "insert into staff (partner_id, login, name, role)"
            " select null, 'thief', 'x', 'owner' where $1::uuid is not null"
        ),
    ],
)
async def test_nothing_is_written_for_another_partner(
    world_with_staff: str, statement: str
) -> None:
    """A row of another partner, or of the installation, is refused by the database."""
    async with as_admin(world_with_staff) as admin:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await admin.execute(statement, world.SOUTH)


@pytest.mark.parametrize(
    "statement",
    [
        "update chain set name = 'stolen'",
        "update store set name = 'stolen'",
        "update product set name = 'stolen'",
        "update program set document = '{}'",
        "update partner set name = 'stolen'",
        "update terminal set blocked_at = now()",
        "update terminal_token set revoked_at = now()",
        "update staff set blocked_at = now()",
    ],
)
async def test_a_change_of_everything_changes_ones_own(
    world_with_staff: str, statement: str
) -> None:
    """Without any condition, a change reaches the partner's own rows."""
    table = statement.split()[1]
    owner = OWNER_OF.get(table, "x.partner_id")
    async with as_admin(world_with_staff) as admin:
        await admin.execute(statement)
        await admin.execute("set local role none")
        touched = await admin.fetch(
            f"select distinct {owner} from {table} x where xmin::text::bigint ="
            " (txid_current() % 4294967296)"
        )
    assert [row[0] for row in touched] == [world.NORTH]


@pytest.mark.parametrize("table", CLOSED)
async def test_sales_and_the_ledger_are_closed(world_dsn: str, table: str) -> None:
    """Neither is read, and neither is anything of them written."""
    for statement in (f"select 1 from {table}", f"delete from {table}"):
        async with as_admin(world_dsn) as admin:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await admin.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "delete from chain",
        "delete from staff",
        "delete from admin_history",
        "truncate chain",
        "update admin_history set reason = ''",
        "insert into admin_history (seq) values (1)",
        "update admin_history_head set seq = 0",
        "update account set balance = 0",
        "update member set blocked_at = now()",
        "update store set store_id = uuidv7()",
        "update store set code = 'x'",
        "update partner set currency_code = 'USD'",
        "update terminal_token set token_hash = token_hash",
        "update staff set partner_id = null",
        "alter table chain disable row level security",
        "set session_replication_role = replica",
        "create table mine ()",
    ],
)
async def test_the_role_may_no_more_than_pages_need(world_with_staff: str, statement: str) -> None:
    """It deletes nothing, alters no history, no key, no balance, no schema."""
    async with as_admin(world_with_staff) as admin:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await admin.execute(statement)


async def test_members_are_found_of_ones_own_partner(world_dsn: str) -> None:
    """The one function that looks past policies looks for the transaction's partner."""
    superuser = await asyncpg.connect(world_dsn)
    await superuser.execute("update member_profile set last_name = 'Same', phone = '+79990000000'")
    ids = {
        partner: {
            row["member_id"]
            for row in await superuser.fetch(
                "select member_id from member where partner_id = $1", partner_id
            )
        }
        for partner, partner_id in world.PARTNERS.items()
    }
    await superuser.close()
    for partner in world.PARTNERS:
        for asked in ("+79990000000", "same", "Sa"):
            async with as_admin(world_dsn, partner) as admin:
                found = await admin.fetch("select found_id from admin_find_members($1, 100)", asked)
            assert {row["found_id"] for row in found} == ids[partner]
    somebody = str(min(ids["south"]))
    async with as_admin(world_dsn, "north") as admin:
        assert not await admin.fetch("select * from admin_find_members($1, 100)", somebody)
    for asked in ("%", "_", "\\", ""):
        async with as_admin(world_dsn, "north") as admin:
            found = await admin.fetch("select * from admin_find_members($1, 100)", asked)
        assert len(found) == (len(ids["north"]) if not asked else 0)


async def test_views_of_closed_tables_show_one_partner(service: Service) -> None:
    """Of sales, the ledger and codes each partner reads all of its rows and no other's.

    A transaction without a partner reads none, and none is written through a view.
    """
    await publish_coupon_rules(service)
    person = None
    for partner in world.PARTNERS:
        till, operator = service.till(f"{partner}-s1-t1"), service.operator(partner)
        sale = receipt(line("apple"), line("bread", position=2), card=world.CARD)
        sold = await till.confirm("basket", sale)
        await till.take_back("basket", {1: 1_000})
        await till.submit("off line", receipt(card=world.CARD), AlreadyPaid(points_minor=1))
        await operator.freeze(sold.member.member_id, 1_00)
        await operator.issue_certificates("gift", 1, activate=True)
        await operator.stop("fruit")
        await put_aside(service.database, partner)
        person = await operator.link(sold.member.member_id, person.person_id if person else "")
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    await service.operator().merge(gold, await service.ann())
    coupon, _ = await issue(service.operator(), count=2)
    await service.till().confirm("with coupon", receipt(line("towel"), coupons=[coupon.code]))
    await service.until_counted()
    for insert in ("member_list_entry select", _TAG, _VISIT):
        await service.database.execute(f"insert into {insert} bucket, member_id, 'x' from member")
    await service.database.execute(
        "insert into qr_claim select bucket, partner_id, member_id, 'basket', member_id, now()"
        " from member"
    )
    await service.database.execute(
        "insert into gift_given (bucket, gift_given_id, partner_id, program_code, gift_code,"
        " member_id, count, currency, points_minor, is_counted, month, given_at, author, reason)"
        " select bucket, member_id, partner_id, 'main', 'mug', member_id, 1, 'pts', 0, false,"
        " '2026-01-01', now(), 'x', 'x' from member"
    )
    for insert in (
        "bulk select 1, partner_id, partner_id, 'x', sha256(''), '', 'x', 'x', now()",
        (
            "qr_claim select crc32(uuid_send(partner_id)) % 64, partner_id, partner_id, 'x',"
            " partner_id, now()"
        ),
        "gift_stock select 1, partner_id, 'mug', 1, 0, now()",
        (
            "gift_entry select 1, date_trunc('month', now()), partner_id, partner_id, 'mug', '',"
            " 'stocked', 1, true, null, now(), 'x', 'x'"
        ),
        (
            "reconciliation select 1, partner_id, partner_id, 's1', 't1', '7', now(), now(), '{}',"
            " '{}', 0, true"
        ),
        (
            "return_without_receipt (bucket, month, return_receipt_id, partner_id, return_id,"
            " store_code, terminal_code, returned_at, business_day, money_minor, goods, answer)"
            " select 1, date_trunc('month', now()), partner_id, partner_id, 'x', 's1', 't1', now(),"
            " now(), 1, '{}', ''"
        ),
        (
            "admin_job (job_id, partner_id, kind, series, total, author, reason)"
            " select partner_id, partner_id, 'corrections', 'x', 1, 'x', 'x'"
        ),
        "admin_job_row select partner_id, 1, '{}', null",
    ):
        await service.database.execute(f"insert into {insert} from partner")
    granted = await service.database.fetch(
        "select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace"
        " and has_table_privilege('checkout_admin', oid, 'select')"
    )
    assert {row["relname"] for row in granted} == set(VIEWS)
    for view, (table, owner) in VIEWS.items():
        counts = dict(
            await service.database.fetch(f"select {owner}, count(*) from {table} x group by 1")
        )
        assert counts.get(world.NORTH), f"{view} is not exercised"
        for partner, partner_id in world.PARTNERS.items():
            async with as_admin(service.dsn, partner) as admin:
                seen = await admin.fetchval(f"select count(*) from {view}")
            assert seen == counts.get(partner_id, 0), (view, partner)
        async with as_admin(service.dsn, "", "installation") as admin:
            assert not await admin.fetchval(f"select count(*) from {view}"), view
        async with as_admin(service.dsn) as admin:
            with pytest.raises(asyncpg.PostgresError):
                await admin.execute(f"delete from {view}")


async def test_budgets_and_snapshots_are_of_ones_own_partner(world_dsn: str) -> None:
    """The functions that look into closed tables look for the transaction's partner."""
    superuser = await asyncpg.connect(world_dsn)
    snapshots = dict(await superuser.fetch("select partner_id, snapshot_id from publication"))
    await superuser.close()
    parts = "select * from admin_snapshot_parts($1, '{}')"
    for partner, partner_id in world.PARTNERS.items():
        async with as_admin(world_dsn, partner) as admin:
            for owner, snapshot_id in snapshots.items():
                assert bool(await admin.fetch(parts, snapshot_id)) == (owner == partner_id)
            budgets = await admin.fetch("select campaign_code from admin_budgets()")
            assert [row[0] for row in budgets] == (["bread"] if partner == "north" else [])
    async with as_admin(world_dsn, "", "installation") as admin:
        assert not await admin.fetch(parts, snapshots[world.NORTH])
        assert not await admin.fetch("select * from admin_budgets()")


async def test_the_service_sees_all_partners(world_dsn: str) -> None:
    """Policies are of the admin's role: the service and the verifier see what they saw."""
    for role in ("checkout_app", "checkout_verifier"):
        connection = await asyncpg.connect(as_role(world_dsn, role))
        for table in ("partner", "store", "member", "account", "identifier", "program"):
            seen = await connection.fetchval(f"select count(*) from {table}")
            assert seen >= 2, (role, table)
        await connection.close()
