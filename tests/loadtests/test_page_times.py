"""What times the pages for managers: no route and no filter is forgotten; a slow page is told."""

from __future__ import annotations

import datetime as dt
import html
import re
import time
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import httpx
import pytest

from admin.members.conditions import CONDITIONS
from admin.pages.office import VIEWS
from admin.permissions import Role
from admin.records.members import MemberView
from checkout.client import messages
from loadtests.pages import telling, timing
from loadtests.pages.filters import NOTHING, VALUES_MAX, filters_of, some_of
from loadtests.pages.routes import NOT_TIMED, Untimed, timed_routes
from loadtests.pages.stand import Filling, fill_receipts, fill_rows
from tests.admin.test_access import TABLE
from tests.service import world
from tests.service.office import login_of, office_beside, running_office
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

TODAY: Final = dt.datetime.now(dt.UTC).date()
#: A small office: what each page says.
PAGES: Final = {
    "/": '<a class="menu-link" href="/store/list">Stores</a><a href="/account">You</a>',
    "/account": "",
    "/store/list": (
        '<form method="get" role="search"><input type="search" name="search">'
        '<select name="chain"><option value="">any</option><option value="a&amp;b">1</option>'
        '</select><input name="region" data-lookup="/region/lookup"></form>'
        '<form method="post"><input name="column"></form>'
        '<a href="?sortBy=name&amp;sort=asc">Name</a>'
        '<a rel="next" href="?page=2&amp;x=y">Next</a><a href="/store/details/1;s1">s1</a>'
    ),
    "/store/details/1;s1": '<a href="/history?record=store&amp;key=s1">History</a>',
    "/history": "",
    "/store/edit/1;s1": "",
    "/store/lookup": "[]",
    "/region/lookup": '[{"code": "north", "name": ""}]',
}


def office(request: httpx.Request) -> httpx.Response:
    """Answers as the small office; its history is slow."""
    if request.url.path == "/history":
        time.sleep(timing.PAGE_MS / 1e3 + 0.01)
    page = PAGES.get(request.url.path)
    return httpx.Response(404 if page is None else 200, text=page or "")


def browser_of(answer: Any = office) -> httpx.Client:
    """Somebody's who looks at it."""
    return httpx.Client(transport=httpx.MockTransport(answer), base_url="http://office")


def test_a_slow_page_and_a_route_without_one_are_told() -> None:
    """Found behind links, by the key of another page, or as it is; a lost one fails."""
    routes = ["/", "/history", "/store/details/{pk:path}", "/store/edit/{pk:path}", "/store/lookup"]
    untimed = Untimed([*routes, "/gift/details/{id}"])
    said: list[str] = []
    with browser_of() as browser:
        found = list(telling.told(timing.timed_pages(browser, 1, untimed), said.append, 60))
    timed = {one.path for one in found}
    assert {"/history?record=store&key=s1", "/store/edit/1;s1", "/store/lookup?term=a"} <= timed
    slow, lost = timing.failures_of(found, untimed)
    assert slow.startswith("/history?record=store&key=s1 took ")
    assert said == [slow], "at once"
    assert lost.startswith("/gift/details/{id} was not timed")
    assert telling.as_table(found).count("OVER") == 1
    assert not timing.failures_of([], Untimed([]))


def test_a_list_is_asked_all_that_its_form_offers() -> None:
    """By each field of it, in each order, where it goes on, and by all fields at once."""
    with browser_of() as browser:
        found = list(timing.timed_pages(browser, 1, Untimed([])))
    asked = {one.path.partition("?")[2] for one in found if one.path.startswith("/store/list")}
    goes_on, order = "page=2&x=y", "sortBy=name&sort=asc"
    filtered = ("chain=a%26b", "region=north", f"region={NOTHING}")
    assert asked == {
        "",
        goes_on,
        order,
        "search=a",
        f"search={NOTHING}",
        *filtered,
        *(f"{one}&{order}" for one in filtered),
        "chain=a%26b&region=north",
    }
    lists = telling.as_lists(found).splitlines()
    assert lists[1].split()[:2] == ["/store/list", "17"], "with where each filter goes on"
    assert telling.as_table(found).count("\n") == min(len(found), telling.ROWS_MAX)


