"""Lists of very many rows: what would take longer the more there are is not done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from admin.jobs import queue
from admin.permissions import Role
from admin.records.codes import CertificateView, CouponView
from admin.records.goods import ProductView
from admin.records.members import IdentifierView, MemberView
from admin.records.tables import Identifier
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Select

    from admin.records.record_view import RecordView
    from tests.service.office import Office

#: Of these there are few rows.
_SMALL: Final = ["partner", "staff", "worker_refusal"]


async def test_what_finds_little_is_looked_for_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are counted only if there are more than a page shows, or a later page is asked for."""
    counted: list[bool] = []
    count = ProductView.count_found

    async def counting(view: ProductView, statement: object) -> int:
        counted.append(True)
        return await count(view, statement)  # type: ignore[arg-type]

    monkeypatch.setattr(ProductView, "count_found", counting)
    browser = await office.signed_in(login_of(Role.OWNER))
    few = (await browser.get("/product/list?search=soap")).text
    assert "1–1 of 1" in few
    assert "Nothing found" in (await browser.get("/product/list?search=zzz")).text
    assert not counted
    monkeypatch.setattr(ProductView, "page_size", 1)
    await office.database.execute(
        "insert into product (partner_id, sku) select partner_id, 'zz' || n"
        " from partner, generate_series(1, 3) n where code = 'north'"
    )
    assert "1–1 of 3" in (await browser.get("/product/list?search=zz")).text
    assert "3–3 of 3" in (await browser.get("/product/list?search=zz&page=3")).text
    assert len(counted) == 2


async def test_categories_that_have_products_are_offered(office: Office) -> None:
    """However many there are, as one types; others are not; of each partner its own."""
    await office.database.execute(
        "insert into category (partner_id, code, name)"
        " select partner_id, partner.code || kind, kind from partner,"
        " unnest(array['-full', '-bare'] || array(select '-' || n"
        " from generate_series(1000, 1250) n)) kind"
    )
    await office.database.execute(
        "insert into product (partner_id, sku, category_code)"
        " select partner_id, 'in ' || code, code"
        " from category where name like '-%' and name <> '-bare'"
    )
    browser = await office.signed_in(login_of(Role.OWNER))

    async def offered(term: str) -> list[str]:
        answer = await browser.get("/offered/product_categories", params={"term": term})
        return [one["code"] for one in answer.json()]

    assert 'data-lookup="/offered/product_categories"' in (await browser.get("/product/list")).text
    assert await offered("North-125") == ["north-1250"]
    assert await offered("-fu") == ["north-full"], "by a part of the name"
    assert await offered("north-b") == await offered("south") == []
    found = (await browser.get("/product/list?category_code=north-1250")).text
    assert "1–1 of 1" in found


async def test_policies_ask_for_the_partner_once(office: Office) -> None:
    """A call in a policy is made for each row that a statement looks at."""
    found = await office.database.fetch(
        "select tablename, policyname from pg_policies"
        " where replace(lower(qual), 'select admin_partner()', '') like '%admin_partner()%'"
        " and tablename <> all($1::text[])",
        _SMALL,
    )
    assert not found


def test_cards_are_listed_as_their_key_has_them() -> None:
    """Any other order sorts all cards of a bucket for a page of them."""
    key = [column.name for column in Identifier.__table__.primary_key]
    key.remove("partner_id")
    assert [name for name, _ in IdentifierView.column_default_sort] == key


@pytest.mark.parametrize("view", [MemberView, IdentifierView, CertificateView, CouponView])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_what_lists_are_sorted_by_an_index_carries(
    world_dsn: str, view: type[RecordView], order: str
) -> None:
    """Rows that were made together are in one order, too: no page has a row of another."""
    for name in map(str, view.column_sortable_list):
        columns = [getattr(view.model, each) for each in (name, *view.sort_ties)]
        ordered = [column.desc() if order == "desc" else column.asc() for column in columns]
        statement = select(*columns).order_by(*ordered)
        async with as_admin(world_dsn, "north") as admin:
            for costly in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                await admin.execute(f"set local enable_{costly} = off")
            plan = "\n".join(row[0] for row in await admin.fetch(f"explain {statement} limit 25"))
        assert ("by_age" if name in {"created_at", "issued_at"} else "by_end") in plan, plan
        assert "Sort" not in plan, plan


@pytest.mark.parametrize("view", [CertificateView, CouponView])
async def test_the_latest_codes_are_taken_from_an_index(
    world_dsn: str, view: type[RecordView]
) -> None:
    """Nothing of what a page shows keeps it from that: a million codes are not sorted for one."""
    usual = cast("list[tuple[str, bool]]", view.column_default_sort)
    columns = [(getattr(view.model, name), is_down) for name, is_down in usual]
    ordered = [column.desc() if is_down else column.asc() for column, is_down in columns]
    statement: Select[Any] = select(view.model).order_by(*ordered)
    async with as_admin(world_dsn, "north") as admin:
        await admin.execute("set local enable_seqscan = off; set local enable_bitmapscan = off")
        plan = "\n".join(row[0] for row in await admin.fetch(f"explain {statement} limit 25"))
    assert "by_age" in plan, plan
    assert "Sort" not in plan, plan


