"""The list of members: who is found by what; columns from other tables, for whom; files."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from admin.records.member_facts import FACTS
from tests.admin.test_contacts import put_contacts
from tests.admin.test_members import CLERK, ann_of, press
from tests.admin.test_partners_apart import as_admin
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service


_LISTED: Final = re.compile(r"/member/details/(\d+;[0-9a-f-]{36})")
#: Of Anna Arkadyevna Karenina and Anna Arkadyevna Oblonskaya, how many have a name.
NAMES: Final = {
    0: ("anna levin", "karenina oblonskaya", "kar ann", "anna arkadyevna petrovna karenina"),
    1: ("Anna Karenina", "karenina a", "kareni", "anna kar", "Karenina Anna Arkadyevna"),
    2: ("anna", "arkady", "Anna Arkadyevna", "Arkadyevna anna"),
}


async def put_facts(office: Office) -> str:
    """Ann's contacts, tags of both kinds and what she spent; her id."""
    member_id = await put_contacts(office)
    await office.database.execute(
        "update member set household_id = null where member_id = $1", member_id
    )
    await office.database.execute(
        "update member_profile set last_name = 'Karenina', traits = '{\"tags\": [\"vip\"]}'"
        " where member_id = $1",
        member_id,
    )
    await office.database.execute(
        "insert into member_tag select bucket, member_id, 'sold', 1 from member"
        " where member_id = $1",
        member_id,
    )
    await office.database.execute(
        "insert into visit (bucket, member_id, receipt_id, program_code, day, spend_minor, visits,"
        " points_minor) select bucket, member_id, uuidv7(), 'main', current_date - back, 12345, 1,"
        " 0 from member, unnest('{1,364,365}'::integer[]) back where member_id = $1",
        member_id,
    )
    return member_id


async def exported(browser: Browser, query: str = "") -> list[dict[str, str]]:
    """The file of the list."""
    answer = await browser.post(f"/member/export/csv{query}")
    assert answer.status_code == 200, answer.text[:500]
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


async def test_lists_and_files_tell_what_lies_beside_a_member(office: Office) -> None:
    """Contacts, tier, balance, spend and tags: as one chose; contacts for whom they are open."""
    member_id = await put_facts(office)
    owner = await office.signed_in(login_of(Role.OWNER))
    usual = (await owner.get(f"/member/list?search={member_id}")).text
    for shown in ("Ann Karenina<small", "+79005550011", "500.00\u00a0"):
        assert shown in usual, shown
    for not_asked in ("vip", "246.90"):
        assert not_asked not in usual.split("<tbody>")[1]
    await owner.post("/account/columns/member", {"column": [*FACTS, "purchases"]})
    chosen = (await owner.get(f"/member/list?search={member_id}")).text.split("<tbody>")[1]
    for shown in (">vip<", ">sold<", "246.90\u00a0₽", "ann-the-first-of-norther@example.org"):
        assert shown in chosen, shown
    (row,) = await exported(owner, f"?search={member_id}")
    assert row == {
        "member_id": member_id,
        "name": "Ann Karenina",
        "phone": "'+79005550011",
        "email": "ann-the-first-of-norther@example.org",
        "birth_date": "",
        "tiers": row["tiers"],
        "balances": "500.00 pts",
        "spend_year": "246.90",
        "tags": "sold, vip",
        "purchases": row["purchases"],
    }
    assert len(await exported(owner)) > 1
    marketer = await office.signed_in(login_of(Role.MARKETER))
    await marketer.post("/account/columns/member", {"column": list(FACTS)})
    page = (await marketer.get(f"/member/list?search={member_id}")).text
    for shown, is_open in ((">vip<", True), ("500.00\u00a0", True), ("Karenina", False)):
        assert (shown in page) is is_open, shown
    for hidden in ("+79005550011", "@example.org", 'name="column" value="phone"'):
        assert hidden not in page, hidden


