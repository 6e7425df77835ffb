"""Opens every page of somebody who may see all, several times, and tells what each took.

Times are those of a browser on the same machine, from the request to the last byte: what the server
takes and a little more. Pages are found as people find them: in the menu, then by the first rows,
then behind the links of those; a route of which none was found is told as a page that is too slow.
Lists are asked all that their forms offer (`loadtests.pages.filters`), in each of their orders.
"""

from __future__ import annotations

import html
import re
import statistics
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urljoin

import httpx

from admin.first.page import FRESH_S
from loadtests.pages.filters import filters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from loadtests.pages.filters import Filter
    from loadtests.pages.routes import Untimed
    from loadtests.pages.stand import PageStand

#: What the pages promise: lists, and any other page, in milliseconds.
LIST_MS: Final = 200.0
PAGE_MS: Final = 300.0
#: A page that takes for ever is not waited for, and one that took so long not opened again.
PATIENCE_S: Final = 30.0
SECONDS_A_PAGE: Final = 6.0
#: How long figures of the first page are shown as they were read.
FIGURES_S: Final = FRESH_S
#: Of a path, so that a longer look at a row is measured with each kind of page that leads there.
_MENU: Final = re.compile(r'class="menu-link[^"]*" href="([^"]+)"')
_TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
_SORTED: Final = re.compile(r'href="\?([^"]*sortBy=[^"&]+[^"]*)"')
#: Conditions on members: of half of them, of some, of those who joined first, of nobody.
_CONDITIONS: Final = (
    *("tag=half", "tag=hundredth", "tag=few", "tag=oldest", "tag=sold"),
    *("segment=half", "segment=hundredth", "member_list=thousandth"),
    *("attribute=children&attribute_value=2", "attribute=children&attribute_value=9"),
    *("tier=journey-club/silver", "tier=journey-club/gold", "store=store-2", "is_blocked=yes"),
    *("purchases_from=39", "purchases_from=1000", "bought_from=2099-01-01"),
    *("spend_days=30&spend_from=900", "spend_days=30&spend_from=99999", "spend_to=10"),
    *("balance_from=9999", "balance_from=999999", "gender=female", "birthday_month=2"),
    *("age_from=70", "age_from=120", "reached_by=nothing", "joined_to=2020-01-01"),
    "tag=hundredth&gender=female&purchases_from=10&birthday_month=3",
    "tag=tenth&segment=hundredth&spend_days=90&spend_from=2000",
    "tag=half&segment=half&attribute=children&attribute_value=2&reached_by=email",
    "purchases_from=39&tier=journey-club/silver&spend_days=365&spend_from=1000",
)
_CONDITION_NAMES: Final = frozenset(
    name for asked in _CONDITIONS for name, _ in parse_qsl(asked, strict_parsing=True)
)
#: In the list's other order, and many rows at once.
_ORDERS: Final = ("", "&sortBy=created_at&sort=asc", "&pageSize=200")
#: Where a list goes on, and where one of members that was too long for one page.
_NEXT: Final = re.compile(r'rel="next" href="([^"]+)"')
_FURTHER: Final = re.compile(r'href="(\?[^"]*after=[^"]*page=1)"')
_HREF: Final = re.compile(r'href="(/[^"#]+)')
#: Lists, and what is offered while one types.
_LISTS: Final = ("/list", "/lookup", "/history")
#: Addresses that forms of a page open, beside what is linked.
_LINKED: Final = r'href="(/{record}/(?:details|edit|history|try|profile)[^"?#]*)'


@dataclass(frozen=True, slots=True)
class PageTime:
    """One address, opened several times."""

    path: str
    is_list: bool
    size_bytes: int
    p50_ms: float
    max_ms: float
    #: Where it leads.
    links: tuple[str, ...] = field(default=(), repr=False)
    #: Why it did not come, if it did not.
    fault: str = ""

    @property
    def bound_ms(self) -> float:
        """What it may take."""
        return LIST_MS if self.is_list else PAGE_MS

    @property
    def is_over(self) -> bool:
        """Whether its median is over the bound."""
        return self.p50_ms > self.bound_ms

    @property
    def failure(self) -> str:
        """What of it fails the measurement; empty: nothing."""
        if self.fault:
            return f"{self.path} {self.fault}"
        told = f"{self.path} took {self.p50_ms:.0f} ms, at most {self.bound_ms:.0f} are promised"
        return told if self.is_over else ""


