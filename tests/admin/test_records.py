"""Records: made, changed, found, sorted, filtered, exported; refused in words."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from typing import TYPE_CHECKING

import orjson
import pytest

from admin.permissions import Role
from admin.records.export import cell
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of, store_path
from tests.service.running import running_service, wait_until

if TYPE_CHECKING:
    from tests.service.office import Browser, Office

ADMINISTRATOR = login_of(Role.ADMINISTRATOR)
STORE = {
    "code": "s9",
    "name": "Shop nine",
    "chain_code": "chain",
    "program_code": "main",
    "address": "1 Main Street",
    "format": "super",
    "region": "east",
    "time_zone": "Europe/Moscow",
}


@pytest.fixture
async def administrator(office: Office) -> Browser:
    return await office.signed_in(ADMINISTRATOR)


async def test_a_store_is_made_found_changed_and_exported(
    office: Office, administrator: Browser
) -> None:
    """The whole life of a record, of the partner on whose rows one works."""
    made = await administrator.post("/store/create", STORE)
    assert made.status_code == 302
    assert made.headers["location"] == f"/store/details/{store_path('s9')}"
    row = await office.database.fetchrow("select * from store where code = 's9'")
    assert row["partner_id"] == world.NORTH
    assert {name: row[name] for name in STORE} == STORE
    page = (await administrator.get("/store/list?search=nine&chain_code=chain")).text
    assert "Shop nine" in page
    assert "Shop s1" not in page
    file = '<form method="post" action="/store/export/csv?search=nine&amp;chain_code=chain"'
    assert file in page
    changed = await administrator.edit(
        f"/store/edit/{store_path('s9')}", STORE | {"name": "Shop 9", "code": "other"}
    )
    assert changed.status_code == 302
    assert (await administrator.get(f"/store/details/{store_path('s9')}")).status_code == 200
    exported = await administrator.post("/store/export/csv?search=Shop&sortBy=code&sort=desc")
    lines = list(csv.reader(io.StringIO(exported.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["code", "s9", "s2", "s1"]
    (note,) = [e for e in await office.history("store") if e["action"] == "exported"]
    assert orjson.loads(note["after"])["search"] == "Shop"


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/store/create", STORE | {"chain_code": "none"}, "There is no such chain."),
        ("/store/create", STORE | {"code": "s1"}, "There is a store with this code."),
        ("/store/create", STORE | {"time_zone": "Mars/Base"}, "Mars/Base is not a time zone"),
        ("/store/create", STORE | {"code": "with blank"}, "No blanks"),
        ("/store/create", STORE | {"name": ""}, "This field is required"),
        ("/store/create", STORE | {"name": "x" * 129}, "longer than 128"),
        ("/store/create", STORE | {"name": "line\u0007"}, "a sign that cannot be seen"),
        ("/category/create", {"code": "a", "name": "A", "parent_code": "a"}, "inside itself"),
        ("/category/create", {"code": "a", "name": "A", "parent_code": "x"}, "no category x"),
        ("/product/create", {"sku": "p", "name": "P", "category_code": "x"}, "no category x"),
        ("/product/create", {"sku": "p", "name": "P", "flags": "drugs"}, "Not known: drugs"),
        ("/product/create", {"sku": "p", "name": "P", "tags": "t," * 60}, ""),
        ("/terminal/create", {"store_code": "s7", "code": "t", "kind": "till"}, "no such store"),
        ("/terminal/create", {"store_code": "s1", "code": "t", "kind": "tank"}, "Not a valid"),
        ("/program/create", {"code": "p", "document": "{"}, "Line 1: this is not JSON"),
        ("/program/create", {"code": "p", "document": "[]"}, "not a JSON object"),
        ("/program/create", {"code": "p", "document": '{"code": "q"}'}, "must be p"),
        ("/program/create", {"code": "p", "document": '{"code": "p"}'}, "Line 1, name: "),
        ("/staff/create", {"login": "Ann Lee", "name": "x", "role": "analyst"}, "No blanks"),
        ("/staff/create", {"login": "x!", "name": "x", "role": "analyst"}, "small Latin"),
        ("/staff/create", {"login": ADMINISTRATOR, "name": "x", "role": "analyst"}, "is taken"),
        ("/staff/create", {"login": "new", "name": "x", "role": "owner"}, "may do more"),
        ("/staff/create", {"login": "new", "name": "x", "role": "king"}, "Not a valid"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    office: Office, administrator: Browser, path: str, fields: dict[str, str], said: str
) -> None:
    """The form comes back with what was typed and the reason; nothing is written."""
    before = await office.database.fetchval("select count(*) from admin_history")
    answer = await administrator.post(path, fields)
    if not said:
        assert answer.status_code == 302  # one word, said sixty times, is one word
        return
    assert answer.status_code == 400
    assert said in answer.text
    for word in ("asyncpg", "IntegrityError", "constraint"):
        assert word not in answer.text
    assert await office.database.fetchval("select count(*) from admin_history") == before


async def test_of_two_who_change_a_record_the_second_loses_nothing(
    office: Office, administrator: Browser
) -> None:
    """The second is told, keeps what was typed, and the first one's change stands."""
    path = f"/chain/edit/{store_path('chain')}"
    page = (await administrator.get(path)).text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    assert (await administrator.edit(path, {"code": "chain", "name": "First"})).status_code == 302
    second = await administrator.post(path, {"code": "chain", "name": "Second", "seen": seen})
    assert second.status_code == 400
    assert "somebody changed this record" in second.text
    assert 'value="Second"' in second.text
    assert (
        await office.database.fetchval("select name from chain where partner_id = $1", world.NORTH)
        == "First"
    )


