"""What times the pages for managers: no route is forgotten, and a slow page is told."""

from __future__ import annotations

import time
from typing import Final

import httpx

from loadtests.pages import timing
from loadtests.pages.routes import NOT_TIMED, Untimed, timed_routes
from tests.admin.test_access import TABLE

#: A small office: what each page says.
PAGES: Final = {
    "/": '<a class="menu-link" href="/store/list">Stores</a><a href="/account">You</a>',
    "/account": "",
    "/store/list": '<a href="/store/details/1;s1">s1</a>',
    "/store/details/1;s1": '<a href="/history?record=store&amp;key=s1">History</a>',
    "/history": "",
    "/store/edit/1;s1": "",
    "/store/lookup": "[]",
}


def office(request: httpx.Request) -> httpx.Response:
    """Answers as the small office; its history is slow."""
    if request.url.path == "/history":
        time.sleep(timing.PAGE_MS / 1e3 + 0.01)
    page = PAGES.get(request.url.path)
    return httpx.Response(404 if page is None else 200, text=page or "")


def test_a_slow_page_and_a_route_without_one_are_told() -> None:
    """Found behind links, by the key of another page, or as it is; a lost one fails."""
    routes = ["/", "/history", "/store/details/{pk:path}", "/store/edit/{pk:path}", "/store/lookup"]
    untimed = Untimed([*routes, "/gift/details/{id}"])
    with httpx.Client(transport=httpx.MockTransport(office), base_url="http://office") as browser:
        found = list(timing.timed_pages(browser, 1, untimed))
    timed = {one.path for one in found}
    assert {"/history?record=store&key=s1", "/store/edit/1;s1", "/store/lookup?term=a"} <= timed
    slow, lost = timing.failures_of(found, untimed)
    assert slow.startswith("/history?record=store&key=s1 took ")
    assert lost.startswith("/gift/details/{id} was not timed")
    assert timing.as_table(found).count("OVER") == 1
    assert not timing.failures_of([], Untimed([]))


def test_every_route_with_a_get_is_timed_or_has_a_reason() -> None:
    """The table of who may see what has them all; a reason for a route that is gone goes, too."""
    lines = (line.split() for line in TABLE.read_text().splitlines())
    routes = {line[1] for line in lines if line[0] == "GET"}
    files = {route for route in routes if route.endswith("/export/{export_type}")}
    assert routes - files == {*timed_routes(), *NOT_TIMED}
