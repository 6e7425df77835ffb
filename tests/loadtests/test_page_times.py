"""What times the pages for managers: no route and no filter is forgotten; a slow page is told."""

from __future__ import annotations

import time
from typing import Any, Final

import asyncpg
import httpx
import pytest

from admin.members.conditions import CONDITIONS
from admin.pages.office import VIEWS
from admin.permissions import Role
from admin.records.members import MemberView
from loadtests.pages import telling, timing
from loadtests.pages.filters import NOTHING, VALUES_MAX, filters_of, some_of
from loadtests.pages.routes import NOT_TIMED, Untimed, timed_routes
from loadtests.pages.stand import fill_rows
from tests.admin.test_access import TABLE
from tests.service import world
from tests.service.office import login_of, running_office

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
    finally:
        await connection.close()


def test_every_route_with_a_get_is_timed_or_has_a_reason() -> None:
    """The table of who may see what has them all; a reason for a route that is gone goes, too."""
    lines = (line.split() for line in TABLE.read_text().splitlines())
    routes = {line[1] for line in lines if line[0] == "GET"}
    files = {route for route in routes if route.endswith("/export/{export_type}")}
    assert routes - files == {*timed_routes(), *NOT_TIMED}