async def test_two_at_the_same_moment_do_not_both_win(
    office: Office, administrator: Browser
) -> None:
    """The row is locked while it is compared: one of two equal forms is refused."""
    path = f"/chain/edit/{store_path('chain')}"
    page = (await administrator.get(path)).text
    seen = page.split('name="seen" type="hidden" value="')[1].split('"')[0]
    token = await administrator.form_token()
    answers = await asyncio.gather(
        *(
            administrator.post(path, {"code": "chain", "name": name, "seen": seen}, token=token)
            for name in ("First", "Second")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [302, 400]
    assert len(await office.history("chain")) == 1


async def test_a_token_works_at_the_till_until_it_is_revoked(
    office: Office, redis_url: str, administrator: Browser
) -> None:
    """Shown once, two live at most, the service takes both, and soon refuses a revoked one."""
    terminal_id = await office.database.fetchval(
        "select terminal_id from terminal where partner_id = $1 and store_code = 's1'"
        " and code = 't1'",
        world.NORTH,
    )
    async with running_service(office.dsn, redis_url) as service:
        shown = await administrator.post(f"/terminal/{terminal_id}/token", {"reason": "new till"})
        token = shown.text.split('id="secret">')[1].split("<")[0]
        third = await administrator.post(f"/terminal/{terminal_id}/token")
        assert third.status_code == 400
        assert token not in (await administrator.get(f"/terminal/details/{terminal_id}")).text
        till = service.till(token)

        async def works() -> bool:
            try:
                await till.identify(card=world.CARD)
            except Exception:  # noqa: BLE001 - whichever way it is refused
                return False
            return True

        async def is_refused() -> bool:
            return not await works()

        await wait_until(works, within_s=10, what="the new token")

        async def is_seen() -> bool:
            page = (await administrator.get(f"/terminal/details/{terminal_id}")).text
            assert page.count("not used yet") + page.count("last used") == 2
            return "last used" in page

        await wait_until(is_seen, within_s=10, what="the use of the new token")
        page = (await administrator.get(f"/terminal/details/{terminal_id}")).text
        fingerprints = [part.split('"')[0] for part in page.split('name="fingerprint" value="')[1:]]
        assert len(fingerprints) == 2
        revoked = await administrator.post(
            f"/terminal/{terminal_id}/revoke", {"fingerprint": fingerprints[1]}
        )
        assert revoked.status_code == 303
        await wait_until(is_refused, within_s=10, what="the end of the revoked token")
        assert (await service.till().identify(card=world.CARD)).member_id


async def test_staff_is_made_without_a_password_and_of_ones_partner(
    office: Office, administrator: Browser
) -> None:
    """An administrator of a partner makes people of that partner, and none of the installation."""
    new = {"login": "clara", "name": "Clara", "role": "call_centre"}
    assert (await administrator.post("/staff/create", new)).status_code == 302
    row = await office.database.fetchrow("select * from staff where login = 'clara'")
    assert (row["partner_id"], row["password_hash"]) == (world.NORTH, "")
    beyond = new | {"login": "dora", "of_installation": "y"}
    assert (await administrator.post("/staff/create", beyond)).status_code == 400
    owner = await office.signed_in(INSTALLATION_OWNER)
    assert (await owner.post("/staff/create", beyond)).status_code == 302
    assert await office.database.fetchval("select partner_id from staff where login='dora'") is None


async def test_nobody_gives_themselves_another_role(office: Office, administrator: Browser) -> None:
    """Neither one's own role, nor that of somebody who may do more."""
    for login, role in ((ADMINISTRATOR, "owner"), (ADMINISTRATOR, "marketer")):
        staff_id = await office.database.fetchval(
            "select staff_id from staff where login = $1", login
        )
        fields = {"login": login, "name": "x", "role": role}
        answer = await administrator.edit(f"/staff/edit/{staff_id}", fields)
        assert answer.status_code == 400, role
    owner_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", login_of(Role.OWNER)
    )
    fields = {"login": login_of(Role.OWNER), "name": "x", "role": "marketer"}
    assert (await administrator.edit(f"/staff/edit/{owner_id}", fields)).status_code == 400


async def test_who_is_blocked_is_out_at_once(office: Office, administrator: Browser) -> None:
    """Blocking somebody ends their sessions with the same change."""
    marketer = await office.signed_in(login_of(Role.MARKETER))
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", login_of(Role.MARKETER)
    )
    fields = {"login": login_of(Role.MARKETER), "name": "x", "role": "marketer", "is_blocked": "y"}
    assert (await administrator.edit(f"/staff/edit/{staff_id}", fields)).status_code == 302
    assert (await marketer.get("/")).status_code == 303