def page_times(stand: PageStand, times: int, untimed: Untimed) -> Iterator[PageTime]:
    """Each page, as it has been measured; what is untimed at the end was not found.

    Raises:
        RuntimeError: somebody cannot sign in.
    """
    with httpx.Client(base_url=stand.address, timeout=PATIENCE_S, follow_redirects=True) as browser:
        _sign_in(browser, stand)
        yield from timed_pages(browser, times, untimed)


def timed_pages(browser: httpx.Client, times: int, untimed: Untimed) -> Iterator[PageTime]:
    """The same, of somebody who is signed in."""
    anew = _ReadAnew(browser)
    for path, is_list in _paths(browser):
        one = _measured(browser, path, times, is_list=is_list)
        untimed.note(path, one.links)
        yield one
        anew.look()
    while (address := untimed.next()) is not None:
        one = _measured(browser, address, times, is_list=_is_list(address))
        untimed.note(address, one.links)
        yield one
        anew.look()
    yield anew.time()


class _ReadAnew:
    """The first page where its figures have to be read, as they are old by now.

    Opened again and again it shows what was read a little while ago; whoever signs in has seen it.
    """

    def __init__(self, browser: httpx.Client) -> None:
        self._browser = browser
        self._found: list[PageTime] = []
        self._at_s = time.monotonic()

    def look(self) -> None:
        """Open it if the figures are so old that they are read."""
        if time.monotonic() - self._at_s > FIGURES_S:
            self._open()

    def _open(self) -> None:
        self._found.append(_measured(self._browser, "/", 1, is_list=False))
        self._at_s = time.monotonic()

    def time(self) -> PageTime:
        """What it took; of a run that was shorter, as it is then."""
        if not self._found:
            self._open()
        took_ms = [one.p50_ms for one in self._found]
        fault = next((one.fault for one in self._found if one.fault), "")
        return replace(
            self._found[-1],
            path=f"/ (figures read anew, {len(took_ms)} times)",
            p50_ms=statistics.median(took_ms),
            max_ms=max(took_ms),
            fault=fault,
        )


def failures_of(found: Iterable[PageTime], untimed: Untimed) -> list[str]:
    """What fails the measurement: slow pages, some that did not come, and routes without one."""
    slow = [one.failure for one in found if one.failure]
    return slow + [f"{route} was not timed: no page leads there" for route in untimed.left]


def _is_list(address: str) -> bool:
    return address.partition("?")[0].endswith(_LISTS)


def _sign_in(browser: httpx.Client, stand: PageStand) -> None:
    token = _token(browser.get("/sign-in").text)
    _post(browser, "/sign-in", token, login=stand.login, password=stand.password)
    account = browser.get("/account").text
    partner = re.search(r'<option value="([0-9a-f-]{36})"', account)
    if partner is None:
        raise RuntimeError("whoever signs in can choose no partner")
    _post(browser, "/account/partner", _token(account), partner_id=partner[1])


