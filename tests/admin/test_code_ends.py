"""Codes by their end: what has ended, what ends next, what never does; of a million at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from admin.permissions import Role
from admin.records.code_ends import ENDS
from admin.records.codes import CertificateView, CouponView
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from admin.records.code_ends import EndFilter
    from tests.service.office import Office

VIEWS: Final = (CertificateView, CouponView)
_POSTGRESQL: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]
#: Codes of a query with the columns n, series, shown and ends.
_CODES: Final = {
    CertificateView: """
with made as (select uuidv7() as i, * from ({codes}) codes)
insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked, unit,
    face, issued_at, expires_at)
select crc32(uuid_send(i)) % 64, i, $1, series, uuid_send(i), shown, 'RUB', 100,
    now() - interval '1 day' * n, ends
from made
""",
    CouponView: """
with made as (select uuidv7() as i, * from ({codes}) codes)
insert into coupon (bucket, partner_id, digest, coupon_id, series_code, masked, uses_max,
    valid_from, valid_until, issued_at, issued_by)
select crc32(uuid_send(i)) % 64, $1, uuid_send(i), i, series, shown, 1, now(), ends,
    now() - interval '1 day' * n, i
from made
""",
}
#: A quarter has ended, a quarter ends soon, a quarter later, a quarter never; of each some of one
#: series.
_MANY: Final = """
select n, case when n % 3 = 0 then 'few' else 'many' end as series, '…AAAA' as shown,
    case n % 4 when 0 then now() - interval '1 hour' * n
        when 1 then now() + interval '1 minute' * n
        when 2 then now() + interval '1 year' + interval '1 hour' * n end as ends
from generate_series(1, 6000) n
"""
#: Shown as what becomes of them, in no order.
_FEW: Final = """
select n, 'gift' as series, shown, now() + days * interval '1 day' as ends
from (values (1, '…SOON', 3), (2, '…LONG', -300), (3, '…NONE', null), (4, '…YEAR', 365),
    (5, '…GONE', -1), (6, '…NEXT', 1), (7, '…FARR', 900)) few (n, shown, days)
"""
_SHOWN: Final = re.compile("…([A-Z]{4})")
_ORDERS: Final = re.compile(r'<th [^>]*><a href="[^"]*sortBy=(\w+)')


@pytest.mark.parametrize("view", VIEWS)
async def test_what_is_asked_of_ends_is_taken_from_an_index(
    world_dsn: str, view: type[CertificateView | CouponView]
) -> None:
    """In its order, both ways, of all codes and of a series: nothing is sorted for a page."""
    superuser = await asyncpg.connect(world_dsn)
    await superuser.execute(_CODES[view].format(codes=_MANY), world.NORTH)
    await superuser.execute("analyze certificate; analyze coupon")
    await superuser.close()
    model: Any = view.model
    table = model.__tablename__.removeprefix("admin_")
    *_, ends = cast("list[EndFilter]", view.column_filters)
    columns = [getattr(model, name) for name in (view.ends_by, *view.sort_ties)]
    async with as_admin(world_dsn, "north") as admin:
        for asked in ENDS:
            found = await ends.get_filtered_query(select(model), asked, model)
            of_series = found.where(model.series_code == "few")
            for statement, index in ((found, "by_end"), (of_series, "of_series_by_end")):
                for order in (columns, [column.desc() for column in columns]):
                    text = (
                        statement.order_by(*order)
                        .limit(25)
                        .compile(dialect=_POSTGRESQL, compile_kwargs={"literal_binds": True})
                    )
                    assert len(await admin.fetch(str(text))) == 25, asked
                    plan = "\n".join(row[0] for row in await admin.fetch(f"explain {text}"))
                    assert f"{table}_{index}" in plan, plan
                    assert "Sort" not in plan, plan


@pytest.mark.parametrize("view", VIEWS)
async def test_codes_are_asked_by_their_end(
    office: Office, view: type[CertificateView | CouponView]
) -> None:
    """What ends next first, of what has ended the last; the order of issue is not offered then."""
    await office.database.execute(_CODES[view].format(codes=_FEW), world.NORTH)
    owner = await office.signed_in(login_of(Role.OWNER))
    address, by_end = f"/{view.identity}/list", f"sortBy={view.ends_by}"
    issued = "SOON LONG NONE YEAR GONE NEXT FARR"
    for asked, codes in (
        ("", issued),
        ("ends=strange", issued),
        ("ends=ended", "GONE LONG"),
        ("ends=soon", "NEXT SOON"),
        ("ends=later", "YEAR FARR"),
        ("ends=never", "NONE"),
        (f"ends=ended&{by_end}&sort=asc", "LONG GONE"),
        (f"ends=later&{by_end}&sort=desc", "FARR YEAR"),
        ("ends=soon&sortBy=issued_at&sort=asc", "NEXT SOON"),
        (f"{by_end}&sort=asc", "LONG GONE NEXT SOON YEAR FARR NONE"),
        (f"{by_end}&sort=desc", "NONE FARR YEAR SOON NEXT GONE LONG"),
    ):
        page = (await owner.get(f"{address}?{asked}")).text
        assert _SHOWN.findall(page) == codes.split(), asked
        is_of_ends = any(f"ends={one}" in asked for one in ENDS)
        has_issue = view is CertificateView and not is_of_ends
        assert _ORDERS.findall(page) == ["issued_at"] * has_issue + [view.ends_by], asked
        file = (await owner.post(f"{address[:-4]}export/csv?{asked}")).text
        assert _SHOWN.findall(file) == codes.split(), asked