async def test_a_household_has_the_balance_of_who_is_in_it(office: Office) -> None:
    """Points lie with the household: its balance stands in the row of each."""
    member_id = await put_contacts(office)
    await office.database.execute(
        "insert into account (bucket, member_id, currency, balance) select bucket, member_id,"
        " 'pts', 77700 from member where household_size = 1"
    )
    owner = await office.signed_in(login_of(Role.OWNER))
    row = (await owner.get(f"/member/list?search={member_id}")).text.split("<tbody>")[1]
    assert "777.00" in row
    assert "500.00" not in row


async def test_a_supervisor_adds_a_purchase_to_whoever_shows_a_card(
    desk: Office, service: Service
) -> None:
    """Found by the card; of the member the head; back to it. All else stays closed."""
    del service
    key = await ann_of(desk)
    await put_facts(desk)
    browser = await desk.signed_in(login_of(Role.CASHIER_SUPERVISOR))
    assert 'href="/member/list"' in (await browser.get("/")).text
    page = (await browser.get("/member/list", params={"search": world.CARD})).text
    assert page.count(f'href="/member/details/{key}"') == 1
    for hidden in ("Karenina", "500.00", 'name="tag"', 'value="balances"', 'value="household_id"'):
        assert hidden not in page, hidden
    # Conditions would tell who has a tag: nothing is asked by them.
    everybody = (await browser.get("/member/list?tag=no-such-tag")).text
    assert everybody.count('href="/member/details/') > 1
    back = await press(
        browser,
        f"/member/{key}/purchase",
        store="s1",
        made_at=world.local_now()[:16],
        amount="100.00",
        receipt_number="7",
        reason="the till was down",
    )
    done = await browser.get(back)
    assert done.status_code == 200
    assert f"/member/{key}/purchase" in done.text
    assert "/receipt/list?purchase_id=office-" in done.text
    for hidden in ("Karenina", "Statement", "vip", "500.00", f"/member/{key}/correct", "/tiers"):
        assert hidden not in done.text, hidden
    assert (await browser.get(f"/member/{key}/tiers")).status_code == 403


async def test_members_are_found_by_what_a_person_has_at_hand(desk: Office) -> None:
    """A phone in any form, a whole card, a name in any order; nobody else, and not for all."""
    key = await ann_of(desk)
    for member_id in (key.partition(";")[2], await stranger_to(desk, key)):
        await desk.database.execute(
            "update member_profile set first_name = 'Anna', patronymic = 'Arkadyevna',"
            " last_name = case when member_id = $1 then 'Karenina' else 'Oblonskaya' end"
            " where member_id = $2",
            key.partition(";")[2],
            member_id,
        )
    clerk = await desk.signed_in(CLERK)
    analyst = await desk.signed_in(login_of(Role.ANALYST))
    phone = {"kind": "phone", "number": "+79001234567", "reason": "new phone"}
    await press(clerk, f"/member/{key}/contact", **phone)
    card = f"{world.CARD[:4]} {world.CARD[4:]}"
    for term in ("79001234567", "8 900 123-45-67", "+7 (900) 123-45-67", "Anna  Karenina", card):
        assert await found_by(clerk, term) == {key}, term
    for term, found in ((card, {key}), ("Anna Karenina", set()), ("+79001234567", set())):
        assert await found_by(analyst, term) == found, term
    assert await found_by(clerk, "9001234568") == set()
    async with as_admin(desk.dsn, "north") as admin:
        for count, terms in NAMES.items():
            for term in terms:
                rows = await admin.fetch("select * from admin_find_members($1, 9)", term)
                assert len(rows) == count, term


async def found_by(browser: Browser, term: str) -> set[str]:
    """Members whom the list shows for a search."""
    page = await browser.get("/member/list", params={"search": term})
    assert page.status_code == 200
    return set(_LISTED.findall(page.text))


async def stranger_to(office: Office, key: str) -> str:
    """Another member of the same partner."""
    return str(
        await office.database.fetchval(
            "select member_id from member where partner_id = $1 and member_id <> $2 order by 1",
            world.NORTH,
            key.partition(";")[2],
        )
    )
