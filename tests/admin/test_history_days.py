"""Days of the history: right wherever the clock was set back, and found without looking at all."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson
import pytest
from sqlalchemy.dialects import postgresql

from admin.pages import history
from admin.permissions import Role
from checkout.verifier.verifier import verify
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of, store_path

if TYPE_CHECKING:
    from sqlalchemy import Dialect

    from tests.service.office import Browser, Office

ADMINISTRATOR: Final = login_of(Role.ADMINISTRATOR)
DAY: Final = dt.timedelta(days=1)
TODAY: Final = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time.min, dt.UTC)
#: Hours of today at which names were given, in their order: the clock was set back by three days,
#: and then by half a day.
HOURS: Final = (1, 73, 2, 26, 14, 50, 74, 75)
DAYS: Final = [hours // 24 for hours in HOURS]
_POSTGRESQL: Final[Dialect] = postgresql.dialect()  # type: ignore[no-untyped-call]
#: An entry a minute of both partners by turns; half of them, and then the clock was set back by a
#: month.
_ENTRIES: Final = 30_000
_MANY: Final = """
insert into admin_history (seq, at, partner_id, author, record, record_key, action, before, after,
    previous_hash, hash, clock_from)
select $1::bigint + n,
    $2::timestamptz + make_interval(mins => n - n / ($3::integer / 2 + 1) * 43200),
    case when n % 2 = 0 then $4::uuid else $5::uuid end, 'clerk-' || n % 30, 'product', 'sku' || n,
    'changed', '{"name": "What it was called"}', '{"name": "What it is called"}', sha256(''),
    sha256(''), $1::bigint + case when n > $3::integer / 2 then $3::integer / 2 + 1 else 1 end
from generate_series(1, $3::integer) n
"""


async def rename_at(office: Office, browser: Browser, name: str, at: dt.datetime) -> None:
    """Give a chain a name as if the database's clock showed that moment."""
    ahead = "update admin_history_head set at = at + (clock_timestamp() - $1::timestamptz)"
    await office.database.execute(ahead, at)
    fields = {"code": "chain", "name": name}
    answer = await browser.edit(f"/chain/edit/{store_path('chain')}", fields)
    assert answer.status_code == 302, answer.text
    async with office.database.transaction():
        await office.database.execute("set local session_replication_role = replica")
        last = "seq = (select seq from admin_history_head)"
        await office.database.execute(f"update admin_history set at = $1 where {last}", at)
        await office.database.execute(
            "update admin_history h set hash = sha256(previous_hash || admin_history_content(h))"
            f" where {last}"
        )
        await office.database.execute(
            "update admin_history_head head set at = h.at, hash = h.hash from admin_history h"
            " where h.seq = head.seq"
        )


async def rename_at_hours(office: Office, browser: Browser) -> None:
    """A name for each of the hours, "Name 0" and on."""
    for number, hours in enumerate(HOURS):
        await rename_at(office, browser, f"Name {number}", TODAY + dt.timedelta(hours=hours))


async def listed(browser: Browser, **asked: object) -> list[int]:
    """Numbers of the names that are told of, on all pages."""
    found: list[int] = []
    query = {"record": "chain", **{name: str(value) for name, value in asked.items()}}
    page = (await browser.get("/history", params=query)).text
    while True:
        found += [int(number) for number in re.findall(r"<td>Name (\d)</td>\s*</tr>", page)]
        further = re.search(r'rel="next" href="([^"]*)"', page)
        if further is None:
            return found
        page = (await browser.get("/history" + html.unescape(further[1]))).text


async def test_days_are_right_wherever_the_clock_was_set_back(office: Office) -> None:
    """Entries keep the order of their numbers; none is left out, none of another day is listed."""
    browser = await office.signed_in(ADMINISTRATOR)
    await rename_at_hours(office, browser)
    begun = "select count(*) from admin_history where record = 'chain' group by clock_from order by"
    runs = await office.database.fetch(f"{begun} clock_from")
    assert [row[0] for row in runs] == [2, 2, 4]

    def latest(first: int, last: int) -> list[int]:
        return [n for n, day in enumerate(DAYS) if first <= day <= last][::-1]

    days = [(TODAY + day * DAY).date() for day in range(5)]
    for first, since in enumerate(days):
        assert await listed(browser, since=since) == latest(first, 4)
        assert await listed(browser, until=since) == latest(0, first)
        for last, until in enumerate(days[first:], first):
            assert await listed(browser, since=since, until=until) == latest(first, last)


