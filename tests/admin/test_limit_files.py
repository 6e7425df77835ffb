"""The list of limits as a file, and the columns that whoever looks at it has chosen."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from admin.limits import listing
from admin.permissions import Role
from tests.admin.test_limits import limit_of, put_campaign, use
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of

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
    monkeypatch.setattr(listing, "PAGE_ROWS", 1)
    monkeypatch.setattr(listing, "SLOTS_MAX", 1)
    assert await lines() == whole
    exported = [e for e in await office.history("limit") if e["action"] == "exported"]
    assert [e["author"] for e in exported] == [ANALYST, ANALYST]
    owner = await office.signed_in(login_of(Role.OWNER))
    told = (await owner.get("/history?record=limit")).text
    assert "Order: by code" in told
    assert "Search: s" in told


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
