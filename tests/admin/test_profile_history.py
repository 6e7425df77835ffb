"""What the history says of profiles: from what to what, sealed, for those who see contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from admin.permissions import Role
from checkout.verifier.verifier import verify
from tests.admin.test_members import ann_of
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of, running_office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.service.office import Browser, Office

OWNER, CLERK = login_of(Role.OWNER), login_of(Role.CALL_CENTRE)
ANNA: Final = {
    "first_name": "Anna",
    "last_name": "Karenina",
    "email": "canary-of-anna@example.org",
    "birth_date": "1990-02-03",
    "gender": "female",
    "social_links": "https://t.me/79005550011",
}
MARIA: Final = ANNA | {
    "first_name": "Maria",
    "patronymic": "<b>of somebody</b>",
    "social_links": "https://t.me/79005550022",
}
#: What of both would name her.
NAMING: Final = ("Anna", "Maria", "Karenina", "canary-of", "1990-02-03", "7900555")


@pytest.fixture
async def sealing(world_dsn: str) -> AsyncIterator[Office]:
    """Pages that have a key to seal values with."""
    async with running_office(world_dsn, sealing_keys=world.SEALING_KEYS) as office:
        yield office


async def change(office: Office, *profiles: dict[str, str]) -> str:
    """A clerk writes down what she is; her key as addresses have it."""
    clerk, key = await office.signed_in(CLERK), await ann_of(office)
    for profile in profiles:
        more = {"reason": "as she said", "request_id": "5" * 32}
        saved = await clerk.edit(f"/member/{key}/profile", profile | more)
        assert saved.status_code == 303, saved.text
    return key


async def page_of(browser: Browser, path: str) -> str:
    """What a page says."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return page.text


def paths_of(key: str) -> tuple[str, str, str]:
    """Where changes stand: the history, the member's page, and the profile as it was."""
    of_member = f"record=member_profile&key={key.partition(';')[2]}"
    return f"/history?{of_member}", f"/member/details/{key}", f"/history/record?{of_member}"


async def test_whoever_sees_contacts_sees_from_what_to_what(sealing: Office) -> None:
    """On the history, on the member's page and in the past; others are told that it changed."""
    key = await change(sealing, ANNA, MARIA)
    history, member, then = paths_of(key)
    owner, clerk = await sealing.signed_in(OWNER), await sealing.signed_in(CLERK)
    for browser, path in ((owner, history), (owner, member), (clerk, member)):
        page = await page_of(browser, path)
        for value in ("Anna", "Maria", "79005550011", "79005550022", "1990-02-03", "as she said"):
            assert value in page, (path, value)
        assert "&lt;b&gt;of somebody" in page
        assert "<b>of" not in page
    page = await page_of(owner, f"{then}&day=2020-01-01")
    assert "Maria" in page, "as it is"
    assert "Anna" not in page, "she was nobody then"
    assert "changed elsewhere" not in page
    first, _ = [entry["seq"] for entry in await sealing.history("member_profile")]
    page = await page_of(owner, f"{then}&seq={first}")
    assert "Anna" in page
    auditor = await sealing.signed_in(login_of(Role.AUDITOR))
    for path in (history, member, then, f"{then}&seq={first}"):
        page = await page_of(auditor, path)
        assert not [one for one in NAMING if one in page], path
        assert path.startswith(then) or (">hidden<" in page and "as she said" in page), path
    page = await page_of(await sealing.signed_in(login_of(Role.ANALYST)), member)
    assert "as she said" not in page, "who reads neither history nor contacts"
    assert not [one for one in NAMING if one in page]


async def test_no_row_of_the_history_names_anybody(sealing: Office) -> None:
    """All rows as texts, and what base64 hides; letters of sealed values are found by nobody."""
    key = await change(sealing, ANNA, MARIA)
    rows = await sealing.database.fetchval(
        "select string_agg(h::text, e'\\n') from admin_history h"
    )
    rows += await sealing.database.fetchval(
        "select string_agg(encode(decode(value ->> 'sealed', 'base64'), 'escape'), e'\\n')"
        " from admin_history h cross join lateral (select value from jsonb_each(h.before)"
        " union all select value from jsonb_each(h.after)) one where h.record = 'member_profile'"
    )
    assert not [one for one in NAMING if one in rows]
    first, second = await sealing.history("member_profile")
    assert first["record_key"] == key.partition(";")[2]
    assert second["after"].count('"sealed"') == 3, "what did not change is not there"
    owner = await sealing.signed_in(OWNER)
    for text in ("sealed", "=", "Karenina"):
        page = (await owner.get("/history", params={"text": text, "record": "member_profile"})).text
        assert "as she said" not in page, text