async def test_pages_go_on_where_the_clock_was_set_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By numbers, whether words are looked for in a few entries a page or not."""
    browser = await office.signed_in(ADMINISTRATOR)
    await rename_at_hours(office, browser)
    monkeypatch.setattr(history, "PAGE_ROWS", 2)
    since = TODAY.date()
    assert await listed(browser, since=since) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert await listed(browser, until=since) == [4, 2, 0]
    monkeypatch.setattr(history, "LOOKED_THROUGH", 3)
    assert await listed(browser, since=since, text="name") == [7, 6, 5, 4, 3, 2, 1, 0]
    assert await listed(browser, until=since, text="name") == [4, 2, 0]


async def test_a_record_is_what_the_last_change_of_a_day_made_it(office: Office) -> None:
    """Though one before that was made at a later time, as the clock said."""
    browser = await office.signed_in(ADMINISTRATOR)
    await rename_at_hours(office, browser)
    for day, number in enumerate((4, 4, 5, 7)):
        asked = {"record": "chain", "key": "chain", "day": f"{(TODAY + day * DAY).date()}"}
        page = (await browser.get("/history/record", params=asked)).text
        assert f"Name {number}" in page, day
        assert "changed elsewhere" not in page


async def test_the_verifier_knows_where_the_clock_was_set_back(office: Office) -> None:
    """Where it was, and where that is told of it though it was not."""
    browser = await office.signed_in(ADMINISTRATOR)
    await rename_at_hours(office, browser)

    async def is_a_chain() -> bool:
        violated = {result.name for result in (await verify(office.dsn)).violated}
        return "admin_history_is_a_chain" not in violated

    async def rename(name: str) -> None:
        fields = {"code": "chain", "name": name}
        await browser.edit(f"/chain/edit/{store_path('chain')}", fields)

    await rename("Earlier")
    assert await is_a_chain()
    await office.database.execute("update admin_history_head set at = now() + interval '1 hour'")
    await rename("Not earlier than the one before")
    assert not await is_a_chain()


async def test_days_of_very_many_entries_are_taken_from_indexes(world_dsn: str) -> None:
    """However many there are besides: with the clock set back, each run is asked by itself."""
    connection = await asyncpg.connect(world_dsn)
    begun = TODAY - 60 * DAY
    async with connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        head = await connection.fetchval("select seq from admin_history_head")
        await connection.execute(_MANY, head, begun, _ENTRIES, world.NORTH, world.SOUTH)
    await connection.execute("analyze admin_history")
    pages = await connection.fetchval("select pg_relation_size('admin_history') / 8192")
    await connection.close()
    days = [f"{(begun + number * DAY).date()}" for number in (-30, -15, 0, 5, 40)]
    bounds = [(since, until) for since in ("", *days) for until in ("", *days) if since or until]
    async with as_admin(world_dsn, "north") as admin:
        for since, until in bounds:
            for author in ("", "clerk-2"):
                asked = dict.fromkeys(("record", "key", "author", "action", "before"), "")
                asked |= {"since": since, "until": until, "author": author}
                found = history._found(asked, history._conditions(asked), history.PAGE_ROWS + 1)
                text = found.compile(dialect=_POSTGRESQL, compile_kwargs={"literal_binds": True})
                read = await _pages_read(admin, str(text))
                assert read < pages / 4, (since, until, author, read)


async def _pages_read(admin: asyncpg.Connection[Any], statement: str) -> int:
    """How many pages of the database a statement looks at, what its functions read included."""
    plan = f"explain (analyze, buffers, format json) {statement}"
    # The first time the catalog is read, too.
    await admin.fetchval(plan)
    (told,) = orjson.loads(await admin.fetchval(plan))
    return int(told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"])
