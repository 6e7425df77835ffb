"""The history: written with every change, by the database itself, chained, and searched."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqladmin.authorization import Action

from admin.pages import history
from admin.pages.history import RECORDS
from admin.pages.office import VIEWS, permission_of
from admin.permissions import MATRIX, Role
from checkout.verifier.verifier import verify
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, SOUTH_ADMINISTRATOR, login_of, store_path

if TYPE_CHECKING:
    from tests.service.office import Office

ADMINISTRATOR = login_of(Role.ADMINISTRATOR)
DAY = dt.timedelta(days=1)
TODAY = dt.datetime.now(dt.UTC).date()
STORE = {
    "code": "s1",
    "name": "Shop s1",
    "chain_code": "chain",
    "program_code": "main",
    "address": "",
    "format": "",
    "region": "",
    "time_zone": "UTC",
}


async def test_a_change_is_written_with_author_values_and_reason(office: Office) -> None:
    """What changed, and only that, with what it was; the rest of the row is not repeated."""
    browser = await office.signed_in(ADMINISTRATOR)
    change = STORE | {"name": "Big shop", "reason": "a new sign"}
    answer = await browser.edit(f"/store/edit/{store_path('s1')}", change)
    assert answer.status_code == 302, answer.text
    (entry,) = await office.history("store")
    assert entry["author"] == ADMINISTRATOR
    assert entry["partner_id"] == world.NORTH
    assert (entry["record_key"], entry["action"]) == ("s1", "changed")
    assert entry["before"] == '{"name": "Shop s1"}'
    assert entry["after"] == '{"name": "Big shop"}'
    assert entry["reason"] == "a new sign"


async def test_a_refused_change_leaves_no_history(office: Office) -> None:
    """What is not written is not told: both are one transaction."""
    browser = await office.signed_in(ADMINISTRATOR)
    change = STORE | {"chain_code": "no-such-chain"}
    answer = await browser.edit(f"/store/edit/{store_path('s1')}", change)
    assert answer.status_code == 400
    assert await office.history("store") == []


async def test_saving_without_a_change_leaves_no_history(office: Office) -> None:
    """A form that was opened and saved changes nothing."""
    browser = await office.signed_in(ADMINISTRATOR)
    assert (await browser.edit(f"/store/edit/{store_path('s1')}", STORE)).status_code == 302
    assert await office.history("store") == []


async def test_plain_sql_of_the_role_is_written_too(world_dsn: str) -> None:
    """Going around the pages does not go around the history; without an author nothing is done."""
    async with as_admin(world_dsn) as admin:
        await admin.execute("update product set brand = 'x' where sku in ('apple', 'bread')")
        rows = await admin.fetch(
            "select record_key, author, after from admin_history where author = 'tester' order by 1"
        )
        assert [tuple(row) for row in rows] == [
            ("apple", "tester", '{"brand": "x"}'),
            ("bread", "tester", '{"brand": "x"}'),
        ]
    async with as_admin(world_dsn, author="") as admin:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="without an author"):
            await admin.execute("update product set brand = 'x'")


async def test_every_table_that_the_role_writes_has_its_trigger(world_dsn: str) -> None:
    """A table that gets a right to be written and no trigger fails here."""
    own = {"staff_session", "staff_list", "sign_in_failure", "directory_version"}
    # Made with the first value that it seals, which the history tells.
    own |= {"member_history_key"}
    connection = await asyncpg.connect(world_dsn)
    written = await connection.fetch(
        "select distinct table_name from information_schema.role_column_grants"
        " where grantee = 'checkout_admin' and privilege_type in ('INSERT', 'UPDATE', 'DELETE')"
    )
    triggered = await connection.fetch(
        "select distinct event_object_table from information_schema.triggers"
        " where trigger_name = 'admin_changed'"
    )
    await connection.close()
    assert {row[0] for row in written} - own == {row[0] for row in triggered}
    assert {row[0] for row in triggered} <= {*RECORDS}, "can be asked for on the page"


async def test_secrets_are_not_in_the_history(office: Office) -> None:
    """A token was made, a link was made: when, by whom, and nothing that opens anything."""
    browser = await office.signed_in(ADMINISTRATOR)
    terminal_id = await office.database.fetchval(
        "select terminal_id from terminal where partner_id = $1 limit 1", world.NORTH
    )
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", login_of(Role.MARKETER)
    )
    await browser.post(f"/terminal/{terminal_id}/token", {"reason": "lost"})
    await browser.post(f"/staff/{staff_id}/link")
    for record, partner in (("terminal_token", world.NORTH), ("staff_link", world.NORTH)):
        (entry,) = await office.history(record)
        assert entry["partner_id"] == partner
        assert '"token_hash": "…"' in entry["after"]


async def test_the_verifier_follows_the_chain(office: Office) -> None:
    """It is whole after changes, and a change of an entry breaks it."""
    browser = await office.signed_in(ADMINISTRATOR)
    for name in ("A", "B"):
        await browser.edit(f"/chain/edit/{store_path('chain')}", {"code": "chain", "name": name})
    assert not _violated(await verify(office.dsn))
    await office.database.execute("alter table admin_history disable trigger all")
    await office.database.execute("update admin_history set author = 'somebody' where seq = 2")
    assert _violated(await verify(office.dsn)) == {"admin_history_is_a_chain"}


async def test_concurrent_changes_make_one_chain(world_dsn: str) -> None:
    """Two transactions at once: the second waits for the first, and no number is used twice."""
    async with as_admin(world_dsn) as first, as_admin(world_dsn, "south") as second:
        await first.execute("update chain set name = 'first'")
        await second.execute("set local lock_timeout = '100ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await second.execute("update chain set name = 'second'")


async def test_the_history_is_searched(office: Office) -> None:
    """By record, code, author, event, day, and words of values and reasons; one partner's."""
    browser = await office.signed_in(ADMINISTRATOR)
    await browser.edit(
        f"/store/edit/{store_path('s1')}", STORE | {"name": "Big", "reason": "the sign fell off"}
    )
    await browser.edit(f"/chain/edit/{store_path('chain')}", {"code": "chain", "name": "<b>C</b>"})
    for query, found in (
        ("record=store", ["Big"]),
        ("record=chain", ["&lt;b&gt;C&lt;/b&gt;"]),
        ("text=fell+off", ["Big"]),
        ("key=s1&action=changed", ["Big"]),
        (f"author={ADMINISTRATOR}&action=signed_in", ["127.0.0.1"]),
        ("since=2020-01-01&until=2020-01-02", ["Nothing found"]),
        (f"since={TODAY}&until={TODAY + DAY}&record=store", ["Big"]),
        (f"since={TODAY + 2 * DAY}", ["Nothing found"]),
        ("text=%25", ["Nothing found"]),
    ):
        page = (await browser.get(f"/history?{query}")).text
        assert all(text in page for text in found), query
    other = await office.signed_in("south-administrator")
    assert "Big" not in (await other.get("/history")).text
    assert (
        await (await office.signed_in(login_of(Role.MARKETER))).get("/history")
    ).status_code == 403