async def test_members_are_found_by_whom_they_may_be_seen(office: Office) -> None:
    """The call centre finds by phone and sees names; an analyst does neither, in no way."""
    await office.database.execute(
        "update member_profile set first_name = 'Zinaida', last_name = 'Zimina',"
        " phone = '+79990001122' where member_id = (select member_id from member"
        " where partner_id = $1 order by member_id limit 1)",
        world.NORTH,
    )
    call_centre = await office.signed_in(login_of(Role.CALL_CENTRE))
    analyst = await office.signed_in(login_of(Role.ANALYST))
    page = ""
    for search in ("%2B79990001122", "zimi"):
        page = (await call_centre.get(f"/member/list?search={search}")).text
        assert page.count("/member/details/") == 1, search
        hidden = (await analyst.get(f"/member/list?search={search}")).text
        assert "/member/details/" not in hidden
    address = page.split('href="/member/details/')[1].split('"')[0]
    assert "Zinaida" in (await call_centre.get(f"/member/details/{address}")).text
    seen = (await analyst.get(f"/member/details/{address}")).text
    assert "Zinaida" not in seen
    assert "79990001122" not in seen


async def test_references_are_offered_as_one_types(administrator: Browser) -> None:
    """Codes and names of one's own partner, a few at a time."""
    offered = (await administrator.get("/store/lookup?term=s")).json()
    assert offered == [{"code": "s1", "name": "Shop s1"}, {"code": "s2", "name": "Shop s2"}]
    assert (await administrator.get("/category/lookup?term=%25")).json() == []