def _post(browser: httpx.Client, path: str, token: str, **fields: str) -> None:
    headers = {"origin": str(browser.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    answer = browser.post(path, data={"form_token": token, **fields}, headers=headers)
    if answer.status_code != httpx.codes.OK:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    if found is None:
        raise RuntimeError("a page has no form")
    return found[1]


def _paths(browser: httpx.Client) -> Iterator[tuple[str, bool]]:
    """Addresses, and whether each is a list: the menu's, and what their first rows lead to."""
    for address in dict.fromkeys(("/", "/account", *_MENU.findall(browser.get("/").text))):
        is_list = _is_list(address)
        yield address, is_list
        if not is_list:
            continue
        record = address.split("/")[1]
        page = _text(browser, address)
        orders = [html.unescape(query) for query in dict.fromkeys(_SORTED.findall(page))]
        yield from ((f"{address}?{query}", True) for query in orders)
        yield from ((path, True) for path in _further(browser, address))
        if "pageSize=200" in page:
            yield f"{address}?pageSize=200", True
        yield from ((path, True) for path in _asked(browser, address, page, orders))
        if record == "member":
            yield from ((path, True) for path in _conditioned(browser, address))
        yield from ((path, False) for path in _beyond(browser, record, page))


def _text(browser: httpx.Client, address: str) -> str:
    """A page; none if it takes too long, which is told when it is measured."""
    try:
        return browser.get(address).text
    except httpx.TimeoutException:
        return ""


def _further(browser: httpx.Client, address: str) -> Iterator[str]:
    """The next page of a list, if there is one."""
    yield from _next_of(address, _text(browser, address))[:1]


def _next_of(address: str, page: str) -> list[str]:
    """Where a page says that something on it goes on."""
    found = dict.fromkeys(map(html.unescape, _NEXT.findall(page)))
    return [urljoin(address, each) for each in found]


def _asked(browser: httpx.Client, address: str, page: str, orders: Sequence[str]) -> Iterator[str]:
    """The list by each value of each filter in each order, where it goes on; by all at once."""
    record = address.split("/")[1]
    together = {}
    for one in filters_of(page):
        # Those are asked by hand, alone and together, as the stand has something for each.
        if record == "member" and one.name in _CONDITION_NAMES:
            continue
        values = one.values(record, _looked_up(browser, one))
        for value in values:
            asked = f"{address}?{urlencode({one.name: value})}"
            yield asked
            yield from _further(browser, asked)
            yield from (f"{asked}&{order}" for order in orders if one.kind != "search")
        if values and one.kind != "search":
            together[one.name] = values[0]
    if len(together) > 1:
        yield f"{address}?{urlencode(together)}"


def _looked_up(browser: httpx.Client, one: Filter) -> list[str]:
    """Codes that a field offers to whoever types nothing yet."""
    if not one.offered_at:
        return []
    return [row["code"] for row in browser.get(one.offered_at, params={"term": ""}).json()]


def _conditioned(browser: httpx.Client, address: str) -> Iterator[str]:
    """Members by each condition and order, and where they go on after what was looked at."""
    for asked in _CONDITIONS:
        yield from (f"{address}?{asked}{order}" for order in _ORDERS)
        further = _FURTHER.search(_text(browser, f"{address}?{asked}"))
        if further is not None:
            yield address + html.unescape(further[1])


def _beyond(browser: httpx.Client, record: str, page: str) -> Iterator[str]:
    """The first row's page, and what it leads to of the same record; the form of a new one."""
    linked = re.compile(_LINKED.format(record=record))
    first = linked.search(page)
    if first is not None:
        yield first[1]
        inner = _text(browser, first[1])
        yield from dict.fromkeys(path for path in linked.findall(inner) if path != first[1])
        yield from _next_of(first[1], inner)
    for path in (f"/{record}/create", f"/{record}/new"):
        if f'href="{path}"' in page:
            yield path


def _measured(browser: httpx.Client, path: str, times: int, *, is_list: bool) -> PageTime:
    took_ms = []
    size = 0
    links: tuple[str, ...] = ()
    fault = ""
    for _ in range(times):
        began_s = time.perf_counter()
        try:
            answer = browser.get(path)
        except httpx.TimeoutException:
            fault = f"did not come within {PATIENCE_S:.0f} s"
        else:
            size = len(answer.content)
            links = tuple(dict.fromkeys(map(html.unescape, _HREF.findall(answer.text))))
            if answer.status_code != httpx.codes.OK:
                fault = f"answered {answer.status_code}"
        took_ms.append((time.perf_counter() - began_s) * 1e3)
        if fault or sum(took_ms) > SECONDS_A_PAGE * 1e3:
            break
    return PageTime(path, is_list, size, statistics.median(took_ms), max(took_ms), links, fault)
