"""The list of limits as a file, and the columns that whoever looks at it has chosen."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

from admin.database import make_engine, make_sessions
from admin.limits import listing
from admin.limits.asked import Asked
from admin.limits.export import csv_lines
from admin.permissions import Role
from admin.scope import Scope, scope
from tests.admin.test_limits import limit_of, put_campaign, use
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of
from tests.service.running import as_role

if TYPE_CHECKING:
    import pytest

    from tests.service.office import Browser, Office

MARKETER = login_of(Role.MARKETER)
ANALYST = login_of(Role.ANALYST)


def heads_of(page: str) -> list[str]:
    """What the columns of the list are called."""
    return re.findall(r'<th scope="col">([^<]*)</th>', page)


async def file_of(browser: Browser, asked: str) -> list[dict[str, str]]:
    """The lines of a file of the list."""
    answer = await browser.post(f"/limit/export/csv?{asked}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith('attachment; filename="limits-')
    return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))


async def put_limits(office: Office) -> None:
    """Of a store, of all, of each; a budget of money and one of uses."""
    of_store = limit_of("lifetime", code="s", subject="store", measure="discount", bound=500_00)
    of_all = limit_of("lifetime", code="all", subject="campaign", bound=7)
    await put_campaign(office, "shared", of_store, of_all, limit_of("week", code="each"))
    await put_campaign(office, "spent", budget={"discount_minor": 100_00, "uses": 40})
    stores = await office.database.fetch(
        "select store_id from store where partner_id = $1 and code in ('s1', 's2') order by code",
        world.NORTH,
    )
    for (store_id,) in stores:
        await use(office, "shared", "s", store_id, "1970-01-01", 150_00)
    await use(office, "shared", "all", world.NORTH, "1970-01-01", 3)
    await office.database.execute(
        "insert into budget (bucket, partner_id, campaign_code, discount_used, uses_held)"
        " values (0, $1, 'spent', 9950, 2)",
        world.NORTH,
    )


async def test_columns_of_limits_are_chosen_and_kept(office: Office) -> None:
    """With one's login; the first stays; the usual ones again by a button."""
    await put_limits(office)
    marketer = await office.signed_in(MARKETER)
    page = (await marketer.get("/limit/list")).text
    assert heads_of(page) == ["Campaign or program", "Limit", "Used now"]
    chosen = {"column": ["bound", "period", "subject", "program_code", "nonsense"]}
    saved = await marketer.post("/account/columns/limit", chosen)
    assert saved.headers["location"] == "/limit/list"
    page = (await marketer.get("/limit/list?search=s")).text
    heads = ["Campaign or program", "Program", "Counted for", "Period", "Bound"]
    assert heads_of(page) == heads
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    for words in ("each store", "for ever", "500.00 ₽", "the campaign: its budget"):
        assert words in told, words
    assert f'href="/program/details/{world.NORTH};main"' in page
    assert heads_of((await marketer.get("/limit/list")).text) == heads
    other = await office.signed_in(ANALYST)
    assert len(heads_of((await other.get("/limit/list")).text)) == 3
    await marketer.post("/account/columns/limit", {"usual": "1"})
    assert len(heads_of((await marketer.get("/limit/list")).text)) == 3
    assert (await marketer.post("/account/columns/publication", chosen)).status_code == 404


async def test_the_list_of_limits_is_a_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its pages, with the columns that are shown, in numbers; the history has who took it."""
    await put_limits(office)
    analyst = await office.signed_in(ANALYST)
    asked = "search=s&program=main&order=code"

    async def lines() -> list[tuple[str, ...]]:
        names = ("campaign_code", "store_code", "measure", "used", "left")
        found = [tuple(line[name] for name in names) for line in await file_of(analyst, asked)]
        return sorted(line for line in found if line[0] in {"shared", "spent"})

    whole = await lines()
    assert whole == [
        ("shared", "", "purchases", "", ""),
        ("shared", "", "purchases", "3", "4"),
        ("shared", "s1", "discount", "150.00", "350.00"),
        ("shared", "s2", "discount", "150.00", "350.00"),
        ("spent", "", "discount", "99.50", "0.50"),
        ("spent", "", "uses", "2", "38"),
    ]
    # However the list is cut into pages, of campaigns and of stores, the file has the same.
    monkeypatch.setattr(listing, "FILE_ROWS", 1)
    monkeypatch.setattr(listing, "SLOTS_MAX", 1)
    assert await lines() == whole
    exported = [e for e in await office.history("limit") if e["action"] == "exported"]
    assert [e["author"] for e in exported] == [ANALYST, ANALYST]
    owner = await office.signed_in(login_of(Role.OWNER))
    told = (await owner.get("/history?record=limit")).text
    assert "Order: by code" in told
    assert "Search: s" in told


async def test_a_file_of_many_limits_is_read_as_it_is_sent(office: Office) -> None:
    """Some campaigns at a time, each looked at once; whatever is beside them is read once, too."""
    await put_campaign(office, "many", limit_of("lifetime", subject="campaign"))
    await office.database.execute(
        "insert into campaign (partner_id, code, status, document) select partner_id,"
        " 'many' || n, status, document || jsonb_build_object('code', 'many' || n)"
        " from campaign, generate_series(1, $1) n where code = 'many'",
        2 * listing.FILE_ROWS,
    )
    analyst = await office.signed_in(ANALYST)
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(told[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        lines = await file_of(analyst, "search=many&order=name")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    codes = [line["campaign_code"] for line in lines]
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 2 * listing.FILE_ROWS + 1
    read = {"strpos(lower(c.document": 1, "admin_budgets()": 1, "select store_id, code": 1}
    read["admin_used_of_limits("] = 3
    assert {what: sum(what in one for one in said) for what in read} == read


async def test_a_file_is_sent_in_parts(office: Office) -> None:
    """No more campaigns in one than are in memory at once."""
    codes = [f"many{number}" for number in range(2 * listing.FILE_ROWS + 1)]
    for code in codes:
        await put_campaign(office, code, limit_of("lifetime", subject="campaign"))
    engine = make_engine(as_role(office.dsn, "checkout_admin"), 1)
    with scope(Scope("partner", world.NORTH, author=ANALYST)):
        sent = csv_lines(make_sessions(engine), Asked(search="many"), ("campaign_code",))
        parts = [part async for part in sent]
    await engine.dispose()
    sizes = [part.count(b"many") for part in parts]
    assert [size for size in sizes if size] == [listing.FILE_ROWS, listing.FILE_ROWS, 1]


async def test_who_may_not_take_files_takes_none(office: Office) -> None:
    """Nor is the button offered; whoever has chosen no partner is told so."""
    clerk = await office.signed_in(login_of(Role.CALL_CENTRE))
    assert "/limit/export/csv" not in (await clerk.get("/limit/list")).text
    assert (await clerk.post("/limit/export/csv")).status_code == 403
    analyst = await office.signed_in(ANALYST)
    page = (await analyst.get("/limit/list?search=s&behind=3&stores=2")).text
    assert 'action="/limit/export/csv?search=s"' in page, "not of one page"
    nobodys = await office.signed_in(INSTALLATION_OWNER)
    await office.database.execute("update staff_session set partner_id = null")
    assert (await nobodys.post("/limit/export/csv")).status_code == 400
    assert not await office.history("limit")