async def test_an_installation_without_anything_says_what_to_do_first(office: Office) -> None:
    """Empty lists have a sentence of their own, and a search that finds nothing another."""
    await office.database.execute(
        "insert into partner (code, name, currency_code) values ('empty', 'Empty', 'RUB')"
    )
    empty = await office.database.fetchval("select partner_id from partner where code = 'empty'")
    owner = await office.signed_in(INSTALLATION_OWNER)
    assert (await owner.post("/account/partner", {"partner_id": str(empty)})).status_code == 303
    assert "Add a chain and a program first" in (await owner.get("/store/list")).text
    assert "Nothing found" in (await owner.get("/store/list?search=x")).text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("+7", "'+7"),
        ("-x", "'-x"),
        ("\t=1", "'\t=1"),
        (-5, "-5"),
        (None, ""),
        (["=a", "b"], "'=a, b"),
        ("plain", "plain"),
    ],
)
def test_a_spreadsheet_computes_nothing_of_an_export(value: object, shown: str) -> None:
    """Texts that would be formulas are texts; numbers stay numbers."""
    assert cell(value) == shown


async def test_columns_are_kept_as_each_person_chose_them(office: Office) -> None:
    """In the list and in the export, for them alone, until they want the usual ones again."""
    browser = await office.signed_in(ADMINISTRATOR)
    other = await office.signed_in(login_of(Role.OWNER))

    async def heads(who: Browser) -> list[str]:
        page = (await who.get("/store/list")).text
        cells: list[str] = re.findall(r'<td data-label="([^"]+)"', page)
        return list(dict.fromkeys(cells))

    usual = await heads(browser)
    columns = "&".join(f"column={name}" for name in ("time_zone", "address", "no-such", "settings"))
    sent = await browser.client.post(
        "/account/columns/store",
        content=f"form_token={await browser.form_token()}&{columns}",
        headers={
            "origin": browser.origin,
            "sec-fetch-site": "same-origin",
            "content-type": "application/x-www-form-urlencoded",
        },
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/store/list")
    chosen = await heads(browser)
    assert len(chosen) == 3 != len(usual)
    assert chosen[0] == usual[0]
    again = await office.signed_in(ADMINISTRATOR)
    assert await heads(again) == chosen
    assert await heads(other) == usual
    head, *_ = (await again.post("/store/export/csv")).text.splitlines()
    assert head.count(",") == 2
    assert (await browser.post("/account/columns/store", {"usual": "1"})).status_code == 303
    assert await heads(browser) == usual


async def test_products_have_their_attributes_and_are_listed_by_what_they_are(
    office: Office, administrator: Browser
) -> None:
    """Attributes are edited, shown and exported; brand, supplier and flag narrow the list."""
    product = {
        "sku": "wine",
        "name": "Red wine",
        "brand": "Alpha",
        "supplier": "Farm",
        "flags": "alcohol",
        "attributes": "origin = Kuban\n\n colour=red \ngrade = a=b",
    }
    assert (await administrator.post("/product/create", product)).status_code == 302
    held = await office.database.fetchval("select attributes from product where sku = 'wine'")
    assert orjson.loads(held) == {"origin": "Kuban", "colour": "red", "grade": "a=b"}
    form = (await administrator.get(f"/product/edit/{store_path('wine')}")).text
    assert "colour = red\ngrade = a=b\norigin = Kuban" in form
    assert (
        "origin = Kuban" in (await administrator.get(f"/product/details/{store_path('wine')}")).text
    )
    exported = await administrator.post("/product/export/csv?search=wine")
    head, row = csv.reader(io.StringIO(exported.content.decode("utf-8-sig")))
    assert row[head.index("attributes")] == "colour = red, grade = a=b, origin = Kuban"
    for asked in ("brand=Alpha", "supplier=Farm", "flags=alcohol"):
        page = (await administrator.get(f"/product/list?{asked}")).text
        assert "Red wine" in page, asked
        assert "/product/details/" + store_path("apple") not in page, asked
        assert 'data-lookup="/offered/brands"' in page
    assert "Nothing found" in (await administrator.get("/product/list?flags=tobacco")).text
    for wrong in ("origin", "= Kuban", "a b = c", "a = 1\na = 2", f"a = {'x' * 65}"):
        answer = await administrator.post(
            "/product/create", product | {"sku": "new", "attributes": wrong}
        )
        assert (answer.status_code, "Line " in answer.text) == (400, True), wrong
