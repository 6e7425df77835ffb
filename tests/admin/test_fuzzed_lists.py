"""Whatever an address asks of a list - search, filters, order, place - it shows one's own rows.

Hypothesis makes the values; names of filters are those of the forms of the lists themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jinja2 import Template

from admin.pages.office import VIEWS
from admin.permissions import Role
from tests.admin.page_forms import PageForms
from tests.admin.test_access import filled, keys_of
from tests.admin.test_odd_fields import WORDS
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.addresses import routes_of
from tests.service.office import login_of
from tests.walls import part_of, some_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.service.office import Browser, Office

#: Requests of each list, and of each look-up.
EXAMPLES: Final = part_of(5)
#: Refused as a whole: what of it was refused cannot be told.
REFUSED: Final = frozenset({400, 404, 422})
#: Behind the last page the library leads to it: 302.
ANSWERED: Final = frozenset({200, 302, 303, 400, 404, 422})
RENDER: Final = Template.render_async
MARK: Final = "Southern"
#: What says in which order, and where a page begins; look-ups have a term.
PLACES: Final = (
    *("sortBy", "sort", "page", "pageSize", "before", "after", "behind", "term", "older", "sums"),
)
SQL: Final = (
    *("' or 1=1 --", "'; drop table member; --", "\\' or \\'1\\'=\\'1", "1) or (1=1", "%", "_"),
    *("' union select password_hash from staff --", "x' || pg_sleep(9) || '", "$1", ":search"),
    *("%(search)s", "{0}", "\\", '"', "null", "--", "/*", "name desc; select 1", "staff.login"),
)
COLUMNS: Final = (
    *("partner_id", "password_hash", "token_hash", "name", "code", "created_at", "member_id"),
    *("asc", "desc", "ctid", "xmin", "__class__", "metadata", "facts"),
)
#: As addresses have them, the parameter as @: bytes that are no text, quotes, endless numbers,
#: several values and lists, SQL, places that no list has, what is very long or cannot be seen.
HOSTILE: Final = (
    "%FF%FE%80%ED%A0%80",
    "%27%22%60%3B%5C",
    "9" * 400,
    "1e400",
    "%D9%A3%C2%B2",
    "1&@=2&@%5B%5D=3&@%5Ba%5D=4",
    "1%29+or+pg_sleep%289%29+is+null+--",
    "%25s%25%28x%29s%7B0%7D%7B%7B7%2A7%7D%7D",
    "x" * 7_000,
    "%E2%80%AE%E2%81%A6abc%EF%BB%BF%E2%80%8B",
    "0001-01-01T00%3A00%3A00%2B14%3A00%3B00000000-0000-0000-0000-000000000000",
)
VALUES: Final = st.one_of(
    st.sampled_from(SQL),
    st.sampled_from(COLUMNS),
    st.text(st.characters(exclude_characters="\0"), max_size=30),
    st.integers(-(10**25), 10**25).map(str),
    st.sampled_from([str(world.SOUTH), f"{world.SOUTH};s1", MARK]),
)


def asked_of(names: Sequence[str]) -> list[dict[str, str]]:
    """Queries of a list that has these parameters; the same ones in each run."""
    found: list[dict[str, str]] = []

    @settings(
        max_examples=EXAMPLES,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.dictionaries(st.sampled_from(names), VALUES, min_size=1, max_size=4))
    def make(query: dict[str, str]) -> None:
        found.append(query)

    make()
    return found


async def put_marks(office: Office) -> set[str]:
    """Names of South that no page of North may have; and its ids."""
    named = await office.database.fetch(
        "select table_name from information_schema.columns join information_schema.tables"
        " using (table_schema, table_name) where table_schema = 'public' and column_name in"
        " ('partner_id', 'name') and table_type = 'BASE TABLE' group by 1 having count(*) = 2"
    )
    for (table,) in named:
        await office.database.execute(
            f"update {table} set name = '{MARK} ' || name where partner_id = $1", world.SOUTH
        )
    ids = await office.database.fetch(
        "select member_id::text from member where partner_id = $1"
        " union all select staff_id::text from staff where partner_id = $1"
        " union all select terminal_id::text from terminal where partner_id = $1"
        " union all select receipt_id::text from receipt where selling_partner_id = $1"
        " union all select job_id::text from admin_job where partner_id = $1",
        world.SOUTH,
    )
    assert len(ids) >= 5
    return {f"{MARK} ", f"{world.SOUTH};", *(row[0] for row in ids)}


async def parameters_of(browser: Browser, address: str) -> list[str]:
    """What the forms of a list ask for, and what places it."""
    page = await browser.get(address)
    forms = (
        PageForms(address, page.text).found if "text/html" in page.headers["content-type"] else ()
    )
    names = [name for form in forms if not form.is_posted for name in form.fields]
    return list(dict.fromkeys((*names, *PLACES)))


def lists_of(office: Office, keys: dict[str, str]) -> list[str]:
    """Where lists, look-ups and the history are."""
    found = [
        filled(path, keys)
        for method, path in routes_of(office.app)
        if method == "GET"
        and (path.endswith(("/list", "/lookup", "/history")) or path.startswith("/offered/"))
    ]
    assert len(found) > 40
    return found


@pytest.mark.wall
async def test_no_query_shows_more_than_ones_own(office: Office) -> None:
    """Nothing of the other partner, no more rows than there are, no fault of ours, no SQL."""
    keys = (await keys_of(office))["north"]
    theirs = await put_marks(office)
    browser = await office.signed_in(login_of(Role.OWNER))
    own: dict[str, Any] = {}
    async with as_admin(office.dsn) as admin:
        for view in VIEWS:
            model: Any = view.model
            own[f"/{view.identity}/list"] = await admin.fetchval(
                f"select count(*) from {model.__mapper__.local_table.name}"
            )
    faults = []
    for address in lists_of(office, keys):
        for query in asked_of(await parameters_of(browser, address)):
            # A number that names a place in another partner's rows is as good as any.
            answer = await browser.get(address, params=query)
            # What was asked for is shown in the form again.
            page = answer.text.partition("<table")[2] if MARK in str(query) else answer.text
            shown = [text for text in theirs if text in page and text not in str(query)]
            inside = [word for word in ("asyncpg", "SELECT ", "Traceback") if word in answer.text]
            rows = page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
            is_more = rows > own.get(address, rows)
            if answer.status_code not in ANSWERED or shown or inside or is_more:
                faults.append((address, query, answer.status_code, shown, inside, rows))
    assert not faults, "\n".join(map(str, faults))
    assert await office.database.fetchval("select count(*) from member") >= 5


def by_turns(names: Sequence[str]) -> Iterator[list[tuple[str, str]]]:
    """Pairs of queries: each parameter has each hostile value once, of a part one in five."""
    for turn in some_of(range(len(HOSTILE))):
        yield [(name, HOSTILE[(turn + place) % len(HOSTILE)]) for place, name in enumerate(names)]


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """As addresses have it."""
    named = [(quote(name), value) for name, value in pairs]
    return "&".join(f"{name}={value.replace('@', name)}" for name, value in named)


def kind_of(address: str) -> str:
    """Lists of records are read by the same code, and so are look-ups; others each by its own."""
    record = address.split("/")[1]
    if address.endswith("/lookup"):
        return "lookup"
    return "record" if record in {view.identity for view in VIEWS} else address


async def told(self: Template, *args: Any, **context: Any) -> str:
    """Instead of a page what its template is told in texts; faults have their page."""
    if self.name == "error.html":
        return await RENDER(self, *args, **context)
    given: dict[str, Any] = dict(*args, **context)
    return " ".join(value for value in given.values() if isinstance(value, str))


@pytest.mark.wall
async def test_every_parameter_takes_every_hostile_value(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is refused among others is asked for by itself, so that none hides another."""
    keys = (await keys_of(office))["north"]
    browser = await office.signed_in(login_of(Role.OWNER))
    lists = {address: await parameters_of(browser, address) for address in lists_of(office, keys)}
    # Thousands of pages are not drawn: what refuses a value, or fails by it, comes before.
    monkeypatch.setattr(Template, "render_async", told)
    faults: list[object] = []
    asked: set[tuple[str, str, str]] = set()
    for address, names in lists.items():
        kind = kind_of(address)
        for pairs in by_turns(names):
            if asked.issuperset((kind, *pair) for pair in pairs):
                continue
            answer = await browser.get(f"{address}?{query(pairs)}")
            sent = [(pairs, answer)]
            if answer.status_code in REFUSED:
                alone = [pair for pair in pairs if (kind, *pair) not in asked]
                sent += [
                    ([pair], await browser.get(f"{address}?{query([pair])}")) for pair in alone
                ]
            asked |= {(kind, *pair) for pair in pairs}
            faults += [
                (address, query(pairs)[:200], answer.status_code)
                for pairs, answer in sent
                if answer.status_code not in ANSWERED or any(word in answer.text for word in WORDS)
            ]
    assert not faults, "\n".join(map(str, faults[:20]))
    assert len(asked) > part_of(100 * len(HOSTILE))


async def test_a_zero_byte_is_refused_wherever_it_stands(office: Office) -> None:
    """Before any page looks at it, in a value or a name, in our words."""
    browser = await office.signed_in(login_of(Role.OWNER))
    for name in (*await parameters_of(browser, "/member/list"), "%00", "x%00"):
        answer = await browser.get(f"/member/list?{name}=a%00b")
        assert answer.status_code == 400, name
        assert not [word for word in WORDS if word in answer.text], name