async def test_without_her_key_nobody_reads_it_and_the_chain_is_whole(sealing: Office) -> None:
    """Erased; what is written of her afterwards has a key of its own."""
    key = await change(sealing, ANNA, MARIA)
    await sealing.database.execute("delete from member_history_key")
    history, member, _ = paths_of(key)
    owner = await sealing.signed_in(OWNER)
    for path in (history, member):
        page = await page_of(owner, path)
        assert ">erased<" in page, path
        assert "Anna" not in page, path
    await change(sealing, MARIA | {"first_name": "Nobody", "last_name": ""})
    page = await page_of(owner, history)
    for value in ("Nobody", "Karenina", ">erased<"):
        assert value in page
    assert "Anna" not in page
    assert await violated(sealing) == set()
    await sealing.database.execute("set session_replication_role = replica")
    await sealing.database.execute(
        "update admin_history set after = jsonb_set(after, '{last_name,sealed}', '\"AAAA\"')"
        " where seq = (select max(seq) from admin_history where record = 'member_profile')"
    )
    assert await violated(sealing) == {"admin_history_is_a_chain"}
    assert "cannot be read" in await page_of(owner, history)


async def violated(office: Office) -> set[str]:
    """Checks of the history that found something."""
    found = {result.name for result in (await verify(office.dsn)).violated}
    return {name for name in found if name.startswith("admin_")}


async def test_without_the_setting_values_are_not_kept(office: Office) -> None:
    """No key is made, and pages say that something was changed."""
    key = await change(office, ANNA)
    (entry,) = await office.history("member_profile")
    assert '"last_name": "…"' in entry["before"]
    assert '"last_name": "…"' in entry["after"]
    assert not await office.database.fetchval("select count(*) from member_history_key")
    owner = await office.signed_in(OWNER)
    for path in paths_of(key)[:2]:
        page = await page_of(owner, path)
        assert "as she said" in page
        assert "First name" in page


async def test_with_another_key_of_the_settings_nothing_is_lost_unseen(
    sealing: Office, world_dsn: str
) -> None:
    """What is there cannot be read; what would not be kept is not saved."""
    key = await change(sealing, ANNA)
    # Staff is there already.
    await sealing.database.execute("update staff set login = 'was-' || login")
    async with running_office(world_dsn, sealing_keys="1:" + "99" * 32) as other:
        page = await page_of(await other.signed_in(OWNER), paths_of(key)[0])
        assert "cannot be read" in page
        clerk = await other.signed_in(CLERK)
        more = {"reason": "as she said", "request_id": "5" * 32}
        refused = await clerk.edit(f"/member/{key}/profile", MARIA | more)
        assert refused.status_code == 400
        assert "CHECKOUT_ADMIN_SEALING_KEYS" in refused.text
    assert len(await sealing.history("member_profile")) == 1


async def test_keys_are_their_partners_and_stay(world_dsn: str) -> None:
    """The role of the pages sees those of one partner, and neither changes nor deletes any."""
    superuser = await asyncpg.connect(world_dsn)
    key: dict[str, Any] = {}
    for partner, partner_id in world.PARTNERS.items():
        key[partner] = await superuser.fetchrow(
            "insert into member_history_key select bucket, member_id, uuidv7(),"
            " decode(repeat('00', 61), 'hex'), decode(repeat('00', 32), 'hex')"
            " from member where partner_id = $1 limit 1 returning *",
            partner_id,
        )
    await superuser.execute("delete from member_history_key where key_id = $1", key["south"][2])
    await superuser.close()
    async with as_admin(world_dsn, "south") as admin:
        assert not await admin.fetch("select * from member_history_key")
    async with as_admin(world_dsn) as admin:
        assert len(await admin.fetch("select * from member_history_key")) == 1
        for statement, values in (
            ("insert into member_history_key values ($1, $2, $3, $4, $5)", key["south"]),
            ("update member_history_key set wrapped = wrapped", ()),
            ("delete from member_history_key", ()),
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with admin.transaction():
                    await admin.execute(statement, *values)