async def test_exports_are_told_in_words_and_asked_for(office: Office) -> None:
    """Of every list: by the name that its changes have, with what was asked of it."""
    browser = await office.signed_in(ADMINISTRATOR)
    exported = [view for view in VIEWS if permission_of(view.identity, Action.EXPORT) in MATRIX]
    assert {view.identity.replace("-", "_") for view in exported} <= {*RECORDS}
    for asked in (
        "member-list/export/csv?search=guests&sortBy=code&sort=desc",
        "member/export/csv?gender=female",
    ):
        assert (await browser.post(f"/{asked}")).status_code == 200
    for query, told in (
        ("member_list", "Search: guests, Order: descending, Sorted by: Code"),
        ("member", "Gender: female"),
    ):
        page = (await browser.get(f"/history?action=exported&record={query}")).text
        assert page.count("<article") == 1, query
        assert told in page


def _violated(report: object) -> set[str]:
    return {
        result.name
        for result in report.violated  # type: ignore[attr-defined]
        if result.name.startswith("admin_")
    }


async def test_a_record_is_shown_as_it_was(office: Office) -> None:
    """After a change, before it, before it was made; a loader and a forger are told of."""
    browser = await office.signed_in(ADMINISTRATOR)
    for name in ("First <b>name</b>", "Second name"):
        await browser.edit(f"/store/edit/{store_path('s1')}", STORE | {"name": name})
    made = STORE | {"code": "s9", "name": "Made today"}
    assert (await browser.edit("/store/create", made)).status_code == 302
    first, second, created = [entry["seq"] for entry in await office.history("store")]

    async def then(key: str, **asked: object) -> str:
        query = {"record": "store", "key": key, **{n: str(v) for n, v in asked.items()}}
        answer = await browser.get("/history/record", params=query)
        assert answer.status_code == 200, answer.text
        return answer.text

    assert "First &lt;b&gt;name" in await then("s1", seq=first)
    assert "First" not in await then("s1", seq=second)
    assert "Shop s1" in await then("s1", seq=first - 1)
    assert "Shop s1" in await then("s1", day="2020-01-01")
    assert "Second name" in await then("s1", day="2999-01-01")
    assert "no such record then" in await then("s9", seq=created - 1)
    assert "Made today" in await then("s9", seq=created)
    for nothing in (
        {"key": "s1"},
        {"record": "store", "key": "none"},
        {"record": "campaign_version", "key": f"x/{10**12}"},
        {"record": "pg_class"},
    ):
        assert (await browser.get("/history/record", params=nothing)).status_code == 404
    south = await office.signed_in(SOUTH_ADMINISTRATOR)
    query = {"record": "store", "key": "s9", "seq": created}
    assert (await south.get("/history/record", params=query)).status_code == 404

    await office.database.execute("update store set name = 'By a loader' where code = 's1'")
    page = await then("s1", seq=first)
    assert "changed elsewhere" in page
    assert "First &lt;b&gt;name" in page
    assert "does not fit its hashes" not in page
    async with office.database.transaction():
        await office.database.execute("set local session_replication_role = replica")
        await office.database.execute(
            """update admin_history set before = '{"name": "Forged"}' where seq = $1""", second
        )
    assert "does not fit its hashes" in await then("s1", seq=first)


