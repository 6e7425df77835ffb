"""Stored scripts: a payload in every text column is a text on every page, and in every file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.service import world
from tests.service.office import INSTALLATION_OWNER, store_path

if TYPE_CHECKING:
    from tests.service.office import Office

PAYLOADS: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}${7*7}",
    "';alert(1)//",
)
#: What columns of texts take, by table; codes that others refer to are left as they are.
COLUMNS: Final = {
    "partner": ("name",),
    "chain": ("name",),
    "store": ("name", "address", "format", "region"),
    "category": ("name",),
    "product": ("name", "brand", "supplier"),
    "staff": ("name",),
    "member_profile": ("first_name", "last_name", "patronymic", "email", "phone"),
    "identifier": ("masked",),
    "staff_session": ("address", "agent"),
}
MARK: Final = "payload-mark"


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_stored_payload_is_shown_as_what_it_is(office: Office, payload: str) -> None:
    """Lists, details, forms, history, account, start: nothing of it becomes markup."""
    planted = f"{MARK}{payload}"
    browser = await office.signed_in(INSTALLATION_OWNER)
    for table, columns in COLUMNS.items():
        values = ", ".join(f"{column} = $1" for column in columns)
        await office.database.execute(f"update {table} set {values}", planted)
    await office.database.execute("update product set tags = array[$1]", planted)
    await office.database.execute(
        "update program set document = jsonb_set(document, '{name}', to_jsonb($1::text))", planted
    )
    await office.database.execute(
        "insert into terminal (partner_id, store_code, code) values ($1, 's1', $2)",
        world.NORTH,
        planted,
    )
    await browser.edit(
        f"/chain/edit/{store_path('chain')}",
        {"code": "chain", "name": f"{planted} changed", "reason": planted},
    )
    member = await office.database.fetchrow(
        "select bucket, member_id from member where partner_id = $1 order by 2", world.NORTH
    )
    staff = await office.database.fetchval("select staff_id from staff order by login limit 1")
    terminal = await office.database.fetchval(
        "select terminal_id from terminal where code = $1", planted
    )
    pages = [
        *(f"/{record}/list" for record in ("partner", "chain", "store", "terminal", "program")),
        *(f"/{record}/list" for record in ("category", "product", "member", "identifier", "staff")),
        *(f"/store/{kind}/{store_path('s1')}" for kind in ("details", "edit")),
        *(f"/product/{kind}/{store_path('apple')}" for kind in ("details", "edit")),
        *(f"/program/{kind}/{store_path('main')}" for kind in ("details", "edit")),
        f"/member/details/{member['bucket']};{member['member_id']}",
        f"/staff/details/{staff}",
        f"/terminal/details/{terminal}",
        f"/partner/edit/{world.NORTH}",
        "/history",
        "/account",
        "/",
        f"/store/list?search={payload}",
        f"/history?text={payload}",
    ]
    seen = 0
    for path in pages:
        page = await browser.get(path)
        assert page.status_code == 200, path
        seen += page.text.count(MARK)
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert "49" not in re.findall(rf"{MARK}(\S*)", page.text), path
        scripts = re.findall(r"<script[^>]*>", page.text)
        editors = ["editor"] if path.startswith("/program/edit") else []
        used = [f'<script src="/assets/{name}.js">' for name in ("office", *editors)]
        assert scripts == used, path
        assert not re.findall(r"<[^>]*\son[a-z]+\s*=\s*[\"']", page.text.replace("&#34;", "")), path
        assert not re.findall(r"<[^>]*\sstyle=", page.text), path
    assert seen > 50
    exported = await browser.get("/product/export/csv")
    assert exported.headers["content-type"].startswith("text/csv")
    assert exported.headers["content-disposition"].startswith("attachment")
