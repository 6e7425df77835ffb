"""Every route of the pages for managers: which are pages, and which have a time that is bound.

Walks, tables and timings take their list from here, so that a route that is new is looked at and
timed, or it is said why not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from starlette.routing import Mount, Route

from admin.assembly import build_app
from admin.pages.list_columns import OWN_LISTS
from admin.pages.office import VIEWS
from admin.settings import AdminSettings

if TYPE_CHECKING:
    from starlette.applications import Starlette

#: Ends what the others need: asked last, once.
LAST: Final = "/sign-out"
ELSEWHERE: Final = "made and changed by calls of the service, or by pages of its own"
#: Routes that lead to no page at all, and why.
_NOTHING: Final = {
    "/healthz": "a word for whoever watches the process",
    "/sign-in": "leads on who is signed in; the walk of the office shows it",
    "/identifier/details/{pk:path}": "cards are shown with their member",
    **dict.fromkeys(
        (f"/{record}/create" for record in ("household", "member", "segment")), ELSEWHERE
    ),
    **{
        f"/{record}/{form}": ELSEWHERE
        for record in ("certificate", "certificate-series", "coupon", "identifier")
        for form in ("create", "edit/{pk:path}")
    },
    **dict.fromkeys(
        (f"/{record}/edit/{{pk:path}}" for record in ("household", "member")), ELSEWHERE
    ),
}
#: Routes that have a GET and are no pages, and why.
NO_PAGES: Final = {
    **_NOTHING,
    "/campaign/schema": "what the editor completes by",
    "/program/schema": "what the editor completes by",
    "/publication/workers": "what the page of publications asks again and again",
}
#: Where a route has the key of a row.
_PLACE: Final = re.compile(r"{[^}]*}")
_ENDS: Final = {
    "/lookup": "what a field that refers to a record asks",
}
_BEGINS: Final = {"/offered/": "what the editor offers to complete by"}
#: Routes that have a GET and no bound of time, and why.
NOT_TIMED: Final = {
    **_NOTHING,
    "/link/{token}": "opened once, by who has been sent one",
    **dict.fromkeys(
        (
            f"/{record}/lookup"
            for record in (
                *("card-type", "certificate", "certificate-series", "coupon", "household"),
                *("identifier", "member", "partner", "staff", "terminal"),
            )
        ),
        "no field refers to one",
    ),
}


def is_page(route: str) -> bool:
    """Whether somebody looks at it."""
    is_data = route.endswith(tuple(_ENDS)) or route.startswith(tuple(_BEGINS))
    return route not in NO_PAGES and not is_data


def routes_of(app: Starlette) -> list[tuple[str, str]]:
    """Method and path of every route, the records' for each record; files are files."""
    found: list[tuple[str, str]] = []

    def walk(routes: object) -> None:
        for route in routes:  # type: ignore[attr-defined]
            if isinstance(route, Mount):
                if route.name not in {"assets", "statics"}:
                    walk(route.routes)
                continue
            assert isinstance(route, Route), route
            for method in sorted((route.methods or set()) - {"HEAD"}):
                paths = [route.path]
                if "{identity}" in route.path:
                    lists = [view.identity for view in VIEWS]
                    # Columns are chosen of lists that are no records, too.
                    lists += OWN_LISTS if route.path.startswith("/account/columns/") else ()
                    paths = [route.path.replace("{identity}", identity) for identity in lists]
                found.extend((method, path) for path in paths)

    walk(app.routes)
    return sorted(found, key=lambda one: (one[1] == LAST, one[1], one[0]))


def timed_routes() -> list[str]:
    """Whatever somebody waits for when it is asked for."""
    _, app = build_app(AdminSettings(postgres_dsn="postgresql://nowhere/none"))
    return [path for method, path in routes_of(app) if method == "GET" and path not in NOT_TIMED]


class Untimed:
    """Which routes no page has been timed of yet, and where one of them is.

    Pages are found behind the links of others; where no link leads, a row is taken that some page
    was of, or, of what is asked while one types, how most things begin.
    """

    def __init__(self, routes: list[str]) -> None:
        self.left = {route: _pattern(route) for route in routes}
        self._keys: dict[str, str] = {}
        self._links: dict[str, None] = {}

    def note(self, address: str, links: tuple[str, ...]) -> None:
        """A page has been timed, from which these lead on."""
        path = address.partition("?")[0]
        route = self._route_of(path)
        if route is not None:
            del self.left[route]
        if (found := re.fullmatch(r"/([a-z-]+)/(?:details|edit)/(.+)", path)) is not None:
            self._keys.setdefault(found[1], found[2])
        self._links |= dict.fromkeys(links)

    def next(self) -> str | None:
        """An address of one that is left; None: no page leads to any, and there is no row."""
        while self._links:
            link = next(iter(self._links))
            del self._links[link]
            if self._route_of(link.partition("?")[0]) is not None:
                return link
        for route in self.left:
            key = self._keys.get(route.split("/")[1], "")
            if "{" not in route:
                return f"{route}?term=a"
            if key:
                return key.join(_PLACE.split(route))
        return None

    def _route_of(self, path: str) -> str | None:
        if path in self.left:
            return path
        found = (route for route, pattern in self.left.items() if pattern.fullmatch(path))
        return next(found, None)


def _pattern(route: str) -> re.Pattern[str]:
    """What addresses of a route are like."""
    return re.compile(".+".join(map(re.escape, _PLACE.split(route))))