_CODES: Final = """
insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked, unit,
    face, issued_at, blocked_at)
select (crc32(uuid_send(i)) % 64)::smallint, i, $1, series, uuid_send(i), shown, 'RUB', 100, now(),
    blocked_at from made;
insert into coupon (bucket, partner_id, digest, coupon_id, series_code, masked, uses_max,
    valid_from, issued_at, issued_by, blocked_at)
select crc32(uuid_send(i)) % 64, $1, uuid_send(i), i, series, shown, 1, now(), now(), i, blocked_at
from made
"""
_POSTGRESQL: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]
#: One of a thousand is of another series, is blocked, and ends otherwise.
_MADE: Final = """
with made as (
    select uuidv7() as i, case when rare then 'rare' else 'usual' end as series,
        case when rare then '…K7Q2' else '…AAAA' end as shown, case when rare then now() end as
        blocked_at
    from (select n % 1000 = 0 as rare from generate_series(1, 3000) n) numbered
)
"""


@pytest.mark.parametrize("view", [CertificateView, CouponView])
async def test_few_codes_of_a_million_are_taken_from_an_index(
    world_dsn: str, view: type[RecordView]
) -> None:
    """Of a rare series and blocked ones in the list's order; those that end so in any."""
    superuser = await asyncpg.connect(world_dsn)
    for insert in _CODES.split(";"):
        await superuser.execute(_MADE + insert, world.NORTH)
    await superuser.execute("analyze certificate; analyze coupon")
    await superuser.close()
    model: Any = view.model
    filters: Any = view.column_filters
    series, blocked, _ = filters
    usual = cast("list[tuple[str, bool]]", view.column_default_sort)
    order = [getattr(model, name).desc() for name, _ in usual]
    asked = {
        "of_series": await series.get_filtered_query(select(model), "rare", model),
        "blocked": await blocked.get_filtered_query(select(model), "yes", model),
        "shown": view().search_query(select(model), "7Q2"),
    }
    async with as_admin(world_dsn, "north") as admin:
        for index, statement in asked.items():
            text = (
                statement.order_by(*order)
                .limit(25)
                .compile(dialect=_POSTGRESQL, compile_kwargs={"literal_binds": True})
            )
            found = await admin.fetch(str(text))
            assert len(found) == 3, index
            plan = "\n".join(row[0] for row in await admin.fetch(f"explain {text}"))
            assert f"{model.__tablename__.removeprefix('admin_')}_{index}" in plan, plan
            assert index == "shown" or "Sort" not in plan, plan


async def test_the_order_of_an_address_is_that_of_its_index(office: Office) -> None:
    """A list that is asked for it: both ways, with what breaks ties."""
    await office.database.execute(
        "insert into identifier (bucket, partner_id, kind, digest, masked, member_bucket,"
        " member_id, created_at) select 0, partner_id, 'card', decode(md5(n), 'hex'), '…0' || rank"
        " () over (order by decode(md5(n), 'hex')), 0, partner_id, '2000-01-01' from partner,"
        " unnest('{a,b,c}'::text[]) n where code = 'north'"
    )
    browser = await office.signed_in(login_of(Role.OWNER))
    up = (await browser.get("/identifier/list?sortBy=created_at&sort=asc")).text
    assert re.findall("…0[1-3]", up)[:3] == ["…01", "…02", "…03"]
    down = (await browser.get("/identifier/list?sortBy=created_at&sort=desc")).text
    assert re.findall("…0[1-3]", down)[-3:] == ["…03", "…02", "…01"]


async def test_what_is_too_long_or_stands_twice_is_said_at_its_field(office: Office) -> None:
    """Neither cut nor looked for; no file is made of it, and nobody is corrected by it."""
    browser = await office.signed_in(login_of(Role.OWNER))
    for query, said in (
        (f"search={'x' * 101}", "At most 100 characters"),
        (f"chain_code={'x' * 501}", "At most 500 characters"),
        ("chain_code=chain&chain_code=x", "more than once"),
    ):
        page = (await browser.get(f"/store/list?{query}")).text
        assert re.search(f'<div class="invalid-feedback d-block">[^<]*{said}', page), query
        assert "Shop s1" not in page
        assert (await browser.post(f"/store/export/csv?{query}")).status_code == 400
    for query in (f"search=Shop{'+' * 200}", "sortBy=code&sortBy=name"):
        assert "Shop s1" in (await browser.get(f"/store/list?{query}")).text
    fields = {"request_id": "0" * 32, "currency": "pts", "points": "1", "reason": "x"}
    for query, said in (
        ("gender=male&gender=female", "more than once"),
        (f"search={'x' * 101}", "At most 100 characters"),
        (f"store={'x' * 65}", "longer than 64"),
        ("age_from=old", "Not a valid integer"),
    ):
        assert said in (await browser.get(f"/member/list?{query}")).text, query
        answer = await browser.post(f"/correction/members?{query}", fields)
        assert answer.status_code == 400
        assert "who is meant cannot be understood" in answer.text, query
        assert said in answer.text, query
    assert not await office.database.fetchval("select count(*) from admin_job")


async def test_whoever_takes_too_long_to_find_is_told_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that somebody else is at work: trying again would take as long."""
    monkeypatch.setattr(queue, "_FOUND_TIMEOUT_MS", 50)
    browser = await office.signed_in(login_of(Role.OWNER))
    fields = {"request_id": "0" * 32, "currency": "pts", "points": "1", "reason": "x"}
    async with office.database.transaction():
        await office.database.execute("lock table admin_job_row")
        answer = await browser.post("/correction/members", fields)
    assert answer.status_code == 400
    assert "took too long. Narrow the filter" in answer.text
    assert not await office.database.fetchval("select count(*) from admin_job")
