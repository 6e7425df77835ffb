"""Opens every page of somebody who may see all, several times, and tells what each took.

Times are those of a browser on the same machine, from the request to the last byte: what the server
takes and a little more. Pages are found as people find them: in the menu, then by the first rows,
then behind the links of those; a route of which none was found is told as a page that is too slow.
"""

from __future__ import annotations

import html
import re
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from loadtests.pages.routes import Untimed
    from loadtests.pages.stand import PageStand

#: What the pages promise: lists, and any other page, in milliseconds.
LIST_MS: Final = 200.0
PAGE_MS: Final = 300.0
#: Of a path, so that a longer look at a row is measured with each kind of page that leads there.
_MENU: Final = re.compile(r'class="menu-link[^"]*" href="([^"]+)"')
_TOKEN: Final = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
_SORTED: Final = re.compile(r'href="\?([^"]*sortBy=[^"&]+[^"]*)"')
#: Searches that find much, little and nothing.
_TERMS: Final = {
    "member": ("Family1", "Given1", "given77 family77", "Given Family", "+79000000077", "nobody"),
    "identifier": ("0042",),
}
_USUAL_TERMS: Final = ("a", "zzz")
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
#: In the list's other order, and many rows at once.
_ORDERS: Final = ("", "&sortBy=created_at&sort=asc", "&pageSize=200")
#: Where a list of members goes on that was too long for one page.
_FURTHER: Final = re.compile(r'href="(\?[^"]*after=[^"]*page=1)"')
_HREF: Final = re.compile(r'href="(/[^"#]+)')
#: Lists, and what is offered while one types.
_LISTS: Final = ("/list", "/lookup")
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

    @property
    def bound_ms(self) -> float:
        """What it may take."""
        return LIST_MS if self.is_list else PAGE_MS

    @property
    def is_over(self) -> bool:
        """Whether its median is over the bound."""
        return self.p50_ms > self.bound_ms


def page_times(stand: PageStand, times: int, untimed: Untimed) -> Iterator[PageTime]:
    """Each page, as it has been measured; what is untimed at the end was not found.

    Raises:
        RuntimeError: somebody cannot sign in, or a page does not come.
    """
    with httpx.Client(base_url=stand.address, timeout=60, follow_redirects=True) as browser:
        _sign_in(browser, stand)
        yield from timed_pages(browser, times, untimed)


def timed_pages(browser: httpx.Client, times: int, untimed: Untimed) -> Iterator[PageTime]:
    """The same, of somebody who is signed in."""
    for path, is_list in _paths(browser):
        one = _measured(browser, path, times, is_list=is_list)
        untimed.note(path, one.links)
        yield one
    while (address := untimed.next()) is not None:
        is_list = address.partition("?")[0].endswith(_LISTS)
        one = _measured(browser, address, times, is_list=is_list)
        untimed.note(address, one.links)
        yield one


def failures_of(found: Iterable[PageTime], untimed: Untimed) -> list[str]:
    """What fails the measurement: slow pages, and routes without one."""
    slow = [
        f"{one.path} took {one.p50_ms:.0f} ms, at most {one.bound_ms:.0f} are promised"
        for one in found
        if one.is_over
    ]
    return slow + [f"{route} was not timed: no page leads there" for route in untimed.left]


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
        record = address.split("/")[1]
        yield address, address.endswith("/list")
        if not address.endswith("/list"):
            continue
        page = browser.get(address).text
        for query in dict.fromkeys(_SORTED.findall(page)):
            yield f"{address}?{query.replace('&amp;', '&')}", True
        if 'rel="next"' in page:
            yield f"{address}?page=2", True
            yield f"{address}?pageSize=200", True
        if 'type="search"' in page:
            for term in _TERMS.get(record, _USUAL_TERMS):
                yield f"{address}?search={term.replace('+', '%2B')}", True
        if record == "member":
            yield from ((path, True) for path in _filtered(browser, address))
        yield from ((path, False) for path in _beyond(browser, record, page))


def _filtered(browser: httpx.Client, address: str) -> Iterator[str]:
    """The list under each condition and order, and where it goes on after what it looked at."""
    for asked in _CONDITIONS:
        yield from (f"{address}?{asked}{order}" for order in _ORDERS)
        further = _FURTHER.search(browser.get(f"{address}?{asked}").text)
        if further is not None:
            yield address + html.unescape(further[1])


def _beyond(browser: httpx.Client, record: str, page: str) -> Iterator[str]:
    """The first row's page, and what it leads to of the same record; the form of a new one."""
    linked = re.compile(_LINKED.format(record=record))
    first = linked.search(page)
    if first is not None:
        yield first[1]
        inner = browser.get(first[1]).text
        yield from dict.fromkeys(path for path in linked.findall(inner) if path != first[1])
    for path in (f"/{record}/create", f"/{record}/new"):
        if f'href="{path}"' in page:
            yield path


def _measured(browser: httpx.Client, path: str, times: int, *, is_list: bool) -> PageTime:
    took_ms = []
    size = 0
    links: tuple[str, ...] = ()
    for _ in range(times):
        began_s = time.perf_counter()
        answer = browser.get(path)
        took_ms.append((time.perf_counter() - began_s) * 1e3)
        if answer.status_code != httpx.codes.OK:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        size = len(answer.content)
        links = tuple(dict.fromkeys(map(html.unescape, _HREF.findall(answer.text))))
    return PageTime(path, is_list, size, statistics.median(took_ms), max(took_ms), links)


def as_table(found: list[PageTime]) -> str:
    """A line per page, the slowest first."""
    lines = [f"{'page':<100} {'kB':>7} {'p50 ms':>8} {'max ms':>8} {'bound':>6}"]
    for one in sorted(found, key=lambda page: -page.p50_ms / page.bound_ms):
        mark = "  OVER" if one.is_over else ""
        lines.append(
            f"{one.path[:100]:<100} {one.size_bytes / 1e3:>7.1f} {one.p50_ms:>8.1f}"
            f" {one.max_ms:>8.1f} {one.bound_ms:>6.0f}{mark}"
        )
    return "\n".join(lines)