def test_what_does_not_come_is_told_and_not_waited_for() -> None:
    """A fault fails the measurement; whatever takes too long ends it, with what there is."""

    def late(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/account":
            raise httpx.ReadTimeout("too late", request=request)
        return httpx.Response(503 if request.url.path == "/store/list" else 200, text=PAGES["/"])

    with browser_of(late) as browser:
        found = list(timing.timed_pages(browser, 8, Untimed([])))
        assert timing.failures_of(found, Untimed([])) == [
            "/account did not come within 30 s",
            "/store/list answered 503",
        ]
        said: list[str] = []
        measured = telling.told(timing.timed_pages(browser, 8, Untimed([])), said.append, 0)
        with pytest.raises(TimeoutError, match="stopped after 1 pages"):
            list(measured)


def test_of_many_values_some_are_asked() -> None:
    """From the first to the last; of few all of them; of dates some day long ago, and none yet."""
    assert some_of([]) == []
    assert some_of(["a", "b"]) == ["a", "b"]
    many = some_of([f"{number}" for number in range(100)])
    assert (len(many), many[0], many[-1]) == (VALUES_MAX, "0", "99")
    (day,) = filters_of('<form role="search"><input name="since" type="date"></form>')
    recently, long_ago, not_yet = day.values("receipt")
    assert long_ago < recently < not_yet


async def test_filters_that_lists_declare_are_those_of_their_forms(world_dsn: str) -> None:
    """A filter that a list gets is found by the measurement, whoever adds it."""
    async with running_office(world_dsn) as real:
        owner = await real.signed_in(login_of(Role.OWNER))
        for view in VIEWS:
            if view is MemberView:
                continue
            page = (await owner.get(f"/{view.identity}/list")).text
            declared = {one.parameter_name for one in view.column_filters}
            assert {one.name for one in filters_of(page)} == {"search", *declared}, view.identity
        named = {one.name for one in filters_of((await owner.get("/member/list")).text)}
        assert named == {"search", *CONDITIONS}


async def test_the_stand_has_cards_in_all_states_and_a_history(world_dsn: str) -> None:
    """Filled once: a stand that is kept is filled further only if something is missing."""
    connection = await asyncpg.connect(world_dsn)
    try:
        said: list[str] = []
        assert await fill_rows(connection, world.NORTH, 1_000, said.append)
        assert said[-1] == "300 of 300 entries of the history"
        states = await connection.fetch(
            "select distinct kind, member_id is null, blocked_at is null, replaced_by is null"
            " from identifier where partner_id = $1",
            world.NORTH,
        )
        assert len(states) >= len(("new", "active", "blocked", "replaced", "phone", "id"))
        assert not await fill_rows(connection, world.NORTH, 1_000, said.append)
        assert await fill_rows(connection, world.NORTH, 1_500, said.append)
        more = await connection.fetchrow(
            "select (select count(*) from member) as members,"
            " (select count(*) from admin_history where author like 'clerk-%') as told"
        )
        assert (more["members"], more["told"]) == (1_500, 449), "one was told by somebody else"
        assert not await fill_rows(connection, world.NORTH, 1_500, said.append)
        # Of before what was told of last: as if the clock had been set back meanwhile.
        is_in_order = await connection.fetchval(
            "select bool_and(is_in_order) from (select at >= lag(at) over (partition by clock_from"
            " order by seq) or seq = clock_from as is_in_order from admin_history) entries"
        )
        assert is_in_order
    finally:
        await connection.close()


async def test_receipts_that_were_sold_are_copied(service: Service) -> None:
    """Over the last weeks, to members and guests; pages show them like any other."""
    for number in range(3):
        sale = receipt(line("bread", 500_00), card=world.CARD)
        sold = await service.till().confirm(f"sold-{number}", sale)
        assert sold.status == messages.STATUS_OK
    connection = await asyncpg.connect(service.dsn)
    said: list[str] = []
    try:
        await fill_rows(connection, world.NORTH, 100, said.append)
        for receipts in (203, 403):
            filling = Filling(100, receipts, weeks=3)
            assert await fill_receipts(connection, world.NORTH, filling, said.append)
            assert said[-1] == f"{receipts - 3} of {receipts - 3} copies of receipts"
            assert not await fill_receipts(connection, world.NORTH, filling, said.append)
        made = await connection.fetchrow(
            "select count(*) as receipts, count(distinct business_day) as days,"
            " count(*) filter (where member_id is null) as guests,"
            " (select count(*) from posting where receipt_id is not null) as postings from receipt"
        )
        assert made["receipts"] == 403
        assert made["guests"] == 80
        assert 20 <= made["days"] <= 23
        assert made["postings"] == 403 - 80
    finally:
        await connection.close()
    async with office_beside(service) as office:
        owner = await office.signed_in(login_of(Role.OWNER))
        address: str | None = f"/receipt/list?since={TODAY - dt.timedelta(days=60)}"
        moments: list[str] = []
        places: list[str] = []
        while address is not None:
            page = (await owner.get(address)).text
            places += re.findall(r'href="(/receipt/details/[^"]*)"', page)
            moments += re.findall(r'<time datetime="([^"]*)"', page)
            further = re.search(r'rel="next" href="([^"]*)"', page)
            address = f"/receipt/list{html.unescape(further[1])}" if further else None
        assert len(places) == len(set(places)) == 403
        assert moments == sorted(moments, reverse=True)
        found = await owner.get("/receipt/list?purchase_id=copy-201")
        page = (await owner.get(found.headers["location"])).text
        assert "500.00" in page
        # The member who comes first in the list bought it.
        (buyer,) = set(re.findall(r'href="(/member/details/[^"]*)"', page))
        members = (await owner.get("/member/list")).text
        assert re.search(r'href="(/member/details/[^"]*)"', members)[1] == buyer  # type: ignore[index]
        assert "copy-" in (await owner.get(buyer)).text


def test_every_route_with_a_get_is_timed_or_has_a_reason() -> None:
    """The table of who may see what has them all; a reason for a route that is gone goes, too."""
    lines = (line.split() for line in TABLE.read_text().splitlines())
    routes = {line[1] for line in lines if line[0] == "GET"}
    files = {route for route in routes if route.endswith("/export/{export_type}")}
    assert routes - files == {*timed_routes(), *NOT_TIMED}