async def test_secrets_are_in_no_past(office: Office) -> None:
    """Neither what stands for passwords and tokens, nor names of members."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    for record, key in (("staff", ADMINISTRATOR), ("member_profile", await a_member(office))):
        page = await browser.get("/history/record", params={"record": record, "key": key})
        assert page.status_code == 200, record
        assert "argon2" not in page.text
        assert "does not keep" in page.text
        assert "Ivanova" not in page.text


async def a_member(office: Office) -> str:
    """Somebody with a name."""
    member_id = await office.database.fetchval(
        "update member_profile set last_name = 'Ivanova' where member_id = (select member_id from"
        " member where partner_id = $1 order by 1 limit 1) returning member_id",
        world.NORTH,
    )
    return str(member_id)


async def test_words_are_looked_for_as_far_as_a_page_has_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In so many entries; the page says so, and the next one goes on where it stopped."""
    browser = await office.signed_in(ADMINISTRATOR)
    for name in ("Rare", "B", "C", "D"):
        await browser.edit(f"/chain/edit/{store_path('chain')}", {"code": "chain", "name": name})
    monkeypatch.setattr(history, "LOOKED_THROUGH", 2)
    page = (await browser.get("/history?record=chain&text=rare")).text
    assert "Nothing found" in page
    assert "looked through for these words: 2." in page
    further = re.search(r'rel="next" href="([^"]*)"', page)
    assert further is not None
    page = (await browser.get("/history" + further[1].replace("&amp;", "&"))).text
    assert page.count('<article class="entry"') == 2, "what became Rare, and what was"
    assert "looked through" not in page
    assert 'rel="next"' not in page
